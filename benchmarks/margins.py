"""`result.margins()` beside statsmodels' `get_margeff`, and alone on a million rows.

Simulated rows, three outcomes, a multinomial logit that both have fitted before the clock starts. Average
slopes of all terms with standard errors. The two take turns; prints medians, their ratio, the memory above
the data that each takes at its peak, and the largest difference of effects and errors.

    python benchmarks/margins.py [--rows 20000] [--columns 20] [--rounds 3] [--large 1000000]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm

import peerstats as ps

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGE_COLUMNS = 16


def _peak(work: Callable[[], object]) -> float:
    """Return the most megabytes that a call holds at once, counted by Python's allocator and numpy's."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def _simulate(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    predictors = rng.normal(size=(rows, columns - 1))
    design = np.column_stack([np.ones(rows), predictors])
    odds = np.vstack([np.ones(rows), np.exp(rng.normal(0, 0.3, (2, columns)) @ design.T)])
    outcome = (rng.random(rows) > (odds / odds.sum(0)).cumsum(0)).sum(0)
    frame = pd.DataFrame(predictors, columns=[f"x{i}" for i in range(columns - 1)])
    return outcome, design, frame.assign(job=np.array(["a_none", "b_other", "c_peer"])[outcome])


def _fit(frame: pd.DataFrame) -> ps.ModelResult:
    return ps.multinomial(f"job ~ {' + '.join(frame.columns[:-1])}", frame)


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _beside(asked: argparse.Namespace) -> float:
    outcome, design, frame = _simulate(asked.rows, asked.columns)
    mine, theirs = _fit(frame), sm.MNLogit(outcome, design).fit(method="newton", disp=0)
    seconds: dict[str, list[float]] = {"result.margins()": [], "get_margeff": []}
    for _ in range(asked.rounds):
        for name, work in (("result.margins()", mine.margins), ("get_margeff", theirs.get_margeff)):
            took, result = _timed(work)
            seconds[name].append(took)
            if name == "get_margeff":
                peer = result
            else:
                ours = result
    memory = {}
    for name, work in (("result.margins()", mine.margins), ("get_margeff", theirs.get_margeff)):
        memory[name] = _peak(work)
    print(f"simulated, {asked.rows:,} rows x {asked.columns} columns x 3 outcomes, {asked.rounds} rounds\n")
    for name, took in seconds.items():
        print(f"{name:18}{statistics.median(took):9.3f} s {memory[name]:9.1f} MB above the fit")
    middle = {name: statistics.median(took) for name, took in seconds.items()}
    ratio = middle["get_margeff"] / middle["result.margins()"]
    print(f"\nget_margeff / peerstats: {ratio:.0f} in time")
    print(f"                         {memory['get_margeff'] / memory['result.margins()']:.0f} in memory")
    shape = (3, asked.columns - 1)
    effects = np.abs(ours.numbers["estimate"].reshape(shape).T - peer.margeff).max()
    errors = np.abs(ours.numbers["std_error"].reshape(shape).T - peer.margeff_se).max()
    print(f"largest difference: effects {effects:.1e}, standard errors {errors:.1e}\n")
    return ratio


def _alone(rows: int, rounds: int) -> None:
    *_, frame = _simulate(rows, _LARGE_COLUMNS)
    result = _fit(frame)
    result.margins()
    took = [_timed(result.margins)[0] for _ in range(rounds)]
    memory = _peak(result.margins)
    print(f"simulated, {rows:,} rows x {_LARGE_COLUMNS} columns x 3 outcomes, {rounds} rounds")
    print(f"{'result.margins()':18}{statistics.median(took):9.3f} s {memory:9.1f} MB above the fit")


def main() -> int:
    """Take turns, then work alone on many rows, and print."""
    parser = argparse.ArgumentParser(description="Time result.margins() beside get_margeff.")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--least", type=float, help="exit with 1 below this ratio of times")
    asked = parser.parse_args()
    ratio = _beside(asked)
    _alone(asked.large, asked.rounds)
    return int(asked.least is not None and ratio < asked.least)


if __name__ == "__main__":
    sys.exit(main())
