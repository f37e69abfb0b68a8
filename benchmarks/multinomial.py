"""A multinomial logit from formula and frame, model-based errors out, beside the peers from arrays.

Simulated rows, numbers as predictors, model-based standard errors. `ps.multinomial` reads a formula and a
frame; statsmodels' `MNLogit` (Newton) and scikit-learn's `LogisticRegression` (no penalty) are given the
matrix ready made; R's `nnet::multinom` (with its Hessian) and `VGAM::vglm(multinomial)` read formula and
frame. scikit-learn stops where the gradient of the mean log-likelihood is below 1e-8, where its
coefficients agree with the others' to about five digits. The first size is the one that is asked for:
1,000,000 rows x 16 columns x 3 outcomes. Then one size changes at a time, from 100,000 x 16 x 3 where it is
not the rows.

    python benchmarks/multinomial.py [--quick] [--rows 1000 1000000] [--rounds 5] [--check]
"""

from __future__ import annotations

from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _r import r_contestant
from _timing import Contestant, Row, absent, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_SMALL = 200
_R_TAKES_MINUTES = 1_000_000  # rows from which R takes one turn


def _simulate(rows: int, columns: int, outcomes: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    predictors = rng.normal(size=(rows, columns - 1))
    design = np.column_stack([np.ones(rows), predictors])
    beta = rng.normal(0, 1.2 / np.sqrt(columns), (outcomes - 1, columns))
    odds = np.vstack([np.ones(rows), np.exp(beta @ design.T)])
    outcome = (rng.random(rows) > (odds / odds.sum(0)).cumsum(0)).sum(0)
    frame = pd.DataFrame(predictors, columns=[f"x{i}" for i in range(columns - 1)])
    return outcome, design, frame.assign(job=np.array([f"job_{i}" for i in range(outcomes)])[outcome])


def ours(frame: pd.DataFrame) -> Any:
    """Fit from formula and frame."""
    return ps.multinomial(f"job ~ {' + '.join(frame.columns[:-1])}", frame).fit


def statsmodels(arrays: tuple[np.ndarray, np.ndarray]) -> Any:
    """Fit from arrays, and ask for the standard errors."""
    from statsmodels.discrete.discrete_model import MNLogit  # noqa: PLC0415  (no part of our memory)

    fit = MNLogit(*arrays).fit(method="newton", disp=0)
    return fit.params, fit.bse


def sklearn(arrays: tuple[np.ndarray, np.ndarray], solver: str = "lbfgs") -> Any:
    """Fit from arrays; there are no standard errors."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (optional)

    outcome, design = arrays
    return LogisticRegression(C=np.inf, solver=solver, tol=1e-8, max_iter=10_000).fit(design[:, 1:], outcome)


def sklearn_newton(arrays: tuple[np.ndarray, np.ndarray]) -> Any:
    """Fit by its solver for many rows and few columns."""
    return sklearn(arrays, "newton-cholesky")


def _from_base(fit: Any) -> np.ndarray:
    """Return scikit-learn's coefficients, one set an outcome, as differences from the first outcome's."""
    whole = np.column_stack([fit.intercept_, fit.coef_])
    if len(whole) == 1:  # two outcomes: one set
        return whole.ravel()
    return (whole[1:] - whole[0]).ravel()


def _contestants(
    frames: Any, small: Any, stack: ExitStack, *, with_r: int | None, goal: str
) -> list[Contestant]:
    outcome, design, frame = frames
    arrays, few = (outcome, design), small[:2]
    found = [
        Contestant(
            peer="peerstats",
            work=ours,
            data=frame,
            small=small[2],
            numbers=lambda fit: fit.coefficients.T.ravel(),
        ),
        Contestant(
            peer="statsmodels MNLogit",
            work=statsmodels,
            data=arrays,
            small=few,
            numbers=lambda fit: fit[0].T.ravel(),
            goal=goal,
            note="from arrays",
        ),
    ]
    for peer, work in (("scikit-learn, lbfgs", sklearn), ("scikit-learn, newton-cholesky", sklearn_newton)):
        if find_spec("sklearn") is None:
            found.append(absent(peer, "scikit-learn is not installed"))
            continue
        found.append(
            Contestant(
                peer=peer,
                work=work,
                data=arrays,
                small=few,
                numbers=_from_base,
                note="from arrays, no errors",
            )
        )
    if with_r is not None:
        for peer, call in (("R nnet::multinom", "nnet"), ("R VGAM::vglm", "VGAM")):
            turns = with_r or None
            found.append(stack.enter_context(r_contestant(peer, call, frame, turns=turns)))
    return found


def _one(
    name: str, n: int, k: int, outcomes: int, rounds: int, *, with_r: int | None, goal: str = ""
) -> list[Row]:
    with ExitStack() as stack:
        small = _simulate(_SMALL, 3, outcomes)
        contestants = _contestants(_simulate(n, k, outcomes), small, stack, with_r=with_r, goal=goal)
        return contest(name, contestants, rounds=rounds, n=n, k=k, outcomes=outcomes)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Fit at each size."""
    most = max(asked.rows)
    for n in sorted(asked.rows, reverse=True):
        goal = "ratio >= 5" if n == most else ""
        turns = 1 if n >= _R_TAKES_MINUTES else 0
        yield _one("Multinomial logit, by rows", n, 16, 3, asked.rounds, with_r=turns, goal=goal)
    for k in asked.columns:
        yield _one("Multinomial logit, by columns", asked.base, k, 3, asked.rounds, with_r=None)
    for outcomes in asked.outcomes:
        yield _one("Multinomial logit, by outcomes", asked.base, 16, outcomes, asked.rounds, with_r=None)


if __name__ == "__main__":
    command(
        measure,
        __doc__,
        rows=((1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)),
        columns=((4, 8, 16, 32, 64), (4, 16)),
        outcomes=((2, 3, 5, 8), (2, 5)),
        base=(100_000, 10_000),
        rounds=(5, 2),
    )
