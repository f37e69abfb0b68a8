"""Build the CFPB Financial Well-Being tables: score look-up and item response parameters.

Sources (a local copy of each is given on the command line)

* look-up: CFPB, "Measuring financial well-being: a guide to using the CFPB Financial Well-Being Scale",
  December 2015, scoring worksheets of the ten- and the five-item form; as a CSV with the columns
  version, mode, age_group, raw, score.
* parameters: the graded response parameters that the Stata module pfwb 1.7 (SSC s458353) carries from the
  CFPB technical report of May 2017, appendices; as a JSON with one entry a scoring group.

Run: python tools/build_fwb_tables.py LOOKUP.csv PARAMETERS.json
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
from pathlib import Path

DATA = Path(__file__).parents[1] / "peerstats" / "instruments" / "data"


def _write(name: str, header: list[str], rows: list[list[object]]) -> None:
    path = DATA / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{name}: {len(rows)} rows, sha256 {digest}")


def build_lookup(source: Path) -> None:
    """Write one look-up table a form: age_group, mode, raw, score."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for form, n_rows in (("10", 164), ("5", 84)):
        kept = [r for r in rows if r["version"] == f"{form}-item"]
        if len(kept) != n_rows:
            raise SystemExit(f"the {form}-item table should have {n_rows} cells, not {len(kept)}")
        header = ["age_group", "mode", "raw", "score"]
        _write(f"cfpb_fwb_{form}_lookup.csv", header, [[r[name] for name in header] for r in kept])


def build_parameters(source: Path) -> None:
    """Write the items' slopes and cuts and the factors' means and variances, by scoring group."""
    groups = json.loads(source.read_text(encoding="utf-8"))["groups"]
    items: list[list[object]] = []
    latent: list[list[object]] = []
    for name, group in groups.items():
        age_group, mode = name.split("|")
        for item in group["items"]:
            slopes = [item["slope_general"], item["slope_specific"]]
            items.append(
                [age_group, mode, item["questionnaire_item"], item["specific_factor"], *slopes, *item["cuts"]]
            )
        latent += [
            [age_group, mode, factor, mean, group["latent_variance"][factor]]
            for factor, mean in group["latent_mean"].items()
        ]
    if (len(items), len(latent)) != (40, 12):
        raise SystemExit(f"expected 40 item rows and 12 factor rows, not {len(items)} and {len(latent)}")
    header = ["age_group", "mode", "item", "factor", "slope_general", "slope_specific"]
    _write("cfpb_fwb_irt.csv", [*header, "cut_1", "cut_2", "cut_3", "cut_4"], items)
    _write("cfpb_fwb_latent.csv", ["age_group", "mode", "factor", "mean", "variance"], latent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lookup", type=Path, help="CSV of the published look-up tables")
    parser.add_argument("parameters", type=Path, help="JSON of the item response parameters")
    arguments = parser.parse_args()
    build_lookup(arguments.lookup)
    build_parameters(arguments.parameters)
