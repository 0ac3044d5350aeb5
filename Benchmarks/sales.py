"""Inputs for commissions at scale: sales.py FOLDER [SALES] [USERS] [PARTNERS]

The same arguments give the same files: sales of users who signed up with a partner's code, partners below partners, some refunds in
part and in whole, a few of unknown sales, some partners suspended or terminated. Nobody clicks, so that owners cost nothing.
"""

import os
import random
import sys

HEADERS = {
    "clicks": "click_id,clicked_at,event",
    "calls": "call_id,vendor_id,started_at,duration_seconds,outcome",
    "vendors": "vendor_id,name",
    "products": "product_id,name",
    "payouts": "payout_id,partner_id,amount,currency,status",
    "tax_profiles": "partner_id,form",
    "exchange_rates": "currency,day,rate",
}
# 2026-01-01 and the end of 2026-11-15, in seconds.
FIRST, LAST = 1_767_225_600, 1_794_787_200


def stamp(second):
    """A time of 2026 as RFC 3339 in UTC."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(second))


def main(folder, sales=1_000_000, users=100_000, partners=20_000):
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(5)
    for source, header in HEADERS.items():
        with open(f"{folder}/{source}.csv", "w") as file:
            file.write(header + "\n")
    with open(f"{folder}/partners.csv", "w") as file:
        file.write("partner_id,referral_code,partner_type,tier,status,created_at,commission_rate,parent_partner_id,status_since\n")
        for i in range(partners):
            # Early partners have many below them, so that every step of the bonus is reached.
            parent = f"p{int(rng.random() ** 3 * i):06d}" if i and rng.random() < 0.9 else ""
            status, since = "active", ""
            if i % 20 == 7:
                status, since = rng.choice(["suspended", "terminated"]), rng.choice(["", stamp(rng.randrange(FIRST, LAST))])
            rate = f"{rng.randrange(1, 3000) / 100:.2f}" if i % 10 == 3 else ""
            file.write(f"p{i:06d},R{i},affiliate,tier1,{status},2025-01-01,{rate},{parent},{since}\n")
    signed_up = [rng.randrange(FIRST, FIRST + 180 * 86_400) for _ in range(users)]
    with open(f"{folder}/users.csv", "w") as file:
        file.write("user_id,created_at,email,referral_code\n")
        for i, second in enumerate(signed_up):
            code = f"R{int(rng.random() ** 1.5 * partners)}" if i % 25 else ""
            file.write(f"u{i:07d},{stamp(second)},u{i}@example.org,{code}\n")
    kinds = ["subscription"] * 4 + ["vendor_subscription"] * 2 + ["booking"] * 4
    with open(f"{folder}/transactions.csv", "w") as file:
        file.write("transaction_id,occurred_at,kind,amount,currency,user_id,reference_id\n")
        for i in range(sales):
            user = rng.randrange(users)
            # A few come before their user's signup and earn nothing.
            second = rng.randrange(max(FIRST, signed_up[user] - 86_400), LAST)
            cents = rng.randrange(100, 50_000)
            name = f"t{rng.getrandbits(32):08x}{i:07d}"
            file.write(f"{name},{stamp(second)},{rng.choice(kinds)},{cents / 100:.2f},USD,u{user:07d},\n")
            if i % 1000 == 7:
                file.write(f"{name}x,{stamp(second)},refund,{cents / 100:.2f},USD,u{user:07d},{name}?\n")
            if i % 20:
                continue
            for part in range(rng.randrange(1, 4)):
                second = min(LAST - 1, second + rng.randrange(20 * 86_400))
                kind = rng.choice(["refund", "refund", "chargeback", "dispute_won"])
                taken = cents if rng.random() < 0.3 else rng.randrange(1, cents + 1)
                file.write(f"{name}r{part},{stamp(second)},{kind},{taken / 100:.2f},USD,u{user:07d},{name}\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
