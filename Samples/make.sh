#!/bin/sh
# Makes the files of this folder again, byte for byte. Needs nightmill on the PATH, or its path
# in NIGHTMILL. The large files are packed; -n leaves name and time out, so bytes stay the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${NIGHTMILL:-nightmill}" generate --users 4000 --seed 20260921 --to "$work"
for name in calls clicks transactions; do
  gzip -9n "$work/$name.csv"
done
for file in "$work"/*; do
  mv "$file" "$here/"
done
