"""Logistic regression with a random intercept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_conf_level
from peerstats.design import Asked, read_model
from peerstats.errors import InputError
from peerstats.models._logit import require_two
from peerstats.models._mixed_logit import fit_mixed_rows
from peerstats.models._mixed_rows import check_group, refuse_other_weights
from peerstats.numerics import FEWEST_POINTS, MOST_POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design import Level
    from peerstats.models._result import ModelResult


__all__ = ["mixed_logistic"]


def _check_points(n_points: int | None, call: str) -> int | None:
    if n_points is None:
        return None
    whole = isinstance(n_points, int) and not isinstance(n_points, bool)
    if not whole or not FEWEST_POINTS <= n_points <= MOST_POINTS:
        raise InputError(
            f"{call}(): n_points={n_points!r} is no whole number from {FEWEST_POINTS} to {MOST_POINTS}.",
            "Leave it out, and it is found by doubling.",
        )
    return n_points


def mixed_logistic(
    formula: str,
    data: Any,
    *,
    group: str,
    base: Level | None = None,
    weights: str | None = None,
    weight_kind: Literal["frequency"] = "frequency",
    offset: str | None = None,
    where: str | Sequence[bool] | None = None,
    levels: Mapping[str, Level | Sequence[Level]] | None = None,
    n_points: int | None = None,
    missing: Literal["drop", "raise"] = "drop",
    conf_level: float = 0.95,
) -> ModelResult:
    """Model an outcome of two levels among people in groups, such as counties.

    The log odds of the other level against the base are linear in the terms, plus an intercept of each group
    that is drawn from a normal distribution.

    Parameters
    ----------
    formula : str
        Outcome and terms, as in ``"employed ~ age + C(state)"``; operators and functions are those of
        `logistic()`. The random intercept is not written in it.
    data : frame
        One row per respondent: pandas, polars or pyarrow.
    group : str
        Column that names each row's group, such as a county, or a person with several waves.
    base : str, int or bool, optional
        Outcome level that the other is compared with. The default is the first: in a categorical column's
        order, else sorted; it is printed.
    weights : str, optional
        Column of frequency weights: how many identical respondents of one group a row stands for, whole
        numbers; everything equals rows repeated.
    weight_kind : {"frequency"}
        Their kind. Sampling weights are refused: within groups they need weights of the groups too and a rule
        that scales them, and the rules give different variances.
    offset : str, optional
        Column of a known part of the log odds, with a coefficient of 1.
    where : str or sequence of bool, optional
        Rows to model: the name of a column of True and False, or one True or False a row.
    levels : dict, optional
        For a category of the formula its reference level, or a list of all of its levels, the reference
        first.
    n_points : int, optional
        Points of the quadrature, 5 to 511. If not given, they are doubled from 7 until the log-likelihood
        changes by less than 1e-6 and no estimate by 1e-5 standard errors.
    missing : {"drop", "raise"}
        Rows with a missing value in a column of the formula are left out and counted, or are an error. A
        missing group is an error in any case.
    conf_level : float
        Confidence level of the intervals, a fraction.

    Returns
    -------
    ModelResult
        With `.tidy()`, `.variance_components()`, `.group_effects()`, `.predict(kind=)`, `.glance()`,
        `.summary()`, `.covariance()`, `.plot()`, `.to_dict()`.

    Raises
    ------
    InputError
        If an argument, a weight, a group or an outcome cannot be used; the message names row and value.
    FormulaError
        If the formula cannot be read, holds what is not allowed, its columns are linearly dependent, or they
        tell every group apart.
    ConvergenceError
        If terms separate the outcomes, the outcome hardly varies within groups, or no maximum was found.

    Notes
    -----
    logit P(y = 1) = x'b + u, u normal with mean 0 and one value a group, integrated out by adaptive
    Gauss-Hermite quadrature. R `lme4::glmer(y ~ x + (1 | group), binomial, nAGQ = 15)`, Stata `melogit y x ||
    group:`. Standard errors are from the second derivative of the likelihood; tests of coefficients use the
    normal, which is optimistic where groups are few. The variance has profile limits and a likelihood-ratio
    test with half of the null distribution at 0, Stata's `chibar2(01)`. The intraclass correlation is that of
    the latent response: variance / (variance + pi^2 / 3).

    Odds ratios are conditional on the group: they compare people of one group. Those of `logistic()` with
    `cluster=` are averaged over the population and nearer to 1, the more groups differ.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> rng = np.random.default_rng(7)
    >>> people = pd.DataFrame({"county": rng.integers(0, 40, 300), "rural": rng.integers(0, 2, 300)})
    >>> log_odds = -0.5 + 0.8 * people["rural"] + rng.normal(size=40)[people["county"]]
    >>> people["employed"] = rng.random(300) < 1 / (1 + np.exp(-log_odds))
    >>> result = ps.mixed_logistic("employed ~ rural", people, group="county")
    >>> result.tidy(exponentiate=True)[["term", "estimate", "conf_low", "conf_high"]].round(2)
            term  estimate  conf_low  conf_high
    0  Intercept      0.54      0.36       0.79
    1      rural      2.64      1.61       4.34
    """
    call = "mixed_logistic"
    conf_level = check_conf_level(conf_level, call)
    group = check_group(group, formula, call)
    refuse_other_weights(weight_kind, group, call)
    points = _check_points(n_points, call)
    asked = Asked(
        call=call,
        formula=formula,
        base=base,
        weights=weights,
        weight_kind=weight_kind,
        group=group,
        offset=offset,
        where=where,
        levels=levels,
        missing=missing,
        variance="model",
        conf_level=conf_level,
    )
    rows = read_model(asked, data)
    require_two(rows, call, f'Make a column with two levels, or use multinomial() with cluster="{group}".')
    return fit_mixed_rows(rows, asked, group, points)
