"""`result.margins()` of all terms beside statsmodels' `get_margeff`, and on a million rows.

Simulated rows, three outcomes, a multinomial logit that both have fitted before the clock starts; average
slopes of all terms with standard errors, 20,000 rows x 20 columns; then peerstats alone on 1,000,000 x 16.
Memory is that of a fresh process which fits as well.

    python benchmarks/margins.py [--quick] [--rows 20000] [--large 1000000] [--rounds 3] [--check]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _timing import Contestant, Row, Timed, clocked, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_SMALL = 200


def _simulate(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    predictors = rng.normal(size=(rows, columns - 1))
    design = np.column_stack([np.ones(rows), predictors])
    odds = np.vstack([np.ones(rows), np.exp(rng.normal(0, 0.3, (2, columns)) @ design.T)])
    outcome = (rng.random(rows) > (odds / odds.sum(0)).cumsum(0)).sum(0)
    frame = pd.DataFrame(predictors, columns=[f"x{i}" for i in range(columns - 1)])
    return outcome, design, frame.assign(job=np.array(["a_none", "b_other", "c_peer"])[outcome])


def _fit(frame: pd.DataFrame) -> Any:
    return ps.multinomial(f"job ~ {' + '.join(frame.columns[:-1])}", frame)


def _fit_theirs(arrays: tuple[np.ndarray, np.ndarray]) -> Any:
    from statsmodels.discrete.discrete_model import MNLogit  # noqa: PLC0415  (no part of our memory)

    return MNLogit(*arrays).fit(method="newton", disp=0)


def ours(frame: pd.DataFrame) -> Timed:
    """Fit, and take the margins under the clock."""
    return clocked(_fit(frame).margins)


def theirs(arrays: tuple[np.ndarray, np.ndarray]) -> Timed:
    """Fit, and take the margins under the clock."""
    return clocked(_fit_theirs(arrays).get_margeff)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Take turns, then work alone on many rows."""
    outcome, design, frame = _simulate(asked.rows, asked.columns)
    few = _simulate(_SMALL, 3)
    shape = (3, asked.columns - 1)
    mine = Contestant(
        peer="peerstats",
        work=ours,
        data=frame,
        small=few[2],
        numbers=lambda t: np.hstack([t.value.numbers[x].reshape(shape).T for x in ("estimate", "std_error")]),
    )
    peer = Contestant(
        peer="statsmodels get_margeff",
        work=theirs,
        data=(outcome, design),
        small=few[:2],
        numbers=lambda t: np.hstack([t.value.margeff, t.value.margeff_se]),
        goal="ratio >= 100",
    )
    name = "Average marginal effects of all terms"
    yield contest(name, [mine, peer], rounds=asked.rounds, n=asked.rows, k=asked.columns, outcomes=3)
    *_, frame = _simulate(asked.large, 16)
    alone = Contestant(peer="peerstats", work=ours, data=frame, small=few[2])
    yield contest(name, [alone], rounds=asked.rounds, n=asked.large, k=16, outcomes=3)


if __name__ == "__main__":
    command(
        measure, __doc__, rows=(20_000, 2_000), columns=(20, 10), large=(1_000_000, 20_000), rounds=(3, 2)
    )
