"""Build the norms of the Maslach Burnout Inventory - Human Services Survey, third-edition manual, US.

Source: Maslach, Jackson and Leiter (1996), Maslach Burnout Inventory manual, third edition: means and SDs of
scale sums by occupation. The figures below are RECALLED: they were not read in the manual, which is licensed.
The manifest therefore says confirmed = false, and every use of the norm says so too. To confirm them, compare
FIGURES with the manual's table and correct what differs.

The overall sample is recalled as 11,067 people; an abstract of 1995 gives 10,067. FIGURES has the larger one.

What is computed: the standard error of a mean, SD / sqrt(N). Nothing is written if a mean or SD is impossible
for its scale's sum or the occupations are more people than the overall sample.

Run: python tools/build_mbi_norm.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
from pathlib import Path

DATA = Path(__file__).parents[1] / "peerstats" / "norms" / "data"

# scale -> items, each answered 0 to 6
ITEMS = {"emotional_exhaustion": 9, "depersonalization": 5, "personal_accomplishment": 8}
HIGHEST_ANSWER = 6

# (variable, group) -> N, then mean and SD of the three sums in the order of ITEMS
FIGURES: dict[tuple[str, str], tuple[int, tuple[tuple[float, float], ...]]] = {
    ("all", "all"): (11067, ((20.99, 10.75), (8.73, 5.89), (34.58, 7.11))),
    ("occupation", "mental health"): (730, ((16.89, 8.90), (5.72, 4.62), (30.87, 6.37))),
    ("occupation", "social services"): (1538, ((21.35, 10.51), (7.46, 5.11), (32.75, 7.71))),
    ("occupation", "medicine"): (1104, ((22.19, 9.53), (7.12, 5.22), (36.53, 7.34))),
    ("occupation", "teaching, K-12"): (4163, ((21.25, 11.01), (11.00, 6.19), (33.54, 6.89))),
    ("occupation", "teaching, post-secondary"): (635, ((18.57, 11.95), (5.57, 6.63), (39.17, 7.92))),
}

Figures = dict[tuple[str, str], tuple[int, tuple[tuple[float, float], ...]]]


def check(figures: Figures) -> None:
    """Stop at a figure that cannot be: a misprint shows here, a wrong recollection does not."""
    for place, (_, pairs) in figures.items():
        for (scale, n_items), (mean, sd) in zip(ITEMS.items(), pairs, strict=True):
            highest = HIGHEST_ANSWER * n_items
            # no distribution between 0 and `highest` with this mean is wider (Bhatia and Davis 2000)
            if not (0 < mean < highest and 0 < sd <= math.sqrt(mean * (highest - mean))):
                raise SystemExit(
                    f"{place} {scale}: mean {mean}, SD {sd} cannot be of a sum from 0 to {highest}"
                )
    parts = sum(n for place, (n, _) in figures.items() if place != ("all", "all"))
    if parts > figures["all", "all"][0]:
        raise SystemExit(f"the occupations are {parts} people, the overall sample fewer")


def long_rows(figures: Figures) -> list[list[object]]:
    """Return one row a scale, group and statistic; only the mean has a standard error."""
    rows: list[list[object]] = []
    for column, scale in enumerate(ITEMS):
        for place, (n, pairs) in figures.items():
            mean, sd = pairs[column]
            rows.append([scale, *place, "mean", mean, round(sd / math.sqrt(n), 6), n])
            rows.append([scale, *place, "sd", sd, "", n])
    return rows


def main() -> None:
    """Read the command line and build the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    path = parser.parse_args().out / "mbi_hss_us_1996.csv"
    check(FIGURES)
    rows = long_rows(FIGURES)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scale", "variable", "group", "statistic", "value", "std_error", "n"])
        writer.writerows(rows)
    print(f"{path.name}: rows = {len(rows)}, sha256 = {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
