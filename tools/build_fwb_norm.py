"""Build the national financial well-being norms from the 2016 public-use file.

Source (a local copy is given on the command line; its checksum is checked)

* Consumer Financial Protection Bureau, National Financial Well-Being Survey 2016, public-use file
  NFWBS_PUF_2016_data.csv and its User's Guide:
  https://www.consumerfinance.gov/data-research/financial-well-being-survey-data/

What is computed, for all adults and by group

* Scores below zero are codes (-1 refused, -4 not written to the database) and go before anything else.
* mean: weighted by finalwt. Its standard error is the with-replacement linearised one over all 6,394 rows,
  a group being a domain: n / (n - 1) times the sum of squared deviations of w d (y - mean) / sum(w d). The
  file has no strata or clusters. The User's Guide's own standard errors come out by the same formula.
* sd: square root of the weighted mean squared deviation (divisor: the sum of the weights).
* p5 to p95: the smallest score at which the cumulative weight reaches the level.
* Cells of age by education: n, mean, its standard error, sd and the weighted share of all adults. Pooled by
  those shares they must give the groups' means again.

The codes are decoded by CODES and proved by PROOF and PUBLISHED: nothing is written if one figure differs.

Run: python tools/build_fwb_norm.py NFWBS_PUF_2016_data.csv [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "peerstats" / "norms" / "data"
ADDRESS = "https://www.consumerfinance.gov/data-research/financial-well-being-survey-data/"
SHA256 = "3680d33576549a99a8dfd7f99d5661a36a8fc1aac0d66f2bf2ec5524695304d8"
LEVELS = (5, 10, 25, 50, 75, 90, 95)

# variable -> the file's column and, in the order of the output, each group's codes
CODES: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    "age": (
        "agecat",
        {
            "18-24": (1,),
            "25-34": (2,),
            "35-44": (3,),
            "45-54": (4,),
            "55-61": (5,),
            "62-69": (6,),
            "70-74": (7,),
            "75+": (8,),
        },
    ),
    # the two groups for which the scale has its own parameters and look-up columns
    "age_group": ("agecat", {"18-61": (1, 2, 3, 4, 5), "62+": (6, 7, 8)}),
    "education": (
        "PPEDUC",
        {
            "less than high school": (1,),
            "high school or GED": (2,),
            "some college or associate degree": (3,),
            "bachelor's degree": (4,),
            "graduate or professional degree": (5,),
        },
    ),
    "income": (
        "PPINCIMP",
        {
            "under $20,000": (1,),
            "$20,000-29,999": (2,),
            "$30,000-49,999": (3, 4),
            "$50,000-74,999": (5, 6),
            "$75,000-99,999": (7,),
            "$100,000 or more": (8, 9),
        },
    ),
    # 99, refused, is no group
    "employment": (
        "EMPLOY",
        {
            "self-employed": (1,),
            "full-time employee": (2,),
            "part-time employee": (3,),
            "full- or part-time employee": (2, 3),
            "homemaker": (4,),
            "student": (5,),
            "sick or disabled": (6,),
            "unemployed": (7,),
            "retired": (8,),
        },
    ),
    "sex": ("PPGENDER", {"men": (1,), "women": (2,)}),
    "ethnicity": (
        "PPETHM",
        {
            "White, non-Hispanic": (1,),
            "Black, non-Hispanic": (2,),
            "other, non-Hispanic": (3,),
            "Hispanic": (4,),
        },
    ),
}


class Expected(NamedTuple):
    """Figures that a group must show, at the decimals given; None is not checked."""

    mean: float
    sd: float | None = None
    n: int | None = None
    std_error: float | None = None
    percentiles: tuple[int, ...] | None = None


# Known figures of the labelled groups: a code read wrongly changes at least one of them.
PROOF: dict[tuple[str, str], Expected] = {
    ("all", "all"): Expected(54.25, 13.74, 6389, 0.195, (31, 37, 46, 54, 63, 72, 77)),
    ("age_group", "18-61"): Expected(52.49, 13.11, 4136, 0.230, (29, 35, 45, 53, 61, 69, 74)),
    ("age_group", "62+"): Expected(59.86, 14.16, 2253, 0.344, (37, 43, 51, 59, 68, 79, 85)),
    ("age", "18-24"): Expected(50.99, n=414),
    ("age", "25-34"): Expected(51.09),
    ("age", "35-44"): Expected(52.48),
    ("age", "45-54"): Expected(53.51),
    ("age", "55-61"): Expected(54.57),
    ("age", "62-69"): Expected(59.27),
    ("age", "70-74"): Expected(61.02),
    ("age", "75+"): Expected(59.87),
    ("education", "less than high school"): Expected(47.97, 12.53, 429, None, (27, 33, 40, 49, 56, 62, 68)),
    ("education", "high school or GED"): Expected(52.52, 14.05, 1620, None, (29, 34, 44, 52, 61, 71, 77)),
    ("education", "some college or associate degree"): Expected(
        53.18, 13.23, 1931, None, (30, 36, 45, 53, 61, 69, 74)
    ),
    ("education", "bachelor's degree"): Expected(58.14, 12.63, 1312, None, (38, 43, 50, 59, 66, 74, 79)),
    ("education", "graduate or professional degree"): Expected(
        61.27, 12.53, 1097, None, (42, 46, 53, 61, 69, 78, 84)
    ),
    ("income", "under $20,000"): Expected(46.03),
    ("income", "$20,000-29,999"): Expected(48.68),
    ("income", "$30,000-49,999"): Expected(50.97),
    ("income", "$50,000-74,999"): Expected(54.68),
    ("income", "$75,000-99,999"): Expected(56.08),
    ("income", "$100,000 or more"): Expected(60.12),
    ("employment", "self-employed"): Expected(54.17),
    ("employment", "full-time employee"): Expected(54.65, 12.64, 2491, None, (33, 38, 47, 55, 63, 70, 75)),
    ("employment", "part-time employee"): Expected(51.84, 13.21, 432, None, (29, 35, 44, 52, 60, 68, 74)),
    ("employment", "full- or part-time employee"): Expected(54.22),
    ("employment", "homemaker"): Expected(53.84),
    ("employment", "student"): Expected(50.84),
    ("employment", "sick or disabled"): Expected(43.74),
    ("employment", "unemployed"): Expected(44.53),
    ("employment", "retired"): Expected(60.27),
    ("sex", "men"): Expected(54.41, 13.93, 3350, None, (31, 36, 46, 55, 63, 72, 78)),
    ("sex", "women"): Expected(54.10, 13.55, 3039, None, (31, 37, 46, 54, 63, 71, 77)),
    ("ethnicity", "White, non-Hispanic"): Expected(55.64, 13.85, 4495),
    ("ethnicity", "Black, non-Hispanic"): Expected(51.95, 13.49, 684),
    ("ethnicity", "other, non-Hispanic"): Expected(52.83, 13.84, 336),
    ("ethnicity", "Hispanic"): Expected(51.04, 12.52, 874),
}

# The whole-number group means in the agency's own web tool (cfpb/consumerfinance.gov, cfgov/wellbeing).
PUBLISHED: dict[tuple[str, str], int] = {
    ("all", "all"): 54,
    ("age", "18-24"): 51,
    ("age", "25-34"): 51,
    ("age", "35-44"): 52,
    ("age", "45-54"): 54,
    ("age", "75+"): 60,
    ("income", "under $20,000"): 46,
    ("income", "$20,000-29,999"): 49,
    ("income", "$30,000-49,999"): 51,
    ("income", "$50,000-74,999"): 55,
    ("income", "$75,000-99,999"): 56,
    ("income", "$100,000 or more"): 60,
    ("employment", "self-employed"): 54,
    ("employment", "full- or part-time employee"): 54,
    ("employment", "homemaker"): 54,
    ("employment", "student"): 51,
    ("employment", "sick or disabled"): 44,
    ("employment", "unemployed"): 45,
    ("employment", "retired"): 60,
}


class Summary(NamedTuple):
    """One group's figures."""

    mean: float
    std_error: float
    sd: float
    percentiles: tuple[int, ...]
    n: int


