"""Read an all-areas wage file of 400,000 rows x 32 columns, as csv, tab-separated text and workbook.

The file is simulated: occupations, areas and codes in the layout of all_data_M_2024.xlsx, figures at
random. Every reading is a fresh process. Beside the workbook python-calamine alone parses the sheet and
walks over its rows; beside the text pandas alone reads the cells as text.

    python benchmarks/oews_reading.py [--quick] [--rows 400000] [--rounds 3] [--folder FOLDER]

With --folder the simulated files are kept there and used again.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from _timing import Contestant, Row, Timed, command, contest, peak

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

HEADER = (  # noqa: SIM905
    "AREA AREA_TITLE AREA_TYPE PRIM_STATE NAICS NAICS_TITLE I_GROUP OWN_CODE OCC_CODE OCC_TITLE "
    "O_GROUP TOT_EMP EMP_PRSE JOBS_1000 LOC_QUOTIENT PCT_TOTAL PCT_RPT H_MEAN A_MEAN MEAN_PRSE "
    "H_PCT10 H_PCT25 H_MEDIAN H_PCT75 H_PCT90 A_PCT10 A_PCT25 A_MEDIAN A_PCT75 A_PCT90 ANNUAL HOURLY "
).split()
OCCUPATIONS = 830  # detailed ones of a year
STEPS = (0.6, 0.75, 0.95, 1.25, 1.6)  # percentile wages over the mean


def rows(n: int) -> Iterator[list[object]]:
    """Simulate rows: one area after another, its occupations in order."""
    random_ = random.Random(2024)  # noqa: S311  (figures, not secrets)
    for i in range(n):
        area, job = divmod(i, OCCUPATIONS)
        mean = round(random_.uniform(14, 72), 2)
        hourly: list[object] = [mean, *(round(mean * step, 2) for step in STEPS)]
        annual = [round(float(str(wage)) * 2080, -1) for wage in hourly]
        wages = [
            hourly[0],
            int(annual[0]),
            round(random_.uniform(0.5, 9), 1),
            *hourly[1:],
            *map(int, annual[1:]),
        ]
        if mean * STEPS[-1] > 115:
            wages[7] = wages[12] = "#"
        if random_.random() < 0.02:
            wages = ["*"] * len(wages)
        jobs: list[object] = [
            random_.randrange(30, 90_000, 10),
            round(random_.uniform(1, 45), 1),
            round(random_.uniform(0, 9), 3),
            round(random_.uniform(0, 3), 2),
        ]
        if random_.random() < 0.03:
            jobs = ["**"] * 4
        yield [
            *(f"{10_000 + area}", f"Simulated area {area}", "4", "PA", "000000", "Cross-industry"),
            *("cross-industry", "1235", f"{11 + job // 40}-{1000 + job:04d}", f"Simulated occupation {job}"),
            *("detailed", *jobs, "", "", *wages, "", ""),
        ]


def write_text(path: Path, n: int, delimiter: str) -> None:
    """Write the rows as delimited text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(HEADER)
        writer.writerows(rows(n))


def write_workbook(path: Path, n: int) -> None:
    """Write the rows as a workbook with shared strings and cell references, as spreadsheets do."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    letters = [chr(65 + j) if j < 26 else "A" + chr(39 + j) for j in range(len(HEADER))]
    strings: dict[str, int] = {}

    def cell(value: object, j: int, i: int) -> str:
        if value == "":
            return ""
        if isinstance(value, str):
            return f'<c r="{letters[j]}{i}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
        return f'<c r="{letters[j]}{i}"><v>{value}</v></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                f'<worksheet xmlns="{main}"><dimension ref="A1:AF{n + 1}"/><sheetData>'.encode("ascii")
            )
            for i, row in enumerate((HEADER,), start=1):
                sheet.write(_row(row, i, cell))
            for i, row in enumerate(rows(n), start=2):
                sheet.write(_row(row, i, cell))
            sheet.write(b"</sheetData></worksheet>")
        shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{shared}</sst>')
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="All May 2024 data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )


def _row(row: object, i: int, cell: object) -> bytes:
    cells = "".join(cell(value, j, i) for j, value in enumerate(row))  # type: ignore[operator, arg-type]
    return f'<row r="{i}">{cells}</row>'.encode()


def _read(who: str, path: str) -> None:
    """Read in this process and print seconds and megabytes as JSON."""
    import pandas as pd  # noqa: PLC0415  (timed without its import)
    import python_calamine  # noqa: PLC0415

    import peerstats as ps  # noqa: PLC0415

    ps.oews("21-1093")  # what is imported at the first call is imported
    separator = "," if path.endswith(".csv") else "\t"

    def calamine(file: str) -> int:
        sheet = python_calamine.CalamineWorkbook.from_path(file).get_sheet_by_index(0)
        return sum(1 for _ in sheet.iter_rows())

    do: dict[str, Any] = {
        "peerstats": ps.read_oews,
        "calamine": calamine,
        "pandas": lambda file: pd.read_csv(file, sep=separator, dtype=str),
    }
    before = peak()
    start = time.perf_counter()
    held = do[who](path)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": peak() - before}))
    del held


def apart(data: tuple[str, str]) -> Timed:
    """Read in a fresh process."""
    command_line = [sys.executable, __file__, "--read", *data]
    done = subprocess.run(command_line, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(**json.loads(done.stdout))


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Write the files and read each."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(asked.folder or made)
        folder.mkdir(exist_ok=True)
        for ending, peer, who in (
            ("csv", "pandas read_csv", "pandas"),
            ("txt", "pandas read_csv", "pandas"),
            ("xlsx", "python-calamine", "calamine"),
        ):
            path = folder / f"all_data_M_2024_simulated_{asked.rows}.{ending}"
            if not path.exists():
                if ending == "xlsx":
                    write_workbook(path, asked.rows)
                else:
                    write_text(path, asked.rows, {"csv": ",", "txt": "\t"}[ending])
            contestants = [
                Contestant(peer="peerstats", work=apart, data=("peerstats", str(path))),
                Contestant(peer=peer, work=apart, data=(who, str(path)), note="cells alone"),
            ]
            name = f"All-areas wage file, .{ending}"
            yield contest(name, contestants, rounds=asked.rounds, n=asked.rows, k=len(HEADER))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(*sys.argv[2:])
    else:
        command(measure, __doc__, rows=(400_000, 20_000), rounds=(3, 1), folder=("", ""))
