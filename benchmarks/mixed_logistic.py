"""A logit with a random intercept: 572 people in 166 counties, beside R's `glmer(nAGQ = 15)`.

Simulated people, many counties with one person. Ours is the whole call, from formula and frame to the
printed table, with the check of the number of quadrature points, the profile interval and the test of the
variance, none of which `glmer` makes; then the fit alone, from arrays. R is timed from formula and frame to
the fit, without printing, by default and by its faster optimiser. The numbers that are compared are
estimates and standard errors.

    python benchmarks/mixed_logistic.py [--quick] [--rounds 9] [--check]
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _r import r_contestant
from _timing import Contestant, Row, command, contest

import peerstats as ps
from peerstats.numerics import fit_mixed_logit, group_rows

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_PEOPLE, _COUNTIES, _PREDICTORS = 572, 166, 5


def _people() -> pd.DataFrame:
    """Simulate people in counties; every county has one at least, few have many."""
    rng = np.random.default_rng(20260712)
    size = rng.pareto(1.0, _COUNTIES) + 0.05
    county = np.r_[np.arange(_COUNTIES), rng.choice(_COUNTIES, _PEOPLE - _COUNTIES, p=size / size.sum())]
    x = np.vstack([np.ones(_PEOPLE), rng.normal(size=(_PREDICTORS, _PEOPLE))])
    eta = np.array([-0.3, 0.5, -0.4, 0.2, 0.1, 0.3]) @ x + 0.8 * rng.normal(size=_COUNTIES)[county]
    y = (rng.random(_PEOPLE) < 1 / (1 + np.exp(-eta))).astype(int)
    names = [f"x{i}" for i in range(1, _PREDICTORS + 1)]
    return pd.DataFrame(dict(zip(names, x[1:], strict=True))).assign(y=y, county=county)


def ours(people: pd.DataFrame) -> Any:
    """Fit and print."""
    result = ps.mixed_logistic("y ~ x1 + x2 + x3 + x4 + x5", people, group="county")
    str(result)
    return result.fit


def fit_alone(people: pd.DataFrame) -> None:
    """Fit from arrays."""
    x = np.vstack([np.ones(_PEOPLE), people[[f"x{i}" for i in range(1, _PREDICTORS + 1)]].to_numpy().T])
    fit_mixed_logit(group_rows(x, people["y"].to_numpy(), people["county"].to_numpy()))


def _numbers(fit: Any) -> np.ndarray:
    return np.r_[fit.coefficients[:, 0], fit.random.sd.estimate, np.sqrt(np.diag(fit.covariance))]


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Fit in turn."""
    people = _people()
    with ExitStack() as stack:
        contestants = [
            Contestant(
                peer="peerstats",
                work=ours,
                data=people,
                small=people,
                numbers=_numbers,
                note="to the printed table",
            ),
            Contestant(peer="peerstats, fit alone", work=fit_alone, data=people, note="from arrays"),
            stack.enter_context(r_contestant("R lme4::glmer(nAGQ = 15)", "glmer", people, goal="ratio >= 5")),
            stack.enter_context(r_contestant("the same, nloptwrap", "nloptwrap", people)),
        ]
        yield contest(
            "Logit with a random intercept", contestants, rounds=asked.rounds, n=_PEOPLE, k=_PREDICTORS + 1
        )


if __name__ == "__main__":
    command(measure, __doc__, rounds=(9, 2))
