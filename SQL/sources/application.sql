-- The operational tables that SQL/extract reads. Timestamps without a zone are UTC.

CREATE TABLE users (
  id text PRIMARY KEY,
  email varchar(255),
  visitor_id text,
  referral_code varchar(50),
  plan varchar(50),
  activated_at timestamp,
  email_verified_at timestamp,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE vendors (
  id text PRIMARY KEY,
  name varchar(255) NOT NULL,
  category varchar(100),
  phone varchar(50),
  email varchar(255),
  address text,
  followup_sent_at timestamp,
  user_id text
);

CREATE TABLE products (
  id text PRIMARY KEY,
  name varchar(255) NOT NULL,
  supplier_id text,
  category varchar(100),
  listed_at timestamp,
  delisted_at timestamp
);

CREATE TABLE calls (
  id text PRIMARY KEY,
  vendor_id text NOT NULL,
  session_id text,
  outcome varchar(50) NOT NULL,
  duration_seconds integer NOT NULL CHECK (duration_seconds >= 0),
  intent_score integer CHECK (intent_score BETWEEN 1 AND 10),
  estimated_value decimal(18,2),
  started_at timestamptz NOT NULL
);
CREATE INDEX calls_started_at ON calls (started_at);

CREATE TABLE transactions (
  id text PRIMARY KEY,
  kind varchar(20) NOT NULL CHECK (kind IN (
    'purchase', 'booking', 'subscription', 'vendor_subscription', 'refund', 'chargeback', 'dispute_won')),
  amount numeric NOT NULL CHECK (amount >= 0),
  currency varchar(3) NOT NULL DEFAULT 'USD',
  user_id text,
  vendor_id text,
  product_id text,
  quantity integer CHECK (quantity >= 1),
  reference_id text,
  visitor_id text,
  billing_interval varchar(10) CHECK (billing_interval IN ('week', 'month', 'year')),
  interval_count integer CHECK (interval_count >= 1),
  subscription_id text,
  occurred_at timestamptz NOT NULL
);
CREATE INDEX transactions_occurred_at ON transactions (occurred_at);

CREATE TABLE click_events (
  id text PRIMARY KEY,
  event varchar(20) NOT NULL CHECK (event IN ('click', 'view', 'add_to_cart', 'search', 'other')),
  visitor_id text,
  user_id text,
  referral_code varchar(50),
  product_id text,
  session_id text,
  context jsonb NOT NULL DEFAULT '{}', -- ip, user_agent, url, campaign
  clicked_at timestamptz NOT NULL
);
CREATE INDEX click_events_clicked_at ON click_events (clicked_at);

CREATE TABLE partners (
  id text PRIMARY KEY,
  user_id text,
  partner_type varchar(20) NOT NULL
    CHECK (partner_type IN ('affiliate', 'reseller', 'whitelabel', 'technology')),
  tier varchar(20) NOT NULL CHECK (tier IN ('tier1', 'tier2', 'tier3', 'tier4')),
  company_name varchar(255),
  referral_code varchar(50) UNIQUE NOT NULL,
  commission_rate decimal(5,2) DEFAULT 10.00, -- percent
  status varchar(20) NOT NULL DEFAULT 'active'
    CHECK (status IN ('pending', 'active', 'suspended', 'terminated')),
  status_since timestamp,
  parent_partner_id text,
  email varchar(255),
  settings jsonb DEFAULT '{}', -- payment_method, country
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp
);
CREATE INDEX partners_user_id ON partners (user_id);
CREATE INDEX partners_status ON partners (status);

CREATE TABLE partner_payouts (
  id text PRIMARY KEY,
  partner_id text NOT NULL REFERENCES partners ON DELETE CASCADE,
  amount decimal(18,2) NOT NULL,
  currency varchar(3) NOT NULL DEFAULT 'USD',
  payment_method varchar(50),
  payment_details jsonb DEFAULT '{}', -- reported_by, withheld
  status varchar(20) NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  commission_ids jsonb DEFAULT '[]',
  processed_at timestamp,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX partner_payouts_partner_id ON partner_payouts (partner_id);
CREATE INDEX partner_payouts_status ON partner_payouts (status);

CREATE TABLE tax_profiles (
  partner_id text PRIMARY KEY REFERENCES partners ON DELETE CASCADE,
  form varchar(10) NOT NULL CHECK (form IN ('W-9', 'W-8BEN', 'W-8BEN-E', 'none')),
  form_received_at timestamp,
  legal_name varchar(255),
  business_name varchar(255),
  classification varchar(30),
  tin_type varchar(4),
  tin varchar(20),
  address_line1 varchar(255),
  address_line2 varchar(255),
  city varchar(100),
  state varchar(100),
  postal_code varchar(20),
  country varchar(100),
  email varchar(255),
  backup_withholding boolean,
  second_tin_notice boolean
);

CREATE TABLE exchange_rates (
  currency varchar(3) NOT NULL,
  day date NOT NULL,
  rate numeric NOT NULL CHECK (rate > 0), -- units of the reporting currency for one of `currency`
  PRIMARY KEY (currency, day)
);

CREATE TABLE commission_disputes (
  id text PRIMARY KEY,
  commission_id text, -- or the transaction and the partner
  transaction_id text,
  partner_id text REFERENCES partners ON DELETE CASCADE,
  opened_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  resolved_at timestamp,
  outcome varchar(20) CHECK (outcome IN ('upheld', 'dismissed'))
);

CREATE TABLE reseller_accounts (
  id text PRIMARY KEY,
  partner_id text NOT NULL REFERENCES partners ON DELETE CASCADE,
  plan varchar(20) NOT NULL CHECK (plan IN ('starter', 'professional', 'enterprise')),
  vendor_id text,
  user_id text
);
