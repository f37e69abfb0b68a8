"""A formula's design on 500,000 rows x 19 columns beside formulaic's, from a frame in memory, side by side.

Simulated rows: numbers, text, a categorical, True and False, and their interactions. Each builds the whole
dense matrix from the same formula and frame, rows with missing values left out. The two take turns; prints
medians, their ratio, and the largest difference of a column's sum.

    python benchmarks/formula.py [--rows 500000] [--rounds 5] [--splines] [--most 1.0]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING

import formulaic
import numpy as np
import pandas as pd

from peerstats._core.frames import read_frame
from peerstats.design import build_design, choose_rows, parse_formula, read_factors

if TYPE_CHECKING:
    from collections.abc import Callable

_TERMS = "age + wage + hours + np.log(wage) + I(age ** 2) + state * veteran + paid + age:state + wage:veteran"
_SPLINES = "bs(age, df=6) + state * veteran + paid + center(wage) + scale(hours) + wage:state"


def _simulate(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "peer"], rows),
            "age": rng.normal(45, 10, rows),
            "wage": rng.uniform(8, 40, rows),
            "hours": rng.integers(1, 60, rows),
            "state": rng.choice(["NC", "OR", "PA", "TX"], rows),
            "paid": pd.Categorical(rng.choice(["low", "mid", "high"], rows), ["low", "mid", "high"]),
            "veteran": rng.random(rows) < 0.2,
        }
    )


def _ours(terms: str, frame: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    data = read_frame(frame, "benchmark")
    parsed = parse_formula(f"job ~ {terms}", "benchmark")
    factors = read_factors(parsed, data, "benchmark")
    variables = list(dict.fromkeys(name for factor in factors.values() for name in factor.variables))
    use = choose_rows(data, variables, where=None, weights=None, missing="drop", call="benchmark")
    design, coded, _ = build_design(parsed, factors, data, use.used, levels=None, call="benchmark")
    return list(design.columns), design.matrix(coded, 0, int(use.used.sum()))


def _theirs(terms: str, frame: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    made = formulaic.model_matrix(terms, frame, output="numpy", context={"np": np})
    return list(made.model_spec.column_names), np.asarray(made).T


def _timed(work: Callable[[], tuple[list[str], np.ndarray]]) -> tuple[float, list[str], np.ndarray]:
    start = time.perf_counter()
    names, columns = work()
    return time.perf_counter() - start, names, columns


def main() -> None:
    """Build both in turn and print the table."""
    parser = argparse.ArgumentParser(description="Time a formula's design beside formulaic's.")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--splines", action="store_true", help="a formula with a spline and scaled columns")
    parser.add_argument("--most", type=float, help="exit with 1 if peerstats / formulaic is above this")
    asked = parser.parse_args()
    frame = _simulate(asked.rows)
    terms = _SPLINES if asked.splines else _TERMS
    ours: list[float] = []
    theirs: list[float] = []
    gap = 0.0
    for turn in range(asked.rounds + 1):
        seconds, names, columns = _timed(lambda: _ours(terms, frame))
        other, _, peer = _timed(lambda: _theirs(terms, frame))
        if turn:
            ours.append(seconds)
            theirs.append(other)
            continue
        # the two order terms differently: each column has its like
        sums = np.sort(columns.sum(axis=1))
        gap = float(np.abs(sums / np.sort(peer.sum(axis=1)) - 1)[np.abs(sums) > 1].max())
    print(f"simulated, {asked.rows:,} rows x {len(names)} columns, {asked.rounds} rounds: {terms}\n")
    for name, seconds in (("peerstats", ours), ("formulaic", theirs)):
        middle = statistics.median(seconds)
        print(f"{name:12}{middle:8.3f} s (least {min(seconds):.3f}, most {max(seconds):.3f})")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"\npeerstats / formulaic: {ratio:.2f}; largest relative difference of a column's sum: {gap:.1e}")
    if asked.most is not None and ratio > asked.most:
        sys.exit(1)


if __name__ == "__main__":
    main()
