"""Prints an XLSX workbook as JSON lines, for tests: one line for the file, one per sheet, one per non-empty cell.

Usage: xlsx_dump.py FILE.xlsx [--no-cells]
"""
import json
import sys
import warnings

import openpyxl


# openpyxl does not know data bars of 2010 and says so each time.
warnings.simplefilter("ignore")


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.isoformat(sep=" ") if hasattr(value, "hour") else str(value)


def rules(sheet):
    found = []
    for area, listed in sheet.conditional_formatting._cf_rules.items():
        for rule in listed:
            found.append({"range": str(area.sqref), "type": rule.type, "operator": rule.operator,
                          "formula": list(rule.formula), "priority": rule.priority})
    return sorted(found, key=lambda rule: rule["priority"])


def describe(sheet):
    page = sheet.page_setup
    return {
        "kind": "sheet", "sheet": sheet.title, "dimensions": sheet.dimensions,
        "freeze": sheet.freeze_panes, "autofilter": sheet.auto_filter.ref,
        "widths": {key: item.width for key, item in sorted(sheet.column_dimensions.items())},
        "merged": sorted(str(area) for area in sheet.merged_cells.ranges),
        "rules": rules(sheet), "charts": len(sheet._charts),
        "axes": [chart.y_axis.numFmt.formatCode for chart in sheet._charts if hasattr(chart, "y_axis")],
        "titleRows": sheet.print_title_rows, "titleColumns": sheet.print_title_cols,
        "printArea": sheet.print_area or None, "gridlines": sheet.sheet_view.showGridLines,
        "tabColor": sheet.sheet_properties.tabColor.rgb if sheet.sheet_properties.tabColor else None,
        "orientation": page.orientation, "paper": int(page.paperSize or 0),
        "fitToPage": bool(sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage),
        # The file leaves out a width or height of 1, its default.
        "fitWidth": 1 if page.fitToWidth is None else int(page.fitToWidth),
        "fitHeight": 1 if page.fitToHeight is None else int(page.fitToHeight),
        "header": sheet.oddHeader.left.text, "footer": sheet.oddFooter.right.text,
    }


def main():
    path = sys.argv[1]
    book = openpyxl.load_workbook(path)
    shown = openpyxl.load_workbook(path, data_only=True)
    about = book.properties
    print(json.dumps({
        "kind": "file", "sheets": book.sheetnames, "title": about.title, "subject": about.subject,
        "created": plain(about.created),
        "names": {name: item.attr_text for name, item in sorted(book.defined_names.items())},
    }))
    for sheet in book.worksheets:
        print(json.dumps(describe(sheet)))
        if "--no-cells" in sys.argv[2:]:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                cached = shown[sheet.title][cell.coordinate].value
                print(json.dumps({
                    "kind": "cell", "sheet": sheet.title, "cell": cell.coordinate,
                    "value": plain(cell.value), "cached": plain(cached),
                    "format": cell.number_format, "type": cell.data_type,
                    "link": cell.hyperlink is not None,
                }))


main()
