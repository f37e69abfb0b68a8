"""1,000 bootstrap refits of a multinomial beside a loop of statsmodels' `MNLogit`, on the same resamples.

Simulated: 600 rows, 15 predictors and an intercept, three outcomes. The loop resamples rows, begins at the
full fit and takes Newton's method, as ours does; it runs as it comes and, like ours, with BLAS on one thread.
All take turns; prints medians, their ratios and the largest difference of the bootstrap standard errors.
`--least 25` exits with 1 where the loop as it comes is not that many times slower.

    python benchmarks/bootstrap.py [--replicates 1000] [--rounds 3] [--threads 1] [--least 25]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import statsmodels.api as sm

from peerstats.engines import Replicates, bootstrap_replicates, replicate, replicate_variance
from peerstats.numerics import ArrayRows, fit_multinomial, multinomial_refits, one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable

_ROWS, _PREDICTORS = 600, 15


def _simulate() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(_ROWS), rng.normal(size=(_ROWS, _PREDICTORS))])
    odds = np.vstack([np.ones(_ROWS), np.exp(rng.normal(0, 0.3, (2, _PREDICTORS + 1)) @ design.T)])
    return (rng.random(_ROWS) > (odds / odds.sum(0)).cumsum(0)).sum(0), design


def _ours(outcome: np.ndarray, design: np.ndarray, source: Replicates, threads: int) -> np.ndarray:
    x = np.ascontiguousarray(design.T)
    full = fit_multinomial(ArrayRows(x=x, y=outcome), 3, np.abs(x).max(axis=1), _ROWS)
    start = full.beta.reshape(2, -1)
    return replicate(
        lambda weights: multinomial_refits(x, outcome, weights, start).coefficients,
        source,
        n_threads=threads,
    )


def _theirs(outcome: np.ndarray, design: np.ndarray, draws: list[np.ndarray]) -> np.ndarray:
    start = sm.MNLogit(outcome, design).fit(method="newton", disp=0).params
    begin = np.ravel(start, order="F")
    values = []
    for rows in draws:
        fit = sm.MNLogit(outcome[rows], design[rows]).fit(method="newton", start_params=begin, disp=0)
        values.append(np.ravel(fit.params, order="F"))
    return np.array(values)


def _timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    """Refit both ways in turn and print the table."""
    parser = argparse.ArgumentParser(description="Time bootstrap refits beside a loop over MNLogit.")
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--least", type=float, default=0.0)
    asked = parser.parse_args()
    outcome, design = _simulate()
    source = bootstrap_replicates(_ROWS, n_replicates=asked.replicates, rng=1)
    draws = [
        np.repeat(np.arange(_ROWS), counts.astype(int))
        for _, weights in source.chunks(asked.replicates)
        for counts in weights.T
    ]
    ours: list[float] = []
    theirs: list[float] = []
    one_thread: list[float] = []
    for _ in range(asked.rounds):
        seconds, mine = _timed(lambda: _ours(outcome, design, source, asked.threads))
        other, peer = _timed(lambda: _theirs(outcome, design, draws))
        with one_blas_thread():
            one_thread.append(_timed(lambda: _theirs(outcome, design, draws))[0])
        ours.append(seconds)
        theirs.append(other)
    ratio, ratio_one = (statistics.median(each) / statistics.median(ours) for each in (theirs, one_thread))
    errors, peer_errors = (np.sqrt(np.diag(replicate_variance(values, source))) for values in (mine, peer))
    print(
        f"simulated, {_ROWS} rows x {_PREDICTORS + 1} columns x 3 outcomes, {asked.replicates:,} replicates, "
        f"{asked.rounds} rounds, threads: {asked.threads}\n"
    )
    contestants = (("peerstats", ours), ("MNLogit loop", theirs), ("  BLAS on one thread", one_thread))
    for name, each in contestants:
        print(f"{name:22}{statistics.median(each):8.3f} s (least {min(each):.3f}, most {max(each):.3f})")
    print(f"\nMNLogit / peerstats: {ratio:.1f}; with BLAS on one thread {ratio_one:.1f}")
    print(f"largest relative difference of standard errors: {np.abs(errors / peer_errors - 1).max():.1e}")
    print(f"largest difference of a coefficient: {np.abs(mine - peer).max():.1e}")
    if ratio < asked.least:
        sys.exit(1)


if __name__ == "__main__":
    main()
