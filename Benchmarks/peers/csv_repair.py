"""Takes the lines out of a CSV file that break CSV or UTF-8, for readers that stop at the first of them or lose rows after it.

The rules are those of the data contract: a record of several lines that is malformed or ragged costs its first line only. Blocks
of lines are looked over as arrays of bytes; only the few suspects among them are read one by one.
"""

import csv
import mmap
import os

import numpy

BLOCK = 16 << 20
LF, CR, QUOTE, COMMA = 0x0A, 0x0D, 0x22, 0x2C


def repaired(path, copy, width):
    """A copy of a file without the lines to blame, or the path itself if there are none."""
    size = os.path.getsize(path)
    if size == 0:
        return path
    with open(path, "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            blamed = judged(data, [line for part in blocks(data, size) for line in suspicious(data, *part, width)], width)
        if not blamed:
            return path
        with open(copy, "wb") as target:
            at = 0
            for start, end in blamed + [(size, size)]:
                while at < start:
                    at += os.sendfile(target.fileno(), file.fileno(), at, start - at)
                at = end
    return copy


def blocks(data, size):
    """Ranges of whole lines."""
    start = 0
    while start < size:
        end = data.rfind(b"\n", start, start + BLOCK) + 1 or data.find(b"\n", start + BLOCK) + 1 or size
        if start + BLOCK >= size:
            end = size
        yield start, end
        start = end


def suspicious(data, start, end, width):
    """Lines that may be no record of `width` fields: their range, and whether they have an odd number of quotes."""
    # A line break before the first byte stands for the one that is there in the file.
    block = numpy.empty(end - start + 2, numpy.uint8)
    block[0] = block[1] = LF
    block[2:] = numpy.frombuffer(data, numpy.uint8, end - start, start)
    ends = numpy.flatnonzero(block == LF)[2:]
    if len(ends) == 0 or ends[-1] != len(block) - 1:
        ends = numpy.append(ends, len(block) - 1)
    starts = numpy.concatenate(([2], ends[:-1] + 1))
    quotes = block == QUOTE
    # Whether a byte lies in quotes, were the first outside of them; of a line that begins inside the opposite is true.
    inside = numpy.bitwise_xor.accumulate(quotes)
    begins_inside = inside[starts - 1]
    odd = inside[ends] != begins_inside
    commas = block == COMMA
    fields = 1 + numpy.add.reduceat(commas & ~inside, starts, dtype=numpy.int32)
    if begins_inside.any():
        fields_inside = 1 + numpy.add.reduceat(commas & inside, starts, dtype=numpy.int32)
        fields = numpy.where(begins_inside, fields_inside, fields)
    doubtful = odd | (fields != width)
    # Text before and after a quote, or after a field's two first quotes.
    places = numpy.flatnonzero(quotes)
    after = block[numpy.minimum(places + 1, len(block) - 1)]
    before = block[places - 1]
    opens = (before == LF) | (before == COMMA) | (before == QUOTE)
    empty = (before == QUOTE) & ((block[places - 2] == LF) | (block[places - 2] == COMMA))
    goes_on = (after != LF) & (after != CR) & (after != COMMA) & (after != QUOTE)
    doubtful[numpy.searchsorted(ends, places[goes_on & (~opens | empty)])] = True
    doubtful[numpy.searchsorted(ends, numpy.flatnonzero(block >= 0x80))] = True
    move = start - 2
    return [(move + int(starts[i]), move + int(ends[i]) + 1, bool(odd[i])) for i in numpy.flatnonzero(doubtful)]


def judged(data, suspects, width):
    """The ranges of the suspects to leave out."""
    blamed = []
    place = 0
    while place < len(suspects):
        start, end, is_odd = suspects[place]
        following = place + 1
        if is_odd:
            # A quoted field may go on to the next line with an odd number of quotes.
            closing = next((i for i in range(following, len(suspects)) if suspects[i][2]), None)
            if closing is not None and is_record(data[start : suspects[closing][1]], width):
                place = closing + 1
                continue
            blamed.append((start, end))
        elif not is_record(data[start:end], width):
            blamed.append((start, end))
        place = following
    return blamed


def is_record(line, width):
    """Whether bytes are one whole record of `width` fields."""
    try:
        text = line.decode().rstrip("\r\n").removeprefix("\ufeff")
        return [len(fields) for fields in csv.reader(text.splitlines(keepends=True), strict=True)] == [width]
    except (UnicodeDecodeError, csv.Error):
        return False
