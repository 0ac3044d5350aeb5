-- How partners stand: what their customers bring, what speaks against them, their rank.

CREATE TABLE referral_stats (
  cohort {{day}} NOT NULL UNIQUE, -- the first day of the month of signup
  users {{integer}} NOT NULL,
  referrers {{integer}} NOT NULL,
  clicks {{integer}} NOT NULL,
  referred {{integer}} NOT NULL,
  qualified {{integer}} NOT NULL,
  revenue {{money}} NOT NULL,
  viral_coefficient {{ratio}},
  as_of {{day}} NOT NULL
);

CREATE TABLE fraud_signals (
  week {{day}} NOT NULL, -- its Monday
  partner_id text NOT NULL,
  clicks {{integer}} NOT NULL,
  accepted {{integer}} NOT NULL,
  bot_share {{ratio}},
  self_share {{ratio}},
  velocity_share {{ratio}},
  duplicate_share {{ratio}},
  peak_hour {{integer}} NOT NULL,
  top_address_share {{ratio}},
  timed_signups {{integer}} NOT NULL,
  median_seconds {{integer}},
  fast_share {{ratio}},
  hold {{boolean}} NOT NULL,
  reason text,
  UNIQUE (week, partner_id)
);
CREATE INDEX fraud_signals_partner_id ON fraud_signals (partner_id);

CREATE TABLE partner_scores (
  partner_id text NOT NULL UNIQUE,
  rank {{integer}} NOT NULL,
  clicks {{integer}} NOT NULL,
  conversions {{integer}} NOT NULL,
  conversion_low {{ratio}},
  revenue {{money}} NOT NULL,
  revenue_per_click {{money}},
  refund_rate {{ratio}},
  customers {{integer}} NOT NULL,
  retention {{ratio}},
  as_of {{day}} NOT NULL
);
