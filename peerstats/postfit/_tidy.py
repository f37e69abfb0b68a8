"""A fit as columns: coefficients, key figures, covariance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._random_intercept import RandomIntercept

__all__ = ["coefficient_columns", "covariance_columns", "fit_columns", "is_natural_log", "ratio_word"]

_RATIOS = {
    "logistic": "Odds ratio",
    "mixed_logistic": "Odds ratio",
    "multinomial": "Relative risk ratio",
    "ordinal": "Odds ratio",
}


def is_natural_log(outcome: str) -> bool:
    """Say whether an outcome's expression is a natural logarithm as a whole.

    Parameters
    ----------
    outcome : str
        The expression, as `ModelFit.outcome` holds it.

    Returns
    -------
    bool
        True for ``log(wage)``, False for ``log(wage) - log(hours)``.

    Examples
    --------
    >>> from peerstats.postfit import is_natural_log
    >>> is_natural_log("log(wage / hours)"), is_natural_log("log(wage) * log(hours)")
    (True, False)
    """
    if not outcome.startswith(("log(", "np.log(")) or not outcome.endswith(")"):
        return False
    depth = 0
    for place, letter in enumerate(outcome):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and not depth:
            return place == len(outcome) - 1
    return False


def ratio_word(fit: ModelFit) -> str | None:
    """Return what exponentiated coefficients are called; None where they mean nothing.

    Parameters
    ----------
    fit : ModelFit
        The fit.

    Returns
    -------
    str or None
        Odds ratio, relative risk ratio, or for a linear model of a logarithm ratio of geometric means.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import ratio_word
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21], "trained": [0, 1, 0, 1]})
    >>> ratio_word(ps.linear("log(wage) ~ trained", jobs).fit)
    'Ratio of geometric means'
    """
    if fit.outcome_levels:
        return _RATIOS[fit.model]
    return "Ratio of geometric means" if is_natural_log(fit.outcome) else None


def coefficient_columns(fit: ModelFit, *, exponentiate: bool = False) -> dict[str, Any]:
    """Return one row per outcome and term, as columns.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    exponentiate : bool
        Whether to return odds ratios (logistic, ordinal), relative risk ratios (multinomial), or ratios of
        geometric means (linear models of a logarithm). Thresholds of an ordinal model are then left out.

    Returns
    -------
    dict of str to list or array
        Outcome, term, estimate, std_error, statistic, df, p_value, conf_low, conf_high.

    Raises
    ------
    InputError
        If ratios are asked of a linear model whose outcome is no logarithm.

    Notes
    -----
    An exponentiated estimate has the standard error of the delta method, estimate times the coefficient's
    error, as Stata `logit, or`, `ologit, or` and `mlogit, rrr` print it (R `broom` leaves it on the log
    scale). Test and interval are those of the coefficient; the limits are exponentiated. Of a penalised fit
    the statistic is the root of the likelihood-ratio statistic with the estimate's sign, and the limits are
    the profile's.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import coefficient_columns
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> columns = coefficient_columns(ps.logistic("job ~ 1", jobs).fit, exponentiate=True)
    >>> columns["estimate"].round(6)
    array([3.])
    """
    if exponentiate and ratio_word(fit) is None:
        name = fit.outcome if fit.outcome.isidentifier() else "wage"
        raise InputError(
            f"tidy(): exponentiate=True, but the coefficients are in units of {fit.outcome!r}, not logs.",
            "Leave exponentiate= out; ratios are for an outcome that is a natural logarithm, "
            f"such as log({name}).",
        )
    n_terms, n_other = fit.coefficients.shape
    estimate = fit.coefficients.T.ravel()
    std_error = np.sqrt(np.diag(fit.covariance))
    # an error of zero has no test: NaN, which prints as an empty cell
    statistic = np.divide(estimate, std_error, out=np.full_like(estimate, np.nan), where=std_error > 0)
    half = t_half_width(fit.conf_level, fit.df_terms) * std_error
    low, high = estimate - half, estimate + half
    p_value = two_sided_p(statistic, fit.df_terms)
    if fit.profile is not None:
        statistic = np.copysign(np.sqrt(fit.profile.statistic), estimate)
        p_value, low, high = fit.profile.p_value, fit.profile.conf_low, fit.profile.conf_high
    if exponentiate:
        estimate, low, high = np.exp(estimate), np.exp(low), np.exp(high)
        std_error = estimate * std_error
    columns = {
        "outcome": [equation for equation in fit.equations for _ in range(n_terms)],
        "term": list(fit.terms) * n_other,
        "estimate": estimate,
        "std_error": std_error,
        "statistic": statistic,
        "df": fit.df_terms,
        "p_value": p_value,
        "conf_low": low,
        "conf_high": high,
    }
    if exponentiate and fit.n_thresholds:
        return {name: cells[: -fit.n_thresholds] for name, cells in columns.items()}
    return columns


def fit_columns(fit: ModelFit) -> dict[str, Any]:
    """Return a fit's key figures, as columns of one row.

    Parameters
    ----------
    fit : ModelFit
        The fit.

    Returns
    -------
    dict of str to list or array
        The columns of `ModelResult.glance()`.

    Notes
    -----
    AIC and BIC are NaN unless the errors are model-based: with robust errors the likelihood is not trusted;
    and with a penalty, under which the likelihood is not at its maximum.
    BIC counts observations, not rows; both count a linear model's residual variance and a mixed model's
    variance of groups as parameters, as R. Restricted likelihoods of models with different terms cannot be
    compared, so both are NaN for REML.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import fit_columns
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> fit_columns(ps.logistic("job ~ 1", jobs).fit)["n"]
    array([20])
    """
    if fit.random is not None:
        return _mixed_columns(fit, fit.random)
    p = fit.n_parameters
    counted = p + (fit.sigma is not None)
    trusted = fit.variance == "model" and fit.penalty is None
    aic = 2 * counted - 2 * fit.loglik if trusted else np.nan
    bic = counted * np.log(fit.n) - 2 * fit.loglik if trusted else np.nan
    return {
        "n": np.array([round(fit.n)]),
        "n_missing": np.array([fit.n_missing]),
        "n_clusters": np.array([np.nan if fit.n_clusters is None else float(fit.n_clusters)]),
        **(_explained(fit) if fit.sigma is not None else {"n_outcomes": np.array([len(fit.outcome_levels)])}),
        "n_parameters": np.array([p]),
        "loglik": np.array([fit.loglik]),
        **({} if fit.profile is None else {"loglik_penalized": np.array([fit.profile.loglik_penalized])}),
        "loglik_null": np.array([fit.loglik_null]),
        **({} if fit.sigma is not None else {"mcfadden_r2": np.array([1 - fit.loglik / fit.loglik_null])}),
        "aic": np.array([aic]),
        "bic": np.array([bic]),
        "variance": [fit.variance],
        "weight_kind": [fit.weight_kind],
        **({} if fit.penalty is None else {"penalty": [fit.penalty]}),
        **({} if fit.base is None else {"base": [str(fit.base)]}),
        "n_iterations": np.array([fit.n_iterations]),
        **({"n_passes": np.array([fit.n_passes])} if fit.n_passes else {}),
        "conf_level": np.array([fit.conf_level]),
    }


def _mixed_columns(fit: ModelFit, random: RandomIntercept) -> dict[str, Any]:
    """Return the key figures of a fit with a random intercept."""
    p = fit.n_parameters
    counted = p + 1 + (fit.sigma is not None)
    deviance = -2 * fit.loglik if random.method == "ML" else np.nan
    return {
        "n": np.array([round(fit.n)]),
        "n_missing": np.array([fit.n_missing]),
        "n_groups": np.array([random.n_groups]),
        **({} if fit.base is None else {"n_outcomes": np.array([len(fit.outcome_levels)])}),
        "n_parameters": np.array([p]),
        "loglik": np.array([fit.loglik]),
        "aic": np.array([2 * counted + deviance]),
        "bic": np.array([counted * np.log(fit.n) + deviance]),
        **({} if fit.sigma is None else {"sigma": np.array([fit.sigma])}),
        "group_sd": np.array([random.sd.estimate]),
        "intraclass_correlation": np.array([random.icc.estimate]),
        "lr_statistic": np.array([random.lr_statistic]),
        "lr_p_value": np.array([random.lr_p_value]),
        "method": [random.method],
        **({} if random.n_points is None else {"n_points": np.array([random.n_points])}),
        "variance": [fit.variance],
        "weight_kind": [fit.weight_kind],
        **({} if fit.base is None else {"base": [str(fit.base)]}),
        "n_iterations": np.array([fit.n_iterations]),
        "conf_level": np.array([fit.conf_level]),
    }


def _explained(fit: ModelFit) -> dict[str, Any]:
    """Return what a linear model explains."""
    return {
        "r_squared": np.array([fit.r_squared]),
        "adj_r_squared": np.array([fit.adj_r_squared]),
        "sigma": np.array([fit.sigma]),
        "df_residual": np.array([fit.n - fit.n_parameters]),
    }


def covariance_columns(fit: ModelFit) -> dict[str, Any]:
    """Return the covariance of the coefficients with its names, as columns.

    Parameters
    ----------
    fit : ModelFit
        The fit.

    Returns
    -------
    dict of str to list or array
        Outcome and term of each row, then one column per coefficient, named "outcome: term".

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import covariance_columns
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> list(covariance_columns(ps.logistic("job ~ 1", jobs).fit))
    ['outcome', 'term', 'peer: Intercept']
    """
    names = [(equation, term) for equation in fit.equations for term in fit.terms]
    return {
        "outcome": [outcome for outcome, _ in names],
        "term": [term for _, term in names],
        **{f"{outcome}: {term}": fit.covariance[:, j] for j, (outcome, term) in enumerate(names)},
    }
