"""From a formula to the printed table at 600 rows, beside statsmodels, side by side.

Simulated rows, six numbers and a category of four levels. Both read a formula and a frame, fit, and make
the text of their table; they take turns. Prints medians and ratios.

    python benchmarks/small_models.py [--rounds 30] [--least 1]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import peerstats as ps

if TYPE_CHECKING:
    from collections.abc import Callable

_ROWS = 600
_NUMBERS = [f"x{i}" for i in range(6)]


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


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Time each model beside its peer and print the table."""
    parser = argparse.ArgumentParser(description="Time small models from formula to printed table.")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--least", type=float, default=0.0, help="exit with 1 below this ratio")
    asked = parser.parse_args()
    data = _simulate()
    right = " + ".join([*_NUMBERS, "C(state)"])
    groups = {"groups": data["county"]}
    pairs = {
        "multinomial": (
            lambda: str(ps.multinomial(f"job ~ {right}", data)),
            lambda: str(smf.mnlogit(f"code ~ {right}", data).fit(method="newton", disp=0).summary()),
        ),
        "logistic": (
            lambda: str(ps.logistic(f"employed ~ {right}", data)),
            lambda: str(smf.logit(f"employed_code ~ {right}", data).fit(disp=0).summary()),
        ),
        "linear": (
            lambda: str(ps.linear(f"wage ~ {right}", data)),
            lambda: str(smf.ols(f"wage ~ {right}", data).fit().summary()),
        ),
        "linear, clusters": (
            lambda: str(ps.linear(f"wage ~ {right}", data, cluster="county")),
            lambda: str(smf.ols(f"wage ~ {right}", data).fit(cov_type="cluster", cov_kwds=groups).summary()),
        ),
    }
    warnings.simplefilter("ignore")  # statsmodels' own, about its table
    print(f"simulated, {_ROWS} rows, formula to printed table, {asked.rounds} rounds, medians in ms\n")
    print(f"{'model':20}{'peerstats':>12}{'statsmodels':>14}{'ratio':>8}")
    ratios = []
    for name, (ours, theirs) in pairs.items():
        ours()
        theirs()
        times = [(_timed(ours), _timed(theirs)) for _ in range(asked.rounds)]
        mine, peer = (statistics.median(each) for each in zip(*times, strict=True))
        ratios.append(peer / mine)
        print(f"{name:20}{1e3 * mine:12.1f}{1e3 * peer:14.1f}{peer / mine:8.2f}")
    if min(ratios) < asked.least:
        sys.exit(1)


if __name__ == "__main__":
    main()
