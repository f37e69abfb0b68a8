"""What the results of margins say of themselves, and the columns that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit

from peerstats._core.words import counted
from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.postfit._averaging import Averaging
    from peerstats.postfit._combination import Combination
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._settings import At
    from peerstats.typing import Array

__all__ = [
    "at_columns",
    "errors_of",
    "group_column",
    "limits",
    "outcome_words",
    "rows_line",
    "shown_outcomes",
    "tested",
]

_ERRORS = {
    "delta": "standard errors: delta method, rows as they are",
    "unconditional": "standard errors: rows drawn as well (unconditional)",
    "replicate": "standard errors: the fit's replicates, rows drawn as well",
}
_BINARY = ("logistic", "mixed_logistic")
_TAKEN = ("outcome", "variable", "change", "level", "group", "estimate", "std_error", "statistic", "df")


def outcome_words(fit: ModelFit) -> list[str]:
    """Return what is expected, the base first; "estimate" of a linear model."""
    return [str(level) for level in fit.outcome_levels] or ["estimate"]


def shown_outcomes(fit: ModelFit) -> list[int]:
    """Return which outcomes changes are told of: of two, one says all."""
    return [1] if fit.model in _BINARY else list(range(max(len(fit.outcome_levels), 1)))


def errors_of(matrix: Array) -> Array:
    """Return standard errors; rounding below zero is zero."""
    return np.sqrt(np.maximum(np.diag(matrix), 0.0))


def tested(estimate: Array, std_error: Array, df: float, conf_level: float) -> dict[str, Array]:
    """Return estimates with tests of zero and symmetric limits, as columns."""
    statistic = np.divide(estimate, std_error, out=np.full_like(estimate, np.nan), where=std_error > 0)
    half = t_half_width(conf_level, df) * std_error
    return {
        "estimate": estimate,
        "std_error": std_error,
        "statistic": statistic,
        "df": np.full(len(estimate), df),
        "p_value": two_sided_p(statistic, df),
        "conf_low": estimate - half,
        "conf_high": estimate + half,
    }


def limits(
    estimate: Array, std_error: Array, df: float, conf_level: float, *, share: bool
) -> tuple[Array, Array]:
    """Return confidence limits; of probabilities on the logit scale, so that they stay within 0 and 1.

    Parameters
    ----------
    estimate, std_error : (...) float array
        Estimates and errors.
    df : float
        Degrees of freedom.
    conf_level : float
        Confidence level.
    share : bool
        Whether the estimates are probabilities.

    Returns
    -------
    low, high : (...) float array
        The limits; a probability of 0 or 1 to rounding is its own limits.
    """
    half = t_half_width(conf_level, df) * std_error
    if not share:
        return estimate - half, estimate + half
    inside = estimate * (1.0 - estimate)
    steps = np.divide(half, inside, out=np.zeros_like(estimate), where=inside > 0)
    with np.errstate(divide="ignore"):
        middle = logit(estimate)
    low, high = expit(middle - steps), expit(middle + steps)
    sure = ~(inside > 0) & np.isfinite(estimate)
    return np.where(sure, estimate, low), np.where(sure, estimate, high)


def at_columns(ats: Sequence[At], places: Array) -> dict[str, Any]:
    """Return a column for each variable that everybody is given: numbers, or levels as text."""
    out: dict[str, Any] = {}
    for name in ats[0].values:
        values = [ats[i].values[name] for i in places]
        key = f"at_{name}" if name in _TAKEN else name
        numeric = all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
        out[key] = np.array(values, dtype=float) if numeric else [str(each) for each in values]
    return out


def group_column(rows: MarginRows, combination: Combination) -> dict[str, Any]:
    """Return the column of the groups, if there are any."""
    groups = rows.groups
    return {} if groups is None else {"group": [groups[i] for i in combination.group]}


def rows_line(fit: ModelFit, rows: MarginRows, how: Averaging) -> tuple[str, ...]:
    """Say over which rows was averaged, and what the errors are."""
    if how.grid == "balanced":
        where = f"on a balanced grid of {rows.n:,} combinations of levels, numbers at their means"
    else:
        whose = "of the fit" if rows.own else "of data="
        weighted = f", weighted by {fit.weights or 'the design'}" if rows.weighted else ", unweighted"
        where = f"averaged over {counted(rows.n, 'row')} {whose}{weighted}"
        where += f", within {how.over}" if how.over else ""
    test = "normal" if np.isinf(fit.df) else f"t with {fit.df:,.0f} df"
    return where, f"{_ERRORS[how.errors]}; of the coefficients: {fit.variance}; limits: {test}"
