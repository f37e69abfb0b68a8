"""Coefficients of complete answers, in the full sample and under replicate weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import polychoric, weighted_moments
from peerstats.scoring._coefficients import COEFFICIENTS, Fit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from peerstats.typing import Array, IntArray

__all__ = ["fit_coefficients", "of_rows", "replicate_coefficients"]

_MOST_GRADES = 12  # different answers; a measurement has more, and its tables would be empty


def of_rows(weights: Array, rows: IntArray) -> Array:
    """Return the weights of some rows, one replicate still contiguous."""
    return weights if len(rows) == len(weights) else np.take(weights.T, rows, axis=1).T


def _nothing(reason: str) -> Fit:
    return Fit(value=np.nan, reason=reason, kernel=lambda r: np.full(r.shape[:-2], np.nan))


def _matrices(x: Array, weights: Array, kinds: Collection[str]) -> dict[str, Array]:
    """Return the (R, m, m) matrices of (n, R) weights; only ratios come of them, so no divisor matters."""
    found = {}
    if "covariance" in kinds:
        found["covariance"] = weighted_moments(x, weights, weight_kind="sampling")[1]
    if "polychoric" in kinds:
        answers, places = np.unique(x, return_inverse=True)
        codes = places.reshape(x.shape)
        found["polychoric"] = polychoric(codes, weights, n_categories=len(answers)).correlation
    return found


def fit_coefficients(x: Array, weights: Array, n: float, coefficients: Sequence[str]) -> dict[str, Fit]:
    """Compute the coefficients of complete rows.

    Parameters
    ----------
    x : (k, m) array
        Answers.
    weights : (k,) array
        Weights.
    n : float
        Respondents that the rows stand for.
    coefficients : sequence of str
        Which to compute.

    Returns
    -------
    dict of str to Fit
        By coefficient.
    """
    if n < 2:  # noqa: PLR2004  (no variance)
        few = _nothing("one respondent" if len(x) else "nobody answered every item")
        return dict.fromkeys(coefficients, few)
    if x.shape[1] == 1:
        return dict.fromkeys(coefficients, _nothing("one item"))
    if (x == x[0]).all():
        return dict.fromkeys(coefficients, _nothing("no item has any variance"))
    kinds = {COEFFICIENTS[key].matrix for key in coefficients}
    graded = len(np.unique(x)) <= _MOST_GRADES if "polychoric" in kinds else True
    found = _matrices(x, weights[:, None], kinds if graded else {"covariance"})
    other = _nothing(f"more than {_MOST_GRADES} different answers are no ordered categories")
    return {
        key: COEFFICIENTS[key].fit(found[COEFFICIENTS[key].matrix][0])
        if COEFFICIENTS[key].matrix in found
        else other
        for key in coefficients
    }


def replicate_coefficients(x: Array, rows: IntArray, fits: dict[str, Fit], weights: Array) -> Array:
    """Compute the coefficients under replicate weights.

    Parameters
    ----------
    x : (k, m) array
        Answers of complete rows.
    rows : (k,) int array
        Where these rows are among all n.
    fits : mapping of str to Fit
        The coefficients in the full sample.
    weights : (n, R) array
        Replicate weights of all rows.

    Returns
    -------
    (R, p) array
        In the order of `fits`; NaN for a coefficient that the full sample does not have.
    """
    live = [key for key, fit in fits.items() if not np.isnan(fit.value)]
    values = np.full((weights.shape[1], len(fits)), np.nan)
    of_these = of_rows(weights, rows)
    short = COEFFICIENTS[live[0]].by_weights if len(live) == 1 else None
    if short is not None:
        values[:, list(fits).index(live[0])] = short(x, of_these)
        return values
    found = _matrices(x, of_these, {COEFFICIENTS[key].matrix for key in live})
    for j, (key, fit) in enumerate(fits.items()):
        if key in live:
            values[:, j] = fit.kernel(found[COEFFICIENTS[key].matrix])
    return values
