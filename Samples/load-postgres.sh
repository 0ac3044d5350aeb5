#!/usr/bin/env bash
# Makes the tables of SQL/sources in a PostgreSQL database and loads the samples:
#
#   createdb app && Samples/load-postgres.sh postgres:///app
#
# A database of types and keys cannot hold what some rows of the samples are on purpose: of rows with one key the last is
# kept, and rows with a value that is none are left out. How many is said.
set -euo pipefail
cd "$(dirname "$0")"
url=${1:?the URL of an empty database, such as postgres:///app}

run() { psql -Xq -v ON_ERROR_STOP=1 "$url" "$@"; }

{
  echo 'BEGIN;'
  cat ../SQL/sources/application.sql
  cat <<'SQL'
SET timezone = 'UTC';
-- A value of a type, or nothing where the text is none: pg_input_is_valid is only there from 16 on.
CREATE FUNCTION pg_temp.valid(value text, type regtype) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF value = '' THEN RETURN true; END IF;
  EXECUTE format('SELECT %L::%s', value, type);
  RETURN true;
EXCEPTION WHEN data_exception THEN RETURN false;
END $$;
SQL
  for file in calls transactions clicks users vendors products partners payouts tax_profiles exchange_rates; do
    path=$file.csv reader=cat
    [ -e "$path" ] || { path=$file.csv.gz reader=zcat; }
    header=$($reader "$path" | head -n 1 | sed 's/^\xEF\xBB\xBF//' | tr -d '\r' || true)
    echo "CREATE TEMPORARY TABLE raw_$file (row_number bigserial, ${header//,/ text, } text);"
    # A record of another number of fields would end COPY; the samples' are left out here, before it.
    echo "COPY raw_$file (${header}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (${header}));"
    $reader "$path" | python3 -c '
import csv, sys
text = open(0, encoding="utf-8", errors="replace", newline="")
rows = csv.reader(line.replace("\0", "") for line in text)
width = len(next(rows))
out = csv.writer(sys.stdout, lineterminator="\n")
for row in rows:
    # What is not UTF-8 refuses its row.
    if len(row) == width and "\ufffd" not in "".join(row): out.writerow(row)
'
    echo '\.'
  done
  cat load-postgres.sql
  echo 'COMMIT; ANALYZE;'
} | PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning" run -f -
