"""Writes the whole records of a CSV file, plain or gzipped, as COPY wants them, and their header with --header.

What a database cannot take is left out: records of another number of fields than the header, and bytes that are not UTF-8.
"""
import csv, gzip, io, re, sys

path = sys.argv[-1]
text = (gzip.open if path.endswith(".gz") else open)(path, "rb").read().decode("utf-8-sig", "replace").replace("\0", "")
lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def record(start, end):
    try:
        return next(csv.reader(io.StringIO("".join(lines[start:end]), newline=""), strict=True), [])
    except csv.Error:
        return []


header = record(0, 1)
if sys.argv[1] == "--header":
    print(",".join(f'"{name}"' for name in header))
    sys.exit()
out = csv.writer(sys.stdout, lineterminator="\n")
at = 1
while at < len(lines):
    # A record goes on while a quote is open; one that is never closed costs its first line only.
    end = at + 1
    while end < min(len(lines), at + 20) and "".join(lines[at:end]).count('"') % 2:
        end += 1
    row = record(at, end)
    whole = len(row) == len(header) and "\ufffd" not in "".join(row) and row != ["\\."]
    if whole:
        out.writerow(row)
    at = end if whole else at + 1
