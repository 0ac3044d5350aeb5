-- Partners as they are today; `partners` shows them to the application as its own table does.

CREATE TABLE partner_dimension (
  partner_id text NOT NULL UNIQUE,
  referral_code text NOT NULL,
  partner_type text NOT NULL,
  tier text NOT NULL,
  status text NOT NULL,
  created_at {{instant}} NOT NULL,
  user_id text,
  email text,
  company_name text,
  commission_rate {{ratio}}, -- a fraction: 0.1 is 10 %
  parent_partner_id text,
  payment_method text,
  country text,
  status_since {{instant}}
);
CREATE INDEX partner_dimension_user_id ON partner_dimension (user_id);
CREATE INDEX partner_dimension_status ON partner_dimension (status);

CREATE VIEW partners AS
SELECT
  partner_id AS id, user_id, partner_type, tier, company_name, referral_code,
  commission_rate * 100 AS commission_rate, status, created_at, parent_partner_id, status_since
FROM partner_dimension;
