-- What the data checks of each published run found.

CREATE TABLE check_results (
  run_id text NOT NULL,
  check_name text NOT NULL,
  table_name text, -- NULL: the check compares several
  severity text NOT NULL,
  status text NOT NULL, -- passed or warned: what failed was not published
  failing {{integer}} NOT NULL, -- rows, or 1 where a figure is wrong
  seconds {{ratio}} NOT NULL,
  UNIQUE (run_id, check_name)
);
