"""A formula's design on 500,000 rows x 19 columns beside formulaic's, from a frame in memory.

Simulated rows: numbers, text, a categorical, True and False, and their interactions; then a formula with a
spline and scaled columns. Each builds the whole dense matrix from the same formula and frame. The numbers
that are compared are the sums of the columns, over their size.

    python benchmarks/formula.py [--quick] [--rows 500000] [--rounds 5] [--check]
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from _timing import Contestant, Row, absent, command, contest

from peerstats._core.frames import read_frame
from peerstats.design import build_design, choose_rows, parse_formula, read_factors

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_FORMULAS = {
    "Design of numbers, words and interactions": (
        "age + wage + hours + np.log(wage) + I(age ** 2) + state * veteran + paid + age:state + wage:veteran"
    ),
    "Design with a spline and scaled columns": (
        "bs(age, df=6) + state * veteran + paid + center(wage) + scale(hours) + wage:state"
    ),
}
_SMALL = 200


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


def ours(frame: pd.DataFrame, terms: str) -> np.ndarray:
    """Build the matrix, columns first."""
    data = read_frame(frame, "benchmark")
    parsed = parse_formula(f"job ~ {terms}", "benchmark")
    factors = read_factors(parsed, data, "benchmark")
    variables = list(dict.fromkeys(name for factor in factors.values() for name in factor.variables))
    use = choose_rows(data, variables, where=None, weights=None, missing="drop", call="benchmark")
    design, coded, _ = build_design(parsed, factors, data, use.used, levels=None, call="benchmark")
    return design.matrix(coded, 0, int(use.used.sum()))


def theirs(frame: pd.DataFrame, terms: str) -> np.ndarray:
    """Build the matrix by formulaic."""
    import formulaic  # noqa: PLC0415  (optional)

    return np.asarray(formulaic.model_matrix(terms, frame, output="numpy", context={"np": np})).T


def _sums(columns: np.ndarray) -> np.ndarray:
    # the two order terms differently: each column has its like
    sums = np.sort(columns.sum(axis=1))
    return sums / np.maximum(np.abs(sums).max(), 1)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Build both designs."""
    frame, small = _simulate(asked.rows), _simulate(_SMALL)
    for place, (name, terms) in enumerate(_FORMULAS.items()):
        peer = absent("formulaic", "formulaic is not installed")
        if find_spec("formulaic") is not None:
            work = partial(theirs, terms=terms)
            goal = "" if place else "ratio >= 1"
            peer = Contestant(peer="formulaic", work=work, data=frame, small=small, numbers=_sums, goal=goal)
        work = partial(ours, terms=terms)
        mine = Contestant(peer="peerstats", work=work, data=frame, small=small, numbers=_sums)
        columns = len(ours(small, terms))
        yield contest(name, [mine, peer], rounds=asked.rounds, n=asked.rows, k=columns)


if __name__ == "__main__":
    command(measure, __doc__, rows=(500_000, 20_000), rounds=(5, 2))
