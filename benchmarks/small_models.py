"""From a formula to the printed table at 600 rows, beside statsmodels.

Simulated rows, six numbers and a category of four levels. Both read a formula and a frame, fit, and make
the text of their table.

    python benchmarks/small_models.py [--quick] [--rounds 30] [--check]
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_ROWS = 600
_NUMBERS = [f"x{i}" for i in range(6)]
_RIGHT = " + ".join([*_NUMBERS, "C(state)"])
_COLUMNS = 1 + len(_NUMBERS) + 3


def _simulate() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(_ROWS, len(_NUMBERS))), columns=_NUMBERS)
    data["state"] = rng.choice(["NC", "OR", "PA", "TX"], _ROWS)
    data["county"] = rng.integers(0, 60, _ROWS)
    odds = np.exp(np.column_stack([np.zeros(_ROWS), 0.4 * data["x0"], 0.5 * data["x1"]]))
    code = (rng.random(_ROWS)[:, None] > (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)).sum(axis=1)
    # statsmodels takes codes where peerstats takes words
    return data.assign(
        job=np.array(["none", "other", "peer"])[code],
        code=code,
        employed=code > 0,
        employed_code=(code > 0).astype(int),
        wage=18 + data["x0"] + rng.normal(0, 3, _ROWS),
    )


def _their_clusters(data: pd.DataFrame) -> str:
    fit = smf.ols(f"wage ~ {_RIGHT}", data).fit(cov_type="cluster", cov_kwds={"groups": data["county"]})
    return str(fit.summary())


_PAIRS = {
    "multinomial": (
        lambda data: str(ps.multinomial(f"job ~ {_RIGHT}", data)),
        lambda data: str(smf.mnlogit(f"code ~ {_RIGHT}", data).fit(method="newton", disp=0).summary()),
    ),
    "logistic": (
        lambda data: str(ps.logistic(f"employed ~ {_RIGHT}", data)),
        lambda data: str(smf.logit(f"employed_code ~ {_RIGHT}", data).fit(disp=0).summary()),
    ),
    "linear": (
        lambda data: str(ps.linear(f"wage ~ {_RIGHT}", data)),
        lambda data: str(smf.ols(f"wage ~ {_RIGHT}", data).fit().summary()),
    ),
    "linear, clusters": (
        lambda data: str(ps.linear(f"wage ~ {_RIGHT}", data, cluster="county")),
        _their_clusters,
    ),
}


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Time each model beside its peer."""
    data = _simulate()
    warnings.simplefilter("ignore")  # statsmodels' own, about its table
    for name, (ours, theirs) in _PAIRS.items():
        contestants = [
            Contestant(peer="peerstats", work=ours, data=data),
            Contestant(peer="statsmodels", work=theirs, data=data, goal="ratio >= 1"),
        ]
        title = f"Formula to printed table, {name}"
        yield contest(title, contestants, rounds=asked.rounds, n=_ROWS, k=_COLUMNS)


if __name__ == "__main__":
    command(measure, __doc__, rounds=(30, 3))
