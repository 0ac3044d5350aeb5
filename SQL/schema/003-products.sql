-- Products: what they are, and what happened to each on each day.

CREATE TABLE product_dimension (
  product_id text NOT NULL UNIQUE,
  name text NOT NULL,
  supplier_id text,
  category text,
  listed_at {{instant}},
  delisted_at {{instant}}
);

CREATE TABLE product_analytics (
  product_id text NOT NULL,
  metric_date {{day}} NOT NULL,
  views {{integer}} NOT NULL,
  unique_viewers {{integer}} NOT NULL,
  add_to_carts {{integer}} NOT NULL,
  orders {{integer}} NOT NULL,
  units {{integer}} NOT NULL,
  revenue {{money}} NOT NULL,
  refunds {{money}} NOT NULL,
  net_revenue {{money}} NOT NULL,
  add_to_cart_rate {{ratio}},
  purchase_rate {{ratio}},
  conversion_rate {{ratio}},
  trend text NOT NULL,
  UNIQUE (product_id, metric_date)
);
CREATE INDEX product_analytics_metric_date ON product_analytics (metric_date);