def read_file(path: Path) -> list[dict[str, str]]:
    """Return all 6,394 rows, once the checksum is right."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        raise SystemExit(
            f"{path} is not the public-use file that the norms come from: sha256 {digest}, not {SHA256}.\n"
            f"  Download NFWBS_PUF_2016_data.csv from {ADDRESS}"
        )
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def summarise(scored: list[tuple[int, float]], n_file: int) -> Summary:
    """Compute one domain's weighted figures; fsum rounds once, so the bytes are the same on any machine."""
    total = math.fsum(w for _, w in scored)
    mean = math.fsum(w * y for y, w in scored) / total
    deviations = [w * (y - mean) / total for y, w in scored]
    # the deviations sum to zero, and rows outside the domain have none
    variance = n_file / (n_file - 1) * math.fsum(z * z for z in deviations)
    sd = math.sqrt(math.fsum(w * (y - mean) ** 2 for y, w in scored) / total)
    scores = sorted({y for y, _ in scored})
    below = {score: math.fsum(w for y, w in scored if y <= score) for score in scores}
    percentiles = tuple(next(s for s in scores if below[s] >= p / 100 * total) for p in LEVELS)
    return Summary(mean, math.sqrt(variance), sd, percentiles, len(scored))


def summarise_groups(rows: list[dict[str, str]]) -> dict[tuple[str, str], Summary]:
    """Compute all groups, in the order of the output."""
    scored = [row for row in rows if int(row["FWBscore"]) > 0]

    def domain(column: str | None, codes: tuple[int, ...]) -> list[tuple[int, float]]:
        kept = [row for row in scored if column is None or int(row[column]) in codes]
        return [(int(row["FWBscore"]), float(row["finalwt"])) for row in kept]

    out = {("all", "all"): summarise(domain(None, ()), len(rows))}
    for variable, (column, groups) in CODES.items():
        for group, codes in groups.items():
            out[variable, group] = summarise(domain(column, codes), len(rows))
    return out


