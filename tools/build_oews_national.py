"""Build the national wage table: all occupations and SOC 21-xxxx, May 2013 to May 2025.

Source (a local folder is given on the command line)

* U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, national estimates, one
  workbook national_MYYYY_dl.xlsx a year in oesmYYnat.zip: https://www.bls.gov/oes/tables.htm
  May 2025: the flat file oe.data.0.Current, https://download.bls.gov/pub/time.series/oe/
* The folder holds those rows as oews_national_soc21_2013_2025.csv, and for 2018 to 2024 the workbooks
  themselves, cut to fewer rows, as national_MYYYY_dl_trim.xlsx. Every cell of these years is compared with
  its workbook.

Cells hold figures or the agency's codes as text: * and ** not available, # at or above the top code, ~ under
0.5 % of establishments.

Run: python tools/build_oews_national.py FOLDER [--out FOLDER]   (needs python-calamine, in the extra io)
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from pathlib import Path

DATA = Path(__file__).parents[1] / "peerstats" / "norms" / "data"
YEARS = range(2013, 2026)
WORKBOOK_YEARS = range(2018, 2025)
CODES = ("*", "**", "#", "~")
WORDS = ("occ_code", "occ_title", "o_group")
FIGURES = (
    *("tot_emp", "emp_prse", "h_mean", "a_mean", "mean_prse"),
    *("h_pct10", "h_pct25", "h_median", "h_pct75", "h_pct90"),
    *("a_pct10", "a_pct25", "a_median", "a_pct75", "a_pct90"),
)
ALIASES = {"occ_group": "o_group", "group": "o_group"}

Key = tuple[int, str]


def wanted(code: str) -> bool:
    """Say whether a row of this occupation is bundled."""
    return code == "00-0000" or code.startswith("21-")


def cell(value: object, place: str) -> str:
    """Return a figure in its shortest form, or a code, as text."""
    text = str(value).strip()
    if text in CODES:
        return text
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        raise SystemExit(f"{place}: {value!r} is neither a figure nor a code") from None
    return str(int(number)) if number == int(number) else repr(number)


def tidy(year: int, row: dict[str, object]) -> tuple[Key, dict[str, str]]:
    """Return one row's key and its cells as text."""
    code = str(row["occ_code"]).strip()
    out = {"year": str(year), **{name: str(row[name]).strip() for name in WORDS}}
    out |= {name: cell(row[name], f"{year} {code} {name}") for name in FIGURES}
    return (year, code), out


def collect(pairs: list[tuple[Key, dict[str, str]]], file: Path) -> dict[Key, dict[str, str]]:
    """Turn rows into a table; one row a year and occupation."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise SystemExit(f"{file}: an occupation stands twice in one year")
    return table


def read_csv(path: Path) -> dict[Key, dict[str, str]]:
    """Read the rows of all years."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if wanted(row["occ_code"])]
    return collect([tidy(int(row["year"]), dict(row)) for row in rows], path)


def read_workbook(path: Path, year: int) -> dict[Key, dict[str, str]]:
    """Read one year's rows from the workbook's first sheet (its name changes from year to year)."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (--help works without the extra)

    header, *body = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    names = [str(name).strip().lower().replace(" ", "_") for name in header]
    names = [ALIASES.get(name, name) for name in names]
    rows = [dict(zip(names, values, strict=True)) for values in body]
    return collect([tidy(year, row) for row in rows if wanted(str(row["occ_code"]))], path)


def compare(table: dict[Key, dict[str, str]], folder: Path) -> int:
    """Stop unless the table equals the workbooks cell by cell; return the number of cells compared."""
    n_cells = 0
    differences = []
    for year in WORKBOOK_YEARS:
        book = read_workbook(folder / f"national_M{year}_dl_trim.xlsx", year)
        here = {key: row for key, row in table.items() if key[0] == year}
        differences += [f"{key}: in one file only" for key in sorted(set(here) ^ set(book))]
        for key in sorted(set(here) & set(book)):
            n_cells += len(here[key])
            differences += [
                f"{key} {name}: {value!r}, workbook {book[key][name]!r}"
                for name, value in here[key].items()
                if value != book[key][name]
            ]
    if differences:
        raise SystemExit("the table differs from the workbooks:\n  " + "\n  ".join(differences[:20]))
    return n_cells


def main() -> None:
    """Read the command line, compare and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with the CSV and the workbooks")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    table = read_csv(arguments.folder / "oews_national_soc21_2013_2025.csv")
    if {year for year, _ in table} != set(YEARS):
        raise SystemExit("the years are not 2013 to 2025")
    n_cells = compare(table, arguments.folder)
    path = arguments.out / "oews_national.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["year", *WORDS, *FIGURES], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[key] for key in sorted(table))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: rows = {len(table)}, sha256 = {digest}; {n_cells} cells equal the workbooks")


if __name__ == "__main__":
    main()
