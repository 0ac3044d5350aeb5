-- Partners' money: what they earn line by line, what is to be paid, what was paid, what they are invoiced.

-- The application reads this table: its columns come first, in its order.
CREATE TABLE commissions (
  id text NOT NULL UNIQUE,
  partner_id text NOT NULL,
  referral_id text,
  transaction_id text NOT NULL,
  commission_type text GENERATED ALWAYS AS ("type") STORED,
  amount {{money}} NOT NULL, -- below 0 for a reversal
  currency text NOT NULL,
  status text NOT NULL,
  period_start {{day}} NOT NULL, -- the month of its day
  period_end {{day}} NOT NULL,
  paid_at {{instant}},
  metadata text NOT NULL DEFAULT '{}',
  "type" text NOT NULL,
  "level" {{integer}} NOT NULL, -- 1 the owner, 2 its parent, 3 its grandparent
  "day" {{day}} NOT NULL,
  reversal_of text, -- the transaction whose line it takes back
  source_partner_id text NOT NULL, -- who owns the customer
  user_id text NOT NULL,
  approved_on {{day}} NOT NULL,
  base_amount {{money}} NOT NULL,
  rate {{ratio}},
  "rule" text NOT NULL
);
-- What a day's partners earn, a partner's days, what a partner has to get: indexes answer all three alone.
CREATE INDEX commissions_day ON commissions ("day", partner_id, amount);
CREATE INDEX commissions_partner_id ON commissions (partner_id, "day", status, amount);
CREATE INDEX commissions_status ON commissions (status);
CREATE INDEX commissions_period ON commissions (period_start, period_end);

CREATE TABLE commission_exceptions (
  transaction_id text NOT NULL UNIQUE,
  "day" {{day}} NOT NULL,
  kind text NOT NULL,
  amount {{money}},
  user_id text,
  reason text NOT NULL
);
CREATE INDEX commission_exceptions_day ON commission_exceptions ("day");

CREATE TABLE payouts (
  partner_id text NOT NULL UNIQUE,
  amount {{money}} NOT NULL,
  decision text NOT NULL,
  reason text,
  "lines" {{integer}} NOT NULL,
  as_of {{day}} NOT NULL,
  commission_ids text NOT NULL,
  idempotency_key text -- NULL: held
);
CREATE INDEX payouts_as_of ON payouts (as_of);

CREATE TABLE payout_register (
  payout_id text NOT NULL UNIQUE,
  partner_id text NOT NULL,
  amount {{money}}, -- NULL: in another currency
  currency text NOT NULL,
  own_amount text NOT NULL, -- in its currency
  status text NOT NULL,
  processed_at {{instant}},
  "method" text,
  "lines" {{integer}} NOT NULL,
  lines_amount {{money}} NOT NULL,
  difference {{money}},
  note text,
  as_of {{day}} NOT NULL
);
CREATE INDEX payout_register_as_of ON payout_register (as_of);
CREATE INDEX payout_register_partner_id ON payout_register (partner_id);

CREATE TABLE partner_fees (
  partner_id text NOT NULL,
  fee text NOT NULL,
  "day" {{day}} NOT NULL,
  period_start {{day}} NOT NULL,
  period_end {{day}} NOT NULL,
  amount {{money}} NOT NULL, -- below 0 in the partner's favour
  base_amount {{money}},
  rate {{ratio}},
  UNIQUE (partner_id, fee, "day")
);
CREATE INDEX partner_fees_day ON partner_fees ("day");

CREATE TABLE reseller_usage (
  "month" {{day}} NOT NULL, -- its first day
  account_id text NOT NULL,
  partner_id text NOT NULL,
  "plan" text NOT NULL,
  calls {{integer}} NOT NULL,
  included_calls {{integer}}, -- NULL: any number
  "usage" {{ratio}},
  calls_over {{integer}} NOT NULL,
  sales {{integer}} NOT NULL,
  revenue {{money}} NOT NULL,
  complete {{boolean}} NOT NULL,
  as_of {{day}} NOT NULL, -- up to which day
  UNIQUE ("month", account_id)
);
CREATE INDEX reseller_usage_partner_id ON reseller_usage (partner_id);
