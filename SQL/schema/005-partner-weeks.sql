-- Partners by week.

CREATE TABLE conversion_funnel (
  week {{day}} NOT NULL, -- its Monday
  partner_id text NOT NULL,
  clicks {{integer}} NOT NULL,
  visitors {{integer}} NOT NULL,
  signups {{integer}} NOT NULL,
  first_sales {{integer}} NOT NULL,
  repeat_sales {{integer}} NOT NULL,
  signup_rate {{ratio}},
  conversion_rate {{ratio}},
  repeat_share {{ratio}},
  complete {{boolean}} NOT NULL,
  UNIQUE (week, partner_id)
);
CREATE INDEX conversion_funnel_partner_id ON conversion_funnel (partner_id);
