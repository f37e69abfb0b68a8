"""Means by group with their errors, and a logit under a sampling plan, beside R's survey, pandas and polars.

Simulated: 100,000 people in 50 strata and 1,000 PSUs with weights. `ps.estimate` gives means of three
columns by three groups; pandas and polars give the means alone, with `groupby`. Under the plan,
`ps.estimate(design=)` is beside `svyby(svymean)`, and `ps.logistic(design=)` beside
`svyglm(quasibinomial)`. The numbers that are compared are estimates, and standard errors where both have
them.

    python benchmarks/estimates.py [--quick] [--rows 100000] [--rounds 7]
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

_SMALL, _STRATA, _PSUS = 3_000, 50, 1_000
_COLUMNS = ["wage", "hours", "score"]
_DESIGN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")


def _simulate(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    psu = rng.integers(0, _PSUS, n)
    wage = 20 + rng.normal(0, 2, _PSUS)[psu] + rng.normal(0, 5, n)
    return pd.DataFrame(
        {
            "wage": wage,
            "hours": rng.uniform(1, 60, n),
            "score": rng.normal(50, 10, n),
            "employed": (rng.random(n) < 1 / (1 + np.exp(-0.1 * (wage - 20)))).astype(int),
            "job": np.array(["none", "other", "peer"])[rng.integers(0, 3, n)],
            "psu": psu,
            "stratum": psu % _STRATA,
            "weight": rng.lognormal(0, 0.5, n),
        }
    )


def means(data: pd.DataFrame) -> Any:
    """Estimate means by group with their errors."""
    return ps.estimate(data, _COLUMNS, by="job").tidy()


def pandas_means(data: pd.DataFrame) -> Any:
    """Take the means alone."""
    return data.groupby("job")[_COLUMNS].mean()


def polars_means(data: Any) -> Any:
    """Take the means alone."""
    import polars as pl  # noqa: PLC0415  (optional)

    return data.group_by("job").agg(pl.col(_COLUMNS).mean()).sort("job")


def designed_means(data: pd.DataFrame) -> Any:
    """Estimate means by group under the plan."""
    return ps.estimate(data, _COLUMNS, by="job", design=_DESIGN).tidy()


def designed_logit(data: pd.DataFrame) -> Any:
    """Fit a logit under the plan."""
    return ps.logistic("employed ~ job + wage + hours + score", data, design=_DESIGN).fit


def _by_group(tidy: Any, *figures: str) -> np.ndarray:
    """Return figures group by group, the columns of each in their order."""
    place = tidy["column"].map(_COLUMNS.index)
    ordered = tidy.assign(place=place).sort_values(["group", "place"])
    return np.concatenate([ordered[figure].to_numpy(float) for figure in figures])


def _plain(data: pd.DataFrame, small: pd.DataFrame) -> list[Contestant]:
    found = [
        Contestant(
            peer="peerstats",
            work=means,
            data=data,
            small=small,
            numbers=lambda tidy: _by_group(tidy, "estimate"),
            note="means and errors",
        ),
        Contestant(
            peer="pandas groupby",
            work=pandas_means,
            data=data,
            small=small,
            numbers=lambda made: made.to_numpy().ravel(),
            note="means alone",
        ),
    ]
    if find_spec("polars") is None:
        return [*found, absent("polars group_by", "polars is not installed")]
    import polars as pl  # noqa: PLC0415  (optional)

    lazy = Contestant(
        peer="polars group_by",
        work=polars_means,
        data=pl.from_pandas(data),
        small=pl.from_pandas(small),
        numbers=lambda made: made.select(_COLUMNS).to_numpy().ravel(),
        note="means alone",
    )
    return [*found, lazy]


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Estimate in turn."""
    data, small = _simulate(asked.rows), _simulate(_SMALL)
    yield contest(
        "Means of three columns by group", _plain(data, small), rounds=asked.rounds, n=asked.rows, k=3
    )
    pairs = (
        (
            "Means by group under a sampling plan",
            designed_means,
            lambda tidy: _by_group(tidy, "estimate", "std_error"),
            ("R survey::svyby(svymean)", "means"),
            3,
        ),
        (
            "Logit under a sampling plan",
            designed_logit,
            lambda fit: np.r_[fit.coefficients.ravel(), np.sqrt(np.diag(fit.covariance))],
            ("R survey::svyglm", "logit"),
            6,
        ),
    )
    for name, work, numbers, (peer, call), k in pairs:
        with ExitStack() as stack:
            contestants = [
                Contestant(peer="peerstats", work=work, data=data, small=small, numbers=numbers),
                stack.enter_context(r_contestant(peer, call, data)),
            ]
            yield contest(name, contestants, rounds=asked.rounds, n=asked.rows, k=k)


if __name__ == "__main__":
    command(measure, __doc__, rows=(100_000, 10_000), rounds=(7, 2))
