"""200 bootstrap omegas of 600 x 16 answers beside psych, and a loop over factanal.

Simulated answers. Ours is the public call `ps.reliability` with its percentile interval, and `one_factor`
of the covariances under 200 columns of bootstrap weights from the draws to the interval. R: psych's own
bootstrap on one core, and a loop over factanal, the shortest way there to the same coefficient.

    python benchmarks/omega.py [--quick] [--rounds 5] [--replicates 200]
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _r import r_contestant
from _timing import Contestant, Row, command, contest
from threadpoolctl import threadpool_limits

import peerstats as ps
from peerstats.numerics import one_factor, weighted_moments

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_PEOPLE, _ITEMS = 600, 16


def _simulate() -> pd.DataFrame:
    """Simulate skewed answers 0-6 of one factor."""
    rng = np.random.default_rng(1)
    latent = 1.3 * rng.normal(size=(_PEOPLE, 1)) + rng.normal(size=(_PEOPLE, _ITEMS))
    return pd.DataFrame(
        np.clip(np.round(latent + 1.5), 0, 6), columns=[f"q{i}" for i in range(1, _ITEMS + 1)]
    )


def kernel(frame: pd.DataFrame, replicates: int) -> Any:
    """Return the percentile interval of omega, from arrays."""
    answers = frame.to_numpy()
    n = len(answers)
    weights = np.random.default_rng(2).multinomial(n, np.full(n, 1 / n), size=replicates).T.astype(float)
    with threadpool_limits(1, "blas"):
        whole = one_factor(weighted_moments(answers)[1])
        drawn = one_factor(weighted_moments(answers, weights)[1], start=whole)
    return np.percentile(drawn.omega, [2.5, 97.5])


def ours(frame: pd.DataFrame, replicates: int) -> Any:
    """Take omega with its percentile interval."""
    return ps.reliability(
        frame,
        items=list(frame),
        coefficients="omega",
        interval="percentile",
        n_replicates=replicates,
        rng=1,
    )


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Take turns."""
    frame, count = _simulate(), asked.replicates
    few = frame.head(100)
    with ExitStack() as stack:
        contestants = [
            Contestant(peer="peerstats", work=partial(ours, replicates=count), data=frame, small=few),
            Contestant(
                peer="peerstats, the kernel alone",
                work=partial(kernel, replicates=count),
                data=frame,
                small=few,
                note="from arrays",
            ),
            stack.enter_context(
                r_contestant("R psych::omega(n.iter)", "psych", frame, count, compared=False)
            ),
            stack.enter_context(r_contestant("R factanal, a loop", "factanal", frame, count, compared=False)),
        ]
        sizes = {"n": _PEOPLE, "k": _ITEMS, "replicates": count}
        yield contest("Bootstrap of omega", contestants, rounds=asked.rounds, **sizes)


if __name__ == "__main__":
    command(measure, __doc__, rounds=(5, 1), replicates=(200, 20))
