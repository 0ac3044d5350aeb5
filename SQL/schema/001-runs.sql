-- What each run did: its record, what it read, and the rows it refused.

CREATE TABLE runs (
  run_id text NOT NULL UNIQUE,
  pipeline text NOT NULL,
  status text NOT NULL,
  started_at {{instant}} NOT NULL,
  finished_at {{instant}} NOT NULL,
  from_day {{day}}, -- NULL: everything
  to_day {{day}} NOT NULL,
  timezone text NOT NULL,
  currency text NOT NULL,
  version text NOT NULL,
  settings text NOT NULL, -- their fingerprint
  stages text NOT NULL,
  rows_read {{integer}} NOT NULL,
  rows_used {{integer}} NOT NULL,
  rows_quarantined {{integer}} NOT NULL
);
CREATE INDEX runs_started_at ON runs (started_at);

CREATE TABLE source_counts (
  run_id text NOT NULL,
  source text NOT NULL,
  "read" {{integer}} NOT NULL,
  "used" {{integer}} NOT NULL,
  "filtered" {{integer}} NOT NULL,
  "duplicate" {{integer}} NOT NULL,
  "superseded" {{integer}} NOT NULL,
  "quarantined" {{integer}} NOT NULL,
  UNIQUE (run_id, source)
);

-- The key's index also finds the rows of a run and a source.
CREATE TABLE quarantined_rows (
  run_id text NOT NULL,
  source text NOT NULL,
  file text NOT NULL,
  line {{integer}} NOT NULL,
  "column" text, -- NULL: the record as a whole
  reason text NOT NULL,
  detail text,
  raw text,
  UNIQUE (run_id, source, file, line)
);
