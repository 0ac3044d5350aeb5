#!/usr/bin/env python3
"""Inputs for the 1099 summary at scale: tax-1099.py FOLDER [PAYOUTS] [RECIPIENTS]

The same arguments give the same files: payouts of 2026 dealt out to recipients, each with a W-9 and
a made-up tax number (area 4xx or 5xx). Then, in a project:

  nightmill tax 1099 --year 2026 --to 2027-01-31 --inputs FOLDER --no-copies
"""
import os
import random
import sys

folder = sys.argv[1]
payouts = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
recipients = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
os.makedirs(folder, exist_ok=True)
rng = random.Random(1099)

with open(f"{folder}/tax_profiles.csv", "w") as f:
    f.write("partner_id,form,legal_name,classification,tin_type,tin,address_line1,city,state,postal_code,country\n")
    for i in range(recipients):
        # Some share a number, some have none, some are corporations or foreign.
        number = 0 if i % 100 == 7 else i - i % 50 if i % 50 == 3 else i
        tin = f"{400 + number // 9801 % 200}-{number // 99 % 99 + 1:02d}-{number % 99 + 1:04d}"
        form, kind = ("W-8BEN", "") if i % 20 == 9 else ("W-9", "c_corporation" if i % 15 == 4 else "individual")
        if form == "W-8BEN" or i % 100 == 7:
            tin = ""
        f.write(f"p{i:06d},{form},Person {i},{kind},{'SSN' if tin else ''},{tin},{i} Main St,City,NJ,07001,US\n")

with open(f"{folder}/partners.csv", "w") as f:
    f.write("partner_id,referral_code,partner_type,tier,status,created_at\n")
    for i in range(recipients):
        f.write(f"p{i:06d},R{i},affiliate,tier1,active,2025-01-01\n")

with open(f"{folder}/payouts.csv", "w") as f:
    f.write("payout_id,partner_id,amount,currency,status,processed_at,method,reported_by,withheld\n")
    for i in range(payouts):
        day, second = rng.randrange(1, 366), rng.randrange(86_400)
        month = 1 + (day - 1) // 31
        stamp = f"2026-{month:02d}-{1 + (day - 1) % 28:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
        reporter = "network" if i % 10 == 0 else "payer"
        f.write(
            f"o{rng.getrandbits(48):012x}{i:07d},p{rng.randrange(recipients):06d},{rng.randrange(1, 60_000) / 100:.2f},"
            f"{'EUR' if i % 500 == 1 else 'USD'},{'failed' if i % 40 == 3 else 'completed'},{stamp},bank,{reporter},\n")
