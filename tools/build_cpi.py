"""Build the table of consumer prices: CPI-U, all items, not seasonally adjusted, from 1990 on.

Source (a local folder is given on the command line)

* U.S. Bureau of Labor Statistics, Consumer Price Index for All Urban Consumers, series CUUR0000SA0 (U.S. city
  average) and CUUR0100SA0 to CUUR0400SA0 (the four census regions), 1982-84 = 100:
  https://download.bls.gov/pub/time.series/cu/
* The folder holds them as cpi_u_all_items.csv: series_id, year, period, value; M13 is the agency's own annual
  average. October 2025 was never published.

Nothing is written unless the figures below come out and each annual average is the mean of its months.

Run: python tools/build_cpi.py FOLDER [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from pathlib import Path

DATA = Path(__file__).parents[1] / "peerstats" / "norms" / "data"
AREAS = {
    "CUUR0000SA0": "US",
    "CUUR0100SA0": "Northeast",
    "CUUR0200SA0": "Midwest",
    "CUUR0300SA0": "South",
    "CUUR0400SA0": "West",
}
NEVER_PUBLISHED = ("2025-10",)
ANNUAL = "M13"
# January, May and annual average of the U.S., as the agency's news releases print them.
PRINTED = {
    2016: ("236.916", "240.229", "240.007"),
    2017: ("242.839", "244.733", "245.12"),
    2018: ("247.867", "251.588", "251.107"),
    2019: ("251.712", "256.092", "255.657"),
    2020: ("257.971", "256.394", "258.811"),
    2021: ("261.582", "269.195", "270.97"),
    2022: ("281.148", "292.296", "292.655"),
    2023: ("299.17", "304.127", "304.702"),
    2024: ("308.417", "314.069", "313.689"),
    2025: ("317.671", "321.465", "321.943"),
}

Table = dict[str, dict[str, str]]


def read(path: Path) -> Table:
    """Return the index by date ("2020-05", or "2020" for the annual average) and area."""
    table: Table = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            area = AREAS.get(row["series_id"])
            if area is None:
                continue  # the seasonally adjusted series: revised each year, not for moving amounts
            year, period = row["year"], row["period"]
            date = year if period == ANNUAL else f"{year}-{period[1:]}"
            cells = table.setdefault(date, {})
            if area in cells:
                raise SystemExit(f"{path}: {date} stands twice for {area}")
            if not float(row["value"]) > 0:
                raise SystemExit(f"{path}: {date}, {area}: {row['value']!r} is not an index")
            cells[area] = row["value"]
    return table


def months_of(table: Table, year: str) -> list[str]:
    """Return the months of a year that were published."""
    return [date for date in table if date.startswith(f"{year}-")]


def check_complete(table: Table) -> None:
    """Stop unless every month to the last, and every area, is there."""
    years = sorted({date[:4] for date in table})
    last = max(date for date in table if "-" in date)
    for year in years:
        wanted = [f"{year}-{month:02d}" for month in range(1, 13)]
        wanted = [date for date in wanted if date <= last and date not in NEVER_PUBLISHED]
        if sorted(months_of(table, year)) != wanted:
            raise SystemExit(f"{year}: the months are not {wanted}")
    for date, cells in table.items():
        if set(cells) != set(AREAS.values()):
            raise SystemExit(f"{date}: areas {sorted(cells)}")


def check(table: Table) -> None:
    """Stop unless the table is complete and agrees with what is printed elsewhere and with itself."""
    check_complete(table)
    for year, (january, may, annual) in PRINTED.items():
        found = tuple(table[date]["US"] for date in (f"{year}-01", f"{year}-05", str(year)))
        if found != (january, may, annual):
            raise SystemExit(f"{year}: {found}, printed {(january, may, annual)}")
    for date, cells in table.items():
        if "-" in date:
            continue
        months = months_of(table, date)
        for area, value in cells.items():
            mean = sum(float(table[month][area]) for month in months) / len(months)
            # the mean is rounded as the index was printed: one decimal to 2006, three after
            bound = 0.0501 if int(date) <= 2006 else 0.00051  # noqa: PLR2004
            if abs(float(value) - mean) > bound:
                raise SystemExit(f"{date}, {area}: annual average {value}, mean of its months {mean:.4f}")


def main() -> None:
    """Read the command line, check and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with cpi_u_all_items.csv")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    table = read(arguments.folder / "cpi_u_all_items.csv")
    check(table)
    path = arguments.out / "cpi_u.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", *AREAS.values()])
        writer.writerows([date, *(table[date][area] for area in AREAS.values())] for date in sorted(table))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: rows = {len(table)}, sha256 = {digest}")


if __name__ == "__main__":
    main()
