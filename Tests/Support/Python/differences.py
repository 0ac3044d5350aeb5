"""Tells in what two folders of reports differ, a line each; nothing where they are the same.

Usage: differences.py FOLDER FOLDER [--but LABEL…]

Files are compared byte for byte, workbooks part by part: in their sheets every cell's value, formula and style. Cells beside
one whose text is a LABEL are not looked at.
"""
import os
import sys
import xml.etree.ElementTree as tree
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXTS = "xl/sharedStrings.xml"


def files(folder):
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(path, name)
            found[os.path.relpath(whole, folder)] = whole
    return found


def cells(book, part):
    """Address → (value, formula, style); a value is text or as the file has it."""
    texts = []
    if TEXTS in book.namelist():
        for item in tree.fromstring(book.read(TEXTS)).iter(MAIN + "si"):
            texts.append("".join(item.itertext()))
    found = {}
    for cell in tree.fromstring(book.read(part)).iter(MAIN + "c"):
        value = cell.findtext(MAIN + "v")
        if cell.get("t") == "s":
            value = texts[int(value)]
        elif cell.get("t") == "inlineStr":
            value = "".join(cell.find(MAIN + "is").itertext())
        found[cell.get("r")] = (value, cell.findtext(MAIN + "f"), cell.get("t"), cell.get("s"))
    return found


def beside(labels, found):
    """The addresses to the right of a label."""
    addresses = list(found)
    return {after for before, after in zip(addresses, addresses[1:]) if found[before][0] in labels}


def compare(name, paths, labels):
    books = [zipfile.ZipFile(path) for path in paths]
    parts = [set(book.namelist()) for book in books]
    for part in sorted(parts[0] ^ parts[1]):
        yield f"{name}: {part} is in one only"
    # Texts of cells stand in a part of their own: where that differs, cells that look alike may not be.
    is_alike = {part: books[0].read(part) == books[1].read(part) for part in parts[0] & parts[1]}
    texts_are_alike = is_alike.pop(TEXTS, True)
    for part, is_same in sorted(is_alike.items()):
        is_sheet = part.startswith("xl/worksheets/sheet")
        if is_same and (texts_are_alike or not is_sheet):
            continue
        if not is_sheet:
            yield f"{name}: {part} differs"
            continue
        sheets = [cells(book, part) for book in books]
        left_out = beside(labels, sheets[0])
        for address in sorted(set(sheets[0]) | set(sheets[1])):
            values = [sheet.get(address) for sheet in sheets]
            if values[0] != values[1] and address not in left_out:
                yield f"{name}: {part} {address}: {values[0]} and {values[1]}"


def main():
    folders = [files(folder) for folder in sys.argv[1:3]]
    labels = set(sys.argv[4:])
    for name in sorted(set(folders[0]) ^ set(folders[1])):
        print(f"{name} is in one only")
    for name in sorted(set(folders[0]) & set(folders[1])):
        paths = [folder[name] for folder in folders]
        if name.endswith(".xlsx"):
            for line in compare(name, paths, labels):
                print(line)
            continue
        contents = [open(path, "rb").read() for path in paths]
        if contents[0] != contents[1]:
            lines = [content.split(b"\n") for content in contents]
            first = next((i for i, pair in enumerate(zip(*lines)) if pair[0] != pair[1]), min(map(len, lines)))
            shown = [line[first].decode()[:200] if first < len(line) else "nothing" for line in lines]
            print(f"{name}:{first + 1}: {shown[0]} and {shown[1]}")


main()
