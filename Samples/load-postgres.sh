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
  for file in calls transactions clicks users vendors products partners payouts tax_profiles reseller_accounts exchange_rates; do
    path=$file.csv
    [ -e "$path" ] || path=$file.csv.gz
    header=$(python3 copy-rows.py --header "$path")
    echo "CREATE TEMPORARY TABLE raw_$file (row_number bigserial, ${header//,/ text, } text);"
    echo "COPY raw_$file ($header) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ($header));"
    python3 copy-rows.py "$path"
    echo '\.'
  done
  cat load-postgres.sql
  echo 'COMMIT; ANALYZE;'
} | PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning" run -f -