def check(found: dict[tuple[str, str], Summary]) -> None:
    """Stop unless every known figure comes out, which proves the decoding."""
    if set(found) != set(PROOF):
        raise SystemExit(f"groups without a known figure: {sorted(set(found) ^ set(PROOF))}")
    wrong = []
    for place, expected in PROOF.items():
        got = found[place]
        pairs = {
            "mean": (round(got.mean, 2), expected.mean),
            "sd": (round(got.sd, 2), expected.sd),
            "n": (got.n, expected.n),
            "std_error": (round(got.std_error, 3), expected.std_error),
            "percentiles": (got.percentiles, expected.percentiles),
            "published mean": (round(got.mean), PUBLISHED.get(place)),
        }
        wrong += [
            f"{place} {name}: {a}, not {b}" for name, (a, b) in pairs.items() if b is not None and a != b
        ]
    if wrong:
        raise SystemExit("the decoding is not proved:\n  " + "\n  ".join(wrong))


def shares(rows: list[dict[str, str]]) -> list[list[object]]:
    """Return the weighted share of each score among all adults."""
    scored = [(int(row["FWBscore"]), float(row["finalwt"])) for row in rows if int(row["FWBscore"]) > 0]
    total = math.fsum(w for _, w in scored)
    return [
        [score, round(math.fsum(w for y, w in scored if y == score) / total, 9)]
        for score in sorted({y for y, _ in scored})
    ]


def cell_rows(rows: list[dict[str, str]], found: dict[tuple[str, str], Summary]) -> list[list[object]]:
    """Return one row for each age and education; stop unless the cells pool to the groups' means."""
    scored = [row for row in rows if int(row["FWBscore"]) > 0]
    total = math.fsum(float(row["finalwt"]) for row in scored)
    (age, ages), (education, levels) = CODES["age"], CODES["education"]
    out: list[list[object]] = []
    pools: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for age_group, age_codes in ages.items():
        for level, codes in levels.items():
            cell = [
                (int(row["FWBscore"]), float(row["finalwt"]))
                for row in scored
                if int(row[age]) in age_codes and int(row[education]) in codes
            ]
            figures = summarise(cell, len(rows))
            share = math.fsum(w for _, w in cell) / total
            numbers = (figures.mean, figures.std_error, figures.sd, share)
            out.append([age_group, level, *(round(number, 6) for number in numbers), figures.n])
            for place in (("age", age_group), ("education", level), ("all", "all")):
                pools.setdefault(place, []).append((share, figures.mean))
    for place, pool in pools.items():
        mean = math.fsum(share * value for share, value in pool) / math.fsum(share for share, _ in pool)
        if abs(mean - found[place].mean) > 1e-9:  # noqa: PLR2004  (rounding of 6,389 products)
            raise SystemExit(f"the cells of {place} pool to {mean}, not {found[place].mean}")
    return out


def long_rows(found: dict[tuple[str, str], Summary]) -> list[list[object]]:
    """Return one row a group and statistic; only the mean has a standard error."""
    out: list[list[object]] = []
    for (variable, group), figures in found.items():
        place = [variable, group]
        out.append([*place, "mean", round(figures.mean, 6), round(figures.std_error, 6), figures.n])
        out.append([*place, "sd", round(figures.sd, 6), "", figures.n])
        out += [
            [*place, f"p{level}", value, "", figures.n]
            for level, value in zip(LEVELS, figures.percentiles, strict=True)
        ]
    return out


def write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV and print what its manifest entry must say."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{path.name}: rows = {len(rows)}, sha256 = {hashlib.sha256(path.read_bytes()).hexdigest()}")


def main() -> None:
    """Read the command line and build the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help=f"local copy of the public-use file ({ADDRESS})")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    rows = read_file(arguments.file)
    found = summarise_groups(rows)
    check(found)
    header = ["variable", "group", "statistic", "value", "std_error", "n"]
    write(arguments.out / "fwb_us_2016.csv", header, long_rows(found))
    write(arguments.out / "fwb_us_2016_shares.csv", ["score", "share"], shares(rows))
    header = ["age", "education", "value", "std_error", "sd", "share", "n"]
    write(arguments.out / "fwb_us_2016_cells.csv", header, cell_rows(rows, found))


if __name__ == "__main__":
    main()
