-- 1099 forms of a tax year: recipients, payments, what to look at, and the rules they were made by.
-- Tax numbers are never here: `tin` shows four digits, `tin_code` names a number under a key.

CREATE TABLE form_1099_nec (
  tax_year {{integer}} NOT NULL,
  partner_ids text NOT NULL,
  legal_name text,
  tin_type text,
  tin text,
  nonemployee_compensation {{money}} NOT NULL,
  federal_tax_withheld {{money}} NOT NULL,
  decision text NOT NULL,
  reason text,
  exception text,
  recipient_id text NOT NULL,
  business_name text,
  partner_name text,
  form text,
  form_received_at {{instant}},
  classification text,
  address_line1 text,
  address_line2 text,
  city text,
  state text,
  postal_code text,
  country text,
  email text,
  second_tin_notice {{boolean}},
  payments {{integer}} NOT NULL,
  first_paid_at {{instant}} NOT NULL,
  last_paid_at {{instant}} NOT NULL,
  withholding_due {{money}} NOT NULL,
  tin_code text,
  UNIQUE (tax_year, recipient_id)
);

CREATE TABLE form_1099_payments (
  payout_id text NOT NULL,
  partner_id text NOT NULL,
  amount {{money}} NOT NULL,
  processed_at {{instant}},
  bucket text NOT NULL,
  tax_year {{integer}} NOT NULL,
  recipient_id text,
  status text NOT NULL,
  currency text NOT NULL,
  own_amount text, -- NULL: the amount is of the reporting currency
  withheld {{money}},
  method text,
  reported_by text,
  reason text NOT NULL,
  UNIQUE (tax_year, payout_id)
);

CREATE TABLE form_1099_exceptions (
  tax_year {{integer}} NOT NULL,
  kind text NOT NULL,
  severity text NOT NULL,
  partner_id text NOT NULL,
  payout_id text NOT NULL, -- empty: about the recipient as a whole
  legal_name text,
  tin text,
  amount {{money}},
  detail text NOT NULL,
  UNIQUE (tax_year, kind, partner_id, payout_id)
);

CREATE TABLE form_1099_rules (
  tax_year {{integer}} NOT NULL,
  position {{integer}} NOT NULL,
  section text NOT NULL, -- payer, rule, state
  name text NOT NULL,
  value text NOT NULL,
  source text,
  as_of {{day}}, -- when the source was looked at or came into force
  UNIQUE (tax_year, position)
);
