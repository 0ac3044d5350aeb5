-- Partners: the clicks they sent, the customers they own, and their shares of sales.

CREATE TABLE click_quality (
  partner_id text NOT NULL, -- empty: the code of no partner
  day {{day}} NOT NULL,
  verdict text NOT NULL,
  clicks {{integer}} NOT NULL,
  UNIQUE (partner_id, day, verdict)
);
CREATE INDEX click_quality_day ON click_quality (day);

-- The application reads this table: its columns come first, in its order. The id follows from the user.
CREATE TABLE referrals (
  id text NOT NULL UNIQUE,
  partner_id text NOT NULL,
  referred_user_id text NOT NULL UNIQUE,
  referral_code text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  conversion_date {{instant}},
  metadata text DEFAULT '{}',
  created_at {{instant}} NOT NULL,
  reason text, -- why it was rejected
  basis text -- signup or first_sale: what created_at is
);
CREATE INDEX referrals_partner_id ON referrals (partner_id);
CREATE INDEX referrals_referral_code ON referrals (referral_code);
CREATE INDEX referrals_status ON referrals (status);
CREATE INDEX referrals_created_at ON referrals (created_at);

-- What each model gives a partner of a sale.
CREATE TABLE attribution_shares (
  transaction_id text NOT NULL,
  partner_id text NOT NULL, -- direct: nobody's
  first_touch {{money}} NOT NULL,
  last_touch {{money}} NOT NULL,
  linear {{money}} NOT NULL,
  by_position {{money}} NOT NULL,
  time_decay {{money}} NOT NULL,
  day {{day}} NOT NULL,
  UNIQUE (transaction_id, partner_id)
);
CREATE INDEX attribution_shares_day ON attribution_shares (day);

-- The same with a row for each model.
CREATE VIEW attribution AS
  SELECT transaction_id, 'first' AS model, partner_id, first_touch AS amount, day FROM attribution_shares
  UNION ALL SELECT transaction_id, 'last', partner_id, last_touch, day FROM attribution_shares
  UNION ALL SELECT transaction_id, 'linear', partner_id, linear, day FROM attribution_shares
  UNION ALL SELECT transaction_id, 'position', partner_id, by_position, day FROM attribution_shares
  UNION ALL SELECT transaction_id, 'time_decay', partner_id, time_decay, day FROM attribution_shares;

-- The application reads this table, too. The id follows from partner and day.
CREATE TABLE partner_analytics (
  id text NOT NULL UNIQUE,
  partner_id text NOT NULL,
  metric_date {{day}} NOT NULL,
  clicks {{integer}} NOT NULL DEFAULT 0,
  signups {{integer}} NOT NULL DEFAULT 0,
  conversions {{integer}} NOT NULL DEFAULT 0,
  revenue {{money}} NOT NULL DEFAULT 0,
  commission_earned {{money}} NOT NULL DEFAULT 0,
  metadata text DEFAULT '{}',
  created_at {{instant}},
  UNIQUE (partner_id, metric_date)
);
CREATE INDEX partner_analytics_metric_date ON partner_analytics (metric_date);
