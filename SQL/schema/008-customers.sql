-- Customers as of the last day of the newest run.

CREATE TABLE customer_ltv (
  user_id text NOT NULL UNIQUE,
  total_spend {{money}} NOT NULL, -- net
  orders {{integer}} NOT NULL,
  average_order_value {{money}} NOT NULL,
  first_purchase {{instant}} NOT NULL,
  last_purchase {{instant}} NOT NULL,
  days_active {{integer}} NOT NULL,
  purchase_frequency {{ratio}} NOT NULL, -- orders in 30 days
  last_activity {{instant}} NOT NULL,
  predicted_ltv {{money}} NOT NULL,
  churn_risk {{ratio}} NOT NULL,
  segment text NOT NULL,
  tier text NOT NULL,
  expected_purchases_365 {{ratio}}, -- from here on by BG/NBD and Gamma-Gamma; NULL where they cannot be fitted
  probability_alive {{ratio}},
  expected_average_value {{money}},
  bgnbd_ltv {{money}},
  as_of {{day}} NOT NULL
);
CREATE INDEX customer_ltv_as_of ON customer_ltv (as_of);
CREATE INDEX customer_ltv_segment ON customer_ltv (segment);
