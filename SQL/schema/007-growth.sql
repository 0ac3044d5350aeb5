-- The business as a whole: a row a day, and how recurring revenue moved from month to month.

CREATE TABLE growth_metrics (
  metric_date {{day}} NOT NULL UNIQUE,
  new_users {{integer}} NOT NULL,
  activated_users {{integer}} NOT NULL,
  revenue {{money}} NOT NULL,
  net_revenue {{money}} NOT NULL,
  orders {{integer}} NOT NULL,
  mrr {{money}} NOT NULL,
  arr {{money}} NOT NULL,
  active_subscribers {{integer}} NOT NULL,
  products_listed {{integer}} NOT NULL,
  products_sold {{integer}} NOT NULL,
  active_suppliers {{integer}} NOT NULL,
  dau {{integer}} NOT NULL,
  wau {{integer}} NOT NULL,
  mau {{integer}} NOT NULL,
  revenue_growth_7 {{ratio}},
  revenue_growth_30 {{ratio}},
  user_growth_7 {{ratio}},
  user_growth_30 {{ratio}}
);

CREATE TABLE mrr_movements (
  "month" {{day}} NOT NULL UNIQUE, -- its first day
  opening {{money}} NOT NULL,
  "new" {{money}} NOT NULL,
  new_customers {{integer}} NOT NULL,
  reactivated {{money}} NOT NULL,
  reactivated_customers {{integer}} NOT NULL,
  expansion {{money}} NOT NULL,
  expansion_customers {{integer}} NOT NULL,
  contraction {{money}} NOT NULL, -- 0 or below
  contraction_customers {{integer}} NOT NULL,
  churned {{money}} NOT NULL, -- 0 or below
  churned_customers {{integer}} NOT NULL,
  closing {{money}} NOT NULL
);
