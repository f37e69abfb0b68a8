"""Linear regression with a random intercept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_choice, check_conf_level
from peerstats.design import Asked, read_model
from peerstats.models._mixed_least_squares import fit_mixed_squares
from peerstats.models._mixed_rows import check_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design import Level
    from peerstats.models._result import ModelResult


__all__ = ["mixed_linear"]


def mixed_linear(
    formula: str,
    data: Any,
    *,
    group: str,
    method: Literal["reml", "ml"] = "reml",
    weights: str | None = None,
    where: str | Sequence[bool] | None = None,
    levels: Mapping[str, Level | Sequence[Level]] | None = None,
    missing: Literal["drop", "raise"] = "drop",
    conf_level: float = 0.95,
) -> ModelResult:
    """Model a number, such as a score, of rows in groups, such as waves in people.

    The mean of the outcome is linear in the terms, plus an intercept of each group that is drawn from a
    normal distribution.

    Parameters
    ----------
    formula : str
        Outcome and terms, as in ``"score ~ wave + trained"``; operators and functions are those of
        `linear()`. The random intercept is not written in it.
    data : frame
        One row per respondent and wave: pandas, polars or pyarrow.
    group : str
        Column that names each row's group, such as a person or a county.
    method : {"reml", "ml"}
        What is maximised: the restricted likelihood, whose variances are less biased, or the likelihood,
        which alone compares models with different terms.
    weights : str, optional
        Column of frequency weights: how many identical rows of one group a row stands for, whole numbers;
        everything equals rows repeated. Sampling weights are not taken: within groups they need weights of
        the groups too and a rule that scales them, and the rules give different variances.
    where : str or sequence of bool, optional
        Rows to model: the name of a column of True and False, or one True or False a row.
    levels : dict, optional
        For a category of the formula its reference level, or a list of all of its levels, the reference
        first.
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
        If the terms fit every row within its group exactly.

    Notes
    -----
    y = x'b + u + e, u and e normal with mean 0, one u a group. R `lme4::lmer(y ~ x + (1 | group), REML = )`,
    Stata `mixed y x || group:, reml`. Given the ratio of the two variances all else has a closed form, so
    only the ratio is searched for, exact at its boundary 0 too. Standard errors of the coefficients take the
    variances as known, and tests use the normal, as Stata `mixed` and statsmodels do by default; lme4 gives
    none. With few groups both are optimistic.

    The variances have profile limits, of the likelihood with REML too, as lme4's `confint`, and a
    likelihood-ratio test with half of the null distribution at 0, Stata's `chibar2(01)`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> waves = pd.DataFrame({"person": [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], "wave": [0, 1, 2] * 4,
    ...                       "score": [21, 22, 25, 30, 30, 33, 25, 28, 28, 19, 22, 23]})
    >>> result = ps.mixed_linear("score ~ wave", waves, group="person")
    >>> result.tidy()[["term", "estimate", "std_error"]].round(3)
            term  estimate  std_error
    0  Intercept     23.75      2.216
    1       wave      1.75      0.294
    >>> result.variance_components()[["term", "estimate"]].round(3)
                    term  estimate
    0           variance    19.066
    1                 sd     4.366
    2                icc     0.965
    3  residual_variance     0.690
    4        residual_sd     0.831
    """
    call = "mixed_linear"
    conf_level = check_conf_level(conf_level, call)
    group = check_group(group, formula, call)
    check_choice(method, ("reml", "ml"), "method", call)
    asked = Asked(
        call=call,
        formula=formula,
        numbers=True,
        weights=weights,
        weight_kind="frequency",
        group=group,
        where=where,
        levels=levels,
        missing=missing,
        variance="model",
        conf_level=conf_level,
    )
    rows = read_model(asked, data)
    return fit_mixed_squares(rows, asked, group, method)
