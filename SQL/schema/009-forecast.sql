-- What products are expected to sell, after the last day of the newest run.

CREATE TABLE product_forecast (
  product_id text NOT NULL,
  forecast_date {{day}} NOT NULL,
  units {{ratio}} NOT NULL,
  units_low {{ratio}}, -- four days in five lie between these
  units_high {{ratio}},
  method text NOT NULL,
  mae {{ratio}}, -- units a week, in the backtest; NULL without one
  naive_mae {{ratio}},
  mase {{ratio}}, -- in mean differences between weeks
  naive_mase {{ratio}},
  as_of {{day}} NOT NULL,
  UNIQUE (product_id, forecast_date)
);
CREATE INDEX product_forecast_as_of ON product_forecast (as_of);
