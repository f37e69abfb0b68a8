"""Table 1 of 100,000 respondents x 40 columns by three groups, with tests and standardised differences.

Simulated: twenty columns of numbers (half of them skewed, a tenth missing), ten of words, ten of 0 and 1.
Then the same with sampling weights, whose tests take the design's errors. Beside it what pandas alone takes
for the means, deviations, medians and counts by group, without tests or differences.

    python benchmarks/table_one.py [--quick] [--rows 100000] [--rounds 5] [--check]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_SMALL = 300
_MEDIANS = {f"number_{j}": "median_iqr" for j in range(0, 20, 2)}


def _simulate(n: int) -> pd.DataFrame:
    """Return simulated answers: 40 columns, a group and a weight."""
    rng = np.random.default_rng(20260901)
    columns: dict[str, object] = {}
    for j in range(20):
        x = rng.normal(50, 10, n) if j % 2 else rng.lognormal(0, 1, n)
        if j < 10:
            x = np.round(x, 1)  # ties
        x[rng.random(n) < 0.1] = np.nan
        columns[f"number_{j}"] = x
    words = np.array(["never", "rarely", "sometimes", "often", "always"])
    for j in range(10):
        columns[f"word_{j}"] = words[rng.integers(0, 3 + j % 3, n)]
        columns[f"truth_{j}"] = rng.integers(0, 2, n)
    columns["group"] = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    columns["weight"] = rng.lognormal(0, 0.5, n)
    return pd.DataFrame(columns)


def ours(data: pd.DataFrame, **how: Any) -> str:
    """Make the table and print it."""
    columns = [name for name in data.columns if name not in {"group", "weight"}]
    return ps.table_one(data, columns, by="group", continuous=_MEDIANS, smd=True, **how).summary()


def by_hand(data: pd.DataFrame) -> list[pd.DataFrame]:
    """Take the cells alone."""
    groups = data.groupby("group")
    means = [name for name in data.columns if name.startswith("number") and name not in _MEDIANS]
    counted = [name for name in data.columns if name.startswith(("word", "truth"))]
    return [
        groups[means].agg(["mean", "std"]),
        groups[list(_MEDIANS)].quantile([0.25, 0.5, 0.75]),
        *(groups[name].value_counts() for name in counted),
    ]


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Time both tables."""
    data, small = _simulate(asked.rows), _simulate(_SMALL)
    weighted = partial(ours, weights="weight")
    contestants = [
        Contestant(peer="peerstats", work=ours, data=data, small=small, goal="seconds <= 2"),
        Contestant(peer="peerstats, weighted", work=weighted, data=data, small=small),
        Contestant(
            peer="pandas, the cells alone",
            work=by_hand,
            data=data,
            small=small,
            note="no tests, no differences",
        ),
    ]
    yield contest("Table 1 by three groups", contestants, rounds=asked.rounds, n=asked.rows, k=40)


if __name__ == "__main__":
    command(measure, __doc__, rows=(100_000, 5_000), rounds=(5, 2))
