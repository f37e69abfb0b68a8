"""2,000 bootstrap alphas of 600 respondents and 16 items beside `psych::alpha(n.iter = 2000)`.

Simulated answers. What is timed is the public call with its percentile interval on one side and psych's
call on the other; psych forks over the cores where it may, and is timed on one core and as it comes.

    python benchmarks/reliability.py [--quick] [--rounds 7] [--replicates 2000] [--check]
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _r import r_contestant
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def _answers(n: int = 600, m: int = 16) -> pd.DataFrame:
    """Simulate answers 0 to 6 to the items of one factor."""
    rng = np.random.default_rng(20260712)
    factor = rng.normal(size=(n, 1))
    answers = np.clip(np.rint(2 + 0.9 * factor + rng.normal(size=(n, m))), 0, 6).astype(int)
    return pd.DataFrame(answers, columns=[f"q{i}" for i in range(1, m + 1)])


def ours(answers: pd.DataFrame, replicates: int) -> Any:
    """Take alpha with its percentile interval."""
    return ps.reliability(
        answers,
        items=list(answers),
        coefficients="alpha",
        interval="percentile",
        n_replicates=replicates,
        rng=1,
    )


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Take turns."""
    answers = _answers()
    with ExitStack() as stack:
        contestants = [
            Contestant(
                peer="peerstats",
                work=partial(ours, replicates=asked.replicates),
                data=answers,
                small=answers.head(100),
                numbers=lambda found: found.tidy()["estimate"].iloc[0],
            )
        ]
        for peer, call, goal in (
            ("R psych::alpha, forking", "forking", "ratio >= 40"),
            ("R psych::alpha, one core", "one_core", ""),
        ):
            contestants.append(
                stack.enter_context(r_contestant(peer, call, answers, asked.replicates, goal=goal))
            )
        sizes = {"n": len(answers), "k": answers.shape[1], "replicates": asked.replicates}
        yield contest("Bootstrap of alpha", contestants, rounds=asked.rounds, **sizes)


if __name__ == "__main__":
    command(measure, __doc__, rounds=(7, 2), replicates=(2000, 100))
