"""Build the tables of labor force figures (CPS) and benefits (NCS) that could be confirmed.

Source (a local folder is given on the command line)

* U.S. Bureau of Labor Statistics, Current Population Survey. The folder holds median tenure
  (tenure_median_years.csv), full- and part-time counts (full_part_time_employed.csv) and persons at work
  (at_work_2019_by_occupation.csv), each row with its source where they differ.
* Unemployment and the benefits of the National Compensation Survey stand below, each with its page.

A tenure figure read in a text that quotes the agency, not on the agency's own page, is written with
confirmed = no. Nothing is written unless the shares and rates that the agency prints come out.

Run: python tools/build_cps.py FOLDER [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from pathlib import Path

DATA = Path(__file__).parents[1] / "peerstats" / "norms" / "data"
AGENCY = "https://www.bls.gov/"
AT_WORK_PAGE = "https://www.bls.gov/cps/aa2019/cpsaat23.htm"
WORK_PAGE = "https://www.bls.gov/news.release/work.tn.htm"
BENEFITS_PAGE = "https://www.bls.gov/ebs/"
RELEASES = f"news release Employee Benefits in the United States, {BENEFITS_PAGE}"
AT_WORK_GROUPS = {
    "Total, 16 years and over": "all",
    "Management, professional, and related occupations": "management_professional_related",
    "Professional and related occupations": "professional_related",
    "Service occupations": "service",
}
# Year: unemployed and employed, annual averages in thousands, and the rate that the agency prints.
UNEMPLOYMENT = {2021: (8623, 152581, 5.3), 2022: (5996, 158291, 3.6)}
PRINTED_SHARES = {("part_time", "2014"): 18.9, ("part_time", "2021"): 16.7}
# kind, year, benefit, group, percent, source
BENEFITS = [
    *(
        ("access", 2023, benefit, group, percent, BENEFITS_PAGE)
        for group, percents in {
            "civilian": (63, 24, 79, 77, 80, 27),
            "private": (67, 15, 80, 79, 78, 27),
        }.items()
        for benefit, percent in zip(
            (
                "defined_contribution_retirement",
                "defined_benefit_retirement",
                "paid_holidays",
                "paid_vacation",
                "paid_sick_leave",
                "paid_family_leave",
            ),
            percents,
            strict=True,
        )
    ),
    ("participation", 2023, "medical_care", "civilian", 49, BENEFITS_PAGE),
    ("participation", 2023, "medical_care", "private", 46, BENEFITS_PAGE),
    ("access", 2020, "paid_sick_leave", "private", 75, RELEASES),
    ("access", 2021, "paid_sick_leave", "private", 77, RELEASES),
    ("access", 2021, "paid_sick_leave", "private_management_professional", 93, RELEASES),
    ("access", 2021, "paid_sick_leave", "private_service", 59, RELEASES),
    ("access", 2021, "paid_sick_leave", "state_local_government", 92, RELEASES),
    ("access", 2020, "medical_care", "state_local_government", 89, RELEASES),
]

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(measure: str, year: str, group: str, part: int, whole: int, source: str) -> Row:
    """Return the row of a share, and stop if the agency prints another."""
    value = part / whole
    printed = PRINTED_SHARES.get((measure, year))
    if printed is not None and round(100 * value, 1) != printed:
        raise SystemExit(f"{measure} {year}: {100 * value:.2f} %, printed {printed} %")
    return {
        "measure": measure,
        "year": year,
        "group": group,
        "value": repr(value),
        "part": str(part),
        "whole": str(whole),
        "confirmed": "yes",
        "source": source,
    }


def tenure(path: Path) -> list[Row]:
    """Return the rows of median tenure."""
    rows = []
    for row in read(path):
        group = "all" if row["group"] == "total_16_plus" else row["group"]
        rows.append(
            {
                "measure": "tenure",
                "year": row["january_of_year"],
                "group": group,
                "value": repr(float(row["median_years"])),
                "part": "",
                "whole": "",
                "confirmed": "yes" if row["source"].startswith(AGENCY) else "no",
                "source": row["source"],
            }
        )
    return rows


def part_time(path: Path) -> list[Row]:
    """Return the rows of part-time shares, usual hours and work experience apart."""
    rows = []
    for row in read(path):
        usual = row["concept"].startswith("CPS annual average, usual status")
        part, full = int(row["part_time_thousands"]), int(row["full_time_thousands"])
        measure = "part_time" if usual else "part_time_work_experience"
        rows.append(share(measure, row["year"], "all", part, part + full, row["source"]))
        if round(part / (part + full), 4) != float(row["part_time_share"]):
            raise SystemExit(f"{path}: the share of {row['year']} is not that of its counts")
    return rows


def at_work(path: Path) -> list[Row]:
    """Return the rows of persons at work 1 to 34 hours."""
    rows = []
    for row in read(path):
        part, more = int(row["worked_1_34_hours"]), int(row["worked_35_plus_hours"])
        whole = int(row["total_at_work_thousands"])
        if abs(part + more - whole) > 1:  # thousands, each rounded
            raise SystemExit(f"{path}: {row['occupation']}: the parts do not add up")
        group = AT_WORK_GROUPS[row["occupation"]]
        rows.append(share("part_time_at_work", "2019", group, part, whole, AT_WORK_PAGE))
    return rows


def unemployment() -> list[Row]:
    """Return the rows of unemployment rates."""
    rows = []
    for year, (unemployed, employed, printed) in UNEMPLOYMENT.items():
        row = share("unemployment", str(year), "all", unemployed, unemployed + employed, WORK_PAGE)
        if round(100 * float(row["value"]), 1) != printed:
            raise SystemExit(f"unemployment {year}: {row['value']}, printed {printed} %")
        rows.append(row)
    return rows


def write(path: Path, rows: list[Row]) -> None:
    """Write a table, its places in order and each once."""
    keys = [tuple(value for name, value in row.items() if name in PLACE) for row in rows]
    if len(set(keys)) < len(keys):
        raise SystemExit(f"{path.name}: a figure stands twice")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: rows = {len(rows)}, sha256 = {digest}")


PLACE = ("measure", "kind", "year", "group")


def main() -> None:
    """Read the command line, check and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with the three tables")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    labor = [
        *tenure(arguments.folder / "tenure_median_years.csv"),
        *part_time(arguments.folder / "full_part_time_employed.csv"),
        *at_work(arguments.folder / "at_work_2019_by_occupation.csv"),
        *unemployment(),
    ]
    benefits = [
        {
            "measure": benefit,
            "kind": kind,
            "year": str(year),
            "group": group,
            "value": f"{percent / 100:.2f}",
            "source": source,
        }
        for kind, year, benefit, group, percent, source in BENEFITS
    ]
    write(arguments.out / "cps.csv", labor)
    write(arguments.out / "ncs.csv", benefits)


if __name__ == "__main__":
    main()
