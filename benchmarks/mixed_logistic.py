"""A logit with a random intercept: 572 people in 166 counties, peerstats beside R's `glmer(nAGQ = 15)`.

The two take turns on the same simulated people, many counties with one person. Ours is the whole call, from
formula and frame to the printed table, with the check of the number of quadrature points, the profile
interval and the test of the variance, none of which `glmer` makes; in a second line the fit alone, from
arrays. R is timed inside R from formula and frame to the fit, without printing, the median of 5 calls after
one that is not counted, by default and by its faster optimiser. Needs R with lme4.

    python benchmarks/mixed_logistic.py [--rounds 5] [--least 5]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import peerstats as ps
from peerstats.numerics import fit_mixed_logit, group_rows

_PEOPLE, _COUNTIES, _PREDICTORS = 572, 166, 5


def _people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simulate people in counties; every county has one at least, few have many."""
    rng = np.random.default_rng(20260712)
    size = rng.pareto(1.0, _COUNTIES) + 0.05
    county = np.r_[np.arange(_COUNTIES), rng.choice(_COUNTIES, _PEOPLE - _COUNTIES, p=size / size.sum())]
    x = np.vstack([np.ones(_PEOPLE), rng.normal(size=(_PREDICTORS, _PEOPLE))])
    eta = np.array([-0.3, 0.5, -0.4, 0.2, 0.1, 0.3]) @ x + 0.8 * rng.normal(size=_COUNTIES)[county]
    return x, (rng.random(_PEOPLE) < 1 / (1 + np.exp(-eta))).astype(int), county


def _ours(
    people: pd.DataFrame, x: np.ndarray, y: np.ndarray, county: np.ndarray
) -> tuple[float, float, np.ndarray]:
    start = time.perf_counter()
    result = ps.mixed_logistic("y ~ x1 + x2 + x3 + x4 + x5", people, group="county")
    str(result)
    printed = time.perf_counter()
    fit_mixed_logit(group_rows(x, y, county))
    end = time.perf_counter()
    fit = result.fit
    numbers = np.r_[fit.coefficients[:, 0], fit.random.sd.estimate, np.sqrt(np.diag(fit.covariance))]
    return printed - start, end - printed, numbers


def _theirs(path: Path) -> tuple[float, float, np.ndarray]:
    script = Path(__file__).with_suffix(".R")
    done = subprocess.run(
        ["Rscript", str(script), str(path)],  # noqa: S607  (R is found where the shell finds it)
        check=True,
        capture_output=True,
        text=True,
    )
    slow, fast, *numbers = map(float, done.stdout.split())
    return slow, fast, np.array(numbers)


def main() -> int:
    """Measure, print the table, and say by the exit code whether the ratio is large enough."""
    parser = argparse.ArgumentParser(description="Time a random-intercept logit beside lme4.")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (default 5)")
    parser.add_argument("--least", type=float, default=5.0, help="smallest ratio that passes (default 5)")
    asked = parser.parse_args()
    x, y, county = _people()
    alone = np.count_nonzero(np.bincount(county) == 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people_simulated.csv"
        names = ",".join(["county", "y", *(f"x{i}" for i in range(1, _PREDICTORS + 1))])
        np.savetxt(path, np.column_stack([county, y, x[1:].T]), "%.17g", ",", header=names, comments="")
        people = pd.read_csv(path)
        _ours(people, x, y, county)  # the first call loads libraries
        ours, theirs = [], []
        for _ in range(asked.rounds):
            ours.extend(_ours(people, x, y, county) for _ in range(5))
            theirs.append(_theirs(path))
    print(f"{_PEOPLE} simulated people in {_COUNTIES} counties, {alone} of them with one person\n")
    print(f"{'':44}{'median ms':>10}{'least':>10}{'most':>10}")
    medians = []
    for name, turns, column in (
        ("peerstats, formula to printed table", ours, 0),
        ("peerstats, fit alone from arrays", ours, 1),
        ("glmer(nAGQ = 15)", theirs, 0),
        ('glmer(nAGQ = 15, glmerControl("nloptwrap"))', theirs, 1),
    ):
        times = [1000 * turn[column] for turn in turns]
        medians.append(statistics.median(times))
        print(f"{name:44}{medians[-1]:10.1f}{min(times):10.1f}{max(times):10.1f}")
    apart = np.abs(ours[-1][2] / theirs[-1][2] - 1).max()
    print(f"\nlargest relative difference of estimates and standard errors: {apart:.1e}")
    ratio = medians[2] / medians[0]
    print(f"glmer / peerstats: {ratio:.1f} by default, {medians[3] / medians[0]:.1f} by nloptwrap")
    return 0 if ratio >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
