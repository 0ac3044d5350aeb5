"""Compares exported tables cell by cell, whatever the order of their rows.

    python3 Benchmarks/tables.py OURS THEIRS TABLE...

Prints a line `TABLE rows cells equal|differ` for each, then what differs; ends with 1 if anything does.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

SHOWN = 10


def rows(path):
    """The header and the rows of a canonical CSV file."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader)
        return header, [tuple(row) for row in reader]


def plain_lines(path):
    """The header and the sorted lines of a file in which no record spans lines, so that its rows are its lines; else None."""
    content = path.read_bytes()
    if b"\r" in content:
        return None
    header, *lines = content.splitlines()
    if b'"' in content and any(line.count(b'"') % 2 for line in lines):
        return None
    lines.sort()
    return header, lines


def difference(table, header, left, other, right):
    """What differs between two exports of a table, as lines of text; none if they are equal."""
    if header != other:
        return [f"{table}: columns {header} and {other}"]
    only_left = Counter(left)
    only_left.subtract(Counter(right))
    missing = sorted(row for row, count in only_left.items() for _ in range(count))
    extra = sorted(row for row, count in only_left.items() for _ in range(-count))
    if not missing and not extra:
        return []
    # Rows are paired by the columns that name them, so that a changed cell shows as such.
    width = {"vendor_connection_analytics": 1, "attribution": 3}.get(table, 2)
    pairs = {row[:width]: row for row in extra}
    lines = [f"{table}: {len(missing)} of {len(left)} rows of nightmill differ, {len(extra)} of {len(right)} of the peer"]
    for row in missing[:SHOWN]:
        peer = pairs.pop(row[:width], None)
        if peer is None:
            lines.append(f"  only nightmill: {','.join(row)}")
            continue
        cells = [f"{name} {a!r} / {b!r}" for name, a, b in zip(header, row, peer) if a != b]
        lines.append(f"  {','.join(row[:width])}: {'; '.join(cells)}")
    known = {row[:width] for row in missing}
    for row in [row for row in extra if row[:width] not in known][:SHOWN]:
        lines.append(f"  only the peer: {','.join(row)}")
    return lines


def main():
    ours, theirs, *tables = sys.argv[1:]
    differences = []
    for table in tables:
        # Most tables can be compared as lines, which takes a tenth of the memory.
        plain = plain_lines(Path(ours) / f"{table}.csv")
        if plain and plain == plain_lines(Path(theirs) / f"{table}.csv"):
            header, lines = plain
            print(f"{table} {len(lines)} {len(lines) * (header.count(b',') + 1)} equal")
            continue
        header, left = rows(Path(ours) / f"{table}.csv")
        found = difference(table, header, left, *rows(Path(theirs) / f"{table}.csv"))
        differences += found
        print(f"{table} {len(left)} {len(left) * len(header)} {'differ' if found else 'equal'}")
    print("\n".join(differences))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
