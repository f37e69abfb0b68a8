"""1,000 bootstrap refits of a multinomial beside a loop of statsmodels' `MNLogit`, on the same resamples.

Simulated: 600 rows, 15 predictors and an intercept, three outcomes. The loop resamples rows, begins at the
full fit and takes Newton's method, as ours does; it runs as it comes and, like ours, with BLAS on one
thread. The numbers that are compared are the bootstrap standard errors.

    python benchmarks/bootstrap.py [--quick] [--replicates 10 1000] [--rounds 3] [--threads 2] [--check]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from _timing import Contestant, Row, command, contest

from peerstats.engines import bootstrap_replicates, replicate, replicate_variance
from peerstats.numerics import ArrayRows, fit_multinomial, multinomial_refits, one_blas_thread

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_ROWS, _PREDICTORS, _SMALL = 600, 15, 3


def _simulate() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(_ROWS), rng.normal(size=(_ROWS, _PREDICTORS))])
    odds = np.vstack([np.ones(_ROWS), np.exp(rng.normal(0, 0.3, (2, _PREDICTORS + 1)) @ design.T)])
    return (rng.random(_ROWS) > (odds / odds.sum(0)).cumsum(0)).sum(0), design


def ours(data: tuple[np.ndarray, np.ndarray, int], threads: int) -> np.ndarray:
    """Draw weights and refit all replicates together."""
    outcome, design, n_replicates = data
    x = np.ascontiguousarray(design.T)
    source = bootstrap_replicates(_ROWS, n_replicates=n_replicates, rng=1)
    full = fit_multinomial(ArrayRows(x=x, y=outcome), 3, np.abs(x).max(axis=1), _ROWS)
    start = full.beta.reshape(2, -1)
    return replicate(
        lambda weights: multinomial_refits(x, outcome, weights, start).coefficients,
        source,
        n_threads=threads,
    )


def loop(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Refit each resample by statsmodels; the draws are given."""
    from statsmodels.discrete.discrete_model import MNLogit  # noqa: PLC0415  (no part of our memory)

    outcome, design, draws = data
    start = MNLogit(outcome, design).fit(method="newton", disp=0).params
    begin = np.ravel(start, order="F")
    values = []
    for rows in draws:
        fit = MNLogit(outcome[rows], design[rows]).fit(method="newton", start_params=begin, disp=0)
        values.append(np.ravel(fit.params, order="F"))
    return np.array(values)


def loop_on_one_thread(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Do the same with BLAS on one thread."""
    with one_blas_thread():
        return loop(data)


def _one(n_replicates: int, rounds: int, threads: int, goal: str) -> list[Row]:
    outcome, design = _simulate()

    def draws(r: int) -> np.ndarray:
        chunks = bootstrap_replicates(_ROWS, n_replicates=r, rng=1).chunks(r)
        counts = np.hstack([weights for _, weights in chunks]).astype(int)
        return np.array([np.repeat(np.arange(_ROWS), column) for column in counts.T])

    def errors(values: np.ndarray) -> Any:
        source = bootstrap_replicates(_ROWS, n_replicates=n_replicates, rng=1)
        return np.sqrt(np.diag(replicate_variance(values, source)))

    theirs = (outcome, design, draws(n_replicates))
    few = (outcome, design, draws(_SMALL))
    contestants = [
        Contestant(
            peer="peerstats",
            work=partial(ours, threads=threads),
            data=(outcome, design, n_replicates),
            small=(outcome, design, _SMALL),
            numbers=errors,
        ),
        Contestant(
            peer="statsmodels MNLogit, a loop", work=loop, data=theirs, small=few, numbers=errors, goal=goal
        ),
        Contestant(
            peer="the loop, BLAS on one thread",
            work=loop_on_one_thread,
            data=theirs,
            small=few,
            numbers=errors,
        ),
    ]
    sizes = {"n": _ROWS, "k": _PREDICTORS + 1, "outcomes": 3, "replicates": n_replicates}
    return contest("Bootstrap of a multinomial logit, by replicates", contestants, rounds=rounds, **sizes)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Refit at each number of replicates."""
    most = max(asked.replicates)
    for n_replicates in sorted(asked.replicates, reverse=True):
        goal = "ratio >= 25" if n_replicates == most else ""
        yield _one(n_replicates, asked.rounds, asked.threads, goal)


if __name__ == "__main__":
    command(
        measure,
        __doc__,
        replicates=((10, 100, 1000), (10, 50)),
        rounds=(3, 2),
        threads=(2, 2),
    )
