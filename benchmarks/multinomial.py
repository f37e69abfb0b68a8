"""`ps.multinomial` from a formula and a frame beside `MNLogit` from arrays, and R's `nnet` once.

Simulated rows, 15 predictors and an intercept, three outcomes, model-based errors. The two take turns; prints
medians, their ratio, and the largest difference of coefficients and standard errors. With `--nnet`, where
Rscript is installed, `nnet::multinom` with its Hessian is timed once, in the same run.

    python benchmarks/multinomial.py [--rows 1000000] [--rounds 5] [--nnet]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm

import peerstats as ps

if TYPE_CHECKING:
    from collections.abc import Callable

_PREDICTORS = 15


def _simulate(rows: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    predictors = rng.normal(size=(rows, _PREDICTORS))
    design = np.column_stack([np.ones(rows), predictors])
    odds = np.vstack([np.ones(rows), np.exp(rng.normal(0, 0.3, (2, _PREDICTORS + 1)) @ design.T)])
    outcome = (rng.random(rows) > (odds / odds.sum(0)).cumsum(0)).sum(0)
    frame = pd.DataFrame(predictors, columns=[f"x{i}" for i in range(_PREDICTORS)])
    return outcome, design, frame.assign(job=np.array(["a_none", "b_other", "c_peer"])[outcome])


def _nnet_seconds(frame: pd.DataFrame) -> float | None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("Rscript is not installed: nnet is not timed.")
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "simulated_jobs.csv"
        frame.to_csv(file, index=False)
        script = Path(__file__).with_suffix(".R")
        done = subprocess.run([rscript, str(script), str(file)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    """Fit both in turn and print the table."""
    parser = argparse.ArgumentParser(description="Time ps.multinomial beside MNLogit.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nnet", action="store_true")
    asked = parser.parse_args()
    outcome, design, frame = _simulate(asked.rows)
    formula = f"job ~ {' + '.join(frame.columns[:-1])}"
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(asked.rounds + 1):
        seconds, mine = _timed(lambda: ps.multinomial(formula, frame))
        other, peer = _timed(lambda: sm.MNLogit(outcome, design).fit(method="newton", disp=0))
        if turn:
            ours.append(seconds)
            theirs.append(other)
    gap = np.abs(peer.params - mine.fit.coefficients).max()
    errors = np.sqrt(np.diag(mine.fit.covariance)).reshape(2, -1).T
    print(f"simulated, {asked.rows:,} rows x {_PREDICTORS + 1} columns x 3 outcomes, {asked.rounds} rounds\n")
    for name, seconds in (("ps.multinomial", ours), ("MNLogit.fit", theirs)):
        middle = statistics.median(seconds)
        print(f"{name:16}{middle:8.2f} s (least {min(seconds):.2f}, most {max(seconds):.2f})")
    error_gap = np.abs(peer.bse - errors).max()
    print(f"\nMNLogit / peerstats: {statistics.median(theirs) / statistics.median(ours):.1f}")
    seconds_in_r = _nnet_seconds(frame) if asked.nnet else None
    if seconds_in_r is not None:
        ratio = seconds_in_r / statistics.median(ours)
        print(f"nnet::multinom once {seconds_in_r:.1f} s; nnet / peerstats: {ratio:.1f}")
    print(f"largest difference: coefficients {gap:.1e}, standard errors {error_gap:.1e}")


if __name__ == "__main__":
    main()
