"""Variance inflation of terms, by Fox and Monette's generalised factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array, BoolArray

__all__ = ["vif_columns"]


def _log_det(correlation: Array, kept: BoolArray) -> float:
    """Return the log-determinant of a part of a correlation matrix; minus infinity where it is singular."""
    part = correlation[np.ix_(kept, kept)]
    sign, size = np.linalg.slogdet(part)
    return float(size) if sign > 0 else -np.inf


def vif_columns(fit: ModelFit) -> dict[str, Any]:
    """Return one row per term with its variance inflation.

    Parameters
    ----------
    fit : ModelFit
        The fit.

    Returns
    -------
    dict of str to list or array
        Term, df (its coefficients, those of every outcome), gvif, and gvif_adjusted, which is
        GVIF^(1 / (2 df)).

    Raises
    ------
    InputError
        If there are fewer than two terms beside the intercept, or the covariance has no full rank.

    Notes
    -----
    det(R_t) det(R_-t) / det(R), R the correlations of the coefficients without the intercept, t those of a
    term: Fox and Monette (1992), *JASA* 87, 178; R ``car::vif``. It takes the fit's own covariance, as there:
    with robust errors it tells how estimates, not columns, go together. With several outcomes a term has its
    coefficients of all of them, so that no choice of the base changes it.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import vif_columns
    >>> staff = pd.DataFrame({"wage": [15.0, 18, 16, 21, 19], "years": [1, 4, 2, 6, 3],
    ...                       "age": [22, 40, 30, 44, 41]})
    >>> vif_columns(ps.linear("wage ~ years + age", staff).fit)["gvif"].round(3)
    array([4.76, 4.76])
    """
    names = [term.name for term in fit.design.terms for _ in term.columns] + ["Intercept"] * fit.n_thresholds
    n_equations = fit.coefficients.shape[1]
    owner = np.array(names * n_equations)
    terms = [term.name for term in fit.design.terms if term.name != "Intercept"]
    if len(terms) < 2:  # noqa: PLR2004  (one term has nothing to go together with)
        raise InputError("vif(): the model has fewer than two terms.", "It tells how terms go together.")
    inside = owner != "Intercept"
    covariance = fit.covariance[np.ix_(inside, inside)]
    owner = owner[inside]
    size = np.sqrt(np.diag(covariance))
    whole = np.ones(len(owner), dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / size / size[:, None]
    if not (size > 0).all() or not np.linalg.eigvalsh(correlation)[0] > len(owner) * np.finfo(float).eps:
        raise InputError(
            f"vif(): the {fit.variance} covariance of {len(owner)} coefficients has no full rank.",
            "There are too few clusters or replicates; ask a fit with model-based errors.",
        )
    logs = [
        _log_det(correlation, owner == term)
        + _log_det(correlation, owner != term)
        - _log_det(correlation, whole)
        for term in terms
    ]
    df = np.array([int((owner == term).sum()) for term in terms])
    return {
        "term": terms,
        "df": df.astype(float),
        "gvif": np.exp(logs),
        "gvif_adjusted": np.exp(np.array(logs) / (2 * df)),
    }
