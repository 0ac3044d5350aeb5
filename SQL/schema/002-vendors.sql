-- Vendors: who they are, their failed calls, and the weeks made of those.

CREATE TABLE vendor_dimension (
  vendor_id text NOT NULL UNIQUE,
  name text NOT NULL,
  category text,
  phone text,
  email text,
  address text,
  followup_sent_at {{instant}},
  user_id text
);

-- The application reads this table: its columns come first, in its order. The id of a call never changes.
CREATE TABLE vendor_connection_analytics (
  id {{serial}},
  session_id text,
  vendor_id text NOT NULL,
  failure_type text NOT NULL,
  call_duration {{integer}} NOT NULL, -- seconds before the failure
  customer_intent_score {{integer}} NOT NULL, -- 1 to 10
  estimated_lost_revenue {{money}} NOT NULL,
  followup_sent {{boolean}} NOT NULL DEFAULT FALSE,
  converted_after_followup {{boolean}} NOT NULL DEFAULT FALSE,
  created_at {{instant}} NOT NULL,
  call_id text NOT NULL UNIQUE,
  followup_sent_at {{instant}}
);
CREATE INDEX vendor_connection_analytics_vendor_id ON vendor_connection_analytics (vendor_id);
CREATE INDEX vendor_connection_analytics_created_at ON vendor_connection_analytics (created_at);

CREATE TABLE vendor_weekly (
  week {{day}} NOT NULL, -- its Monday
  vendor_id text NOT NULL,
  attempts {{integer}} NOT NULL,
  connected {{integer}} NOT NULL,
  hangups {{integer}} NOT NULL,
  rejections {{integer}} NOT NULL,
  timeouts {{integer}} NOT NULL,
  busy {{integer}} NOT NULL,
  connection_rate {{ratio}},
  lost_revenue {{money}} NOT NULL,
  mean_intent {{ratio}},
  complete {{boolean}} NOT NULL,
  UNIQUE (week, vendor_id)
);
CREATE INDEX vendor_weekly_vendor_id ON vendor_weekly (vendor_id);

CREATE TABLE leads (
  week {{day}} NOT NULL, -- its Monday
  vendor_id text NOT NULL,
  missed_opportunities {{integer}} NOT NULL,
  lost_revenue {{money}} NOT NULL,
  mean_intent {{ratio}},
  UNIQUE (week, vendor_id)
);
CREATE INDEX leads_vendor_id ON leads (vendor_id);
