"""A sheet of ROWS × 10 cells by XlsxWriter in constant memory: the peer of `bench workbook ROWS FILE`."""

import sys

import xlsxwriter


def main():
    rows = int(sys.argv[1])
    book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True})
    sheet = book.add_worksheet("Rows")
    bold = book.add_format({"bold": True})
    text, day, money, share, whole = (
        book.add_format({"num_format": form}) for form in ("@", "yyyy-mm-dd", "#,##0.00", "0.0%", "#,##0")
    )
    for column, header in enumerate("id name city day orders units revenue refunds rate active".split()):
        sheet.write_string(0, column, header, bold)
    string, number = sheet.write_string, sheet.write_number
    for row in range(rows):
        at = row + 1
        string(at, 0, f"row-{row}", text)
        string(at, 1, f"Bowery Drain & Pipe {row % 997}", text)
        string(at, 2, "New York", text)
        number(at, 3, 20_000 + row % 365 + 25_569, day)
        number(at, 4, row, whole)
        number(at, 5, row * 7 % 1_000, whole)
        number(at, 6, row * 37 % 1_000_000 / 100, money)
        number(at, 7, row % 500 / 100, money)
        number(at, 8, row % 1_000_000 / 1_000_000, share)
        sheet.write_boolean(at, 9, row % 2 == 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, 9)
    book.close()


if __name__ == "__main__":
    main()
