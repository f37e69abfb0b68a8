"""Write simulated.xls and simulated_1904.xls (BIFF8, of Excel 97) with xlwt; see session.txt."""

import datetime as dt
from pathlib import Path

import xlwt

HERE = Path(__file__).parent
NAMES = ["id", "wage", "county", "started", "serial_date", "paid", "note"]
ROWS = [
    [1, 17.5, "01001", dt.date(2019, 3, 4), 43528, True, "café"],
    [2, None, "36005", dt.date(2020, 2, 29), 43890, False, "≤ 5 years; Łódź"],
    [3, -99, "41051", None, 45292.25, True, None],
    [4, 1234567.891, "NA", dt.date(2024, 1, 1), 45293, False, "=SUM(A1:A9)"],
]


def write(name, *, from_1904):
    """Write the rows below a title, beside a second sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = from_1904
    sheet = book.add_sheet("Answers")
    book.add_sheet("Notes").write(0, 0, "not to be read")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    sheet.write_merge(0, 0, 0, 3, "Simulated answers")
    for j, text in enumerate(NAMES):
        sheet.write(1, j, text)
    for i, row in enumerate(ROWS, start=2):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.write(i, j, cell, *([day] if isinstance(cell, dt.date) else []))
    book.save(str(HERE / name))


write("simulated.xls", from_1904=False)
write("simulated_1904.xls", from_1904=True)
