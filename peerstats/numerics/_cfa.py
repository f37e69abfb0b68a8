"""Confirmatory factor models of simple structure by normal-theory maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics._cfa_search import CfaPoint, minimise_cfa, pressed
from peerstats.numerics._one_factor import FEWEST_ITEMS, LOWER

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["CfaFit", "fit_cfa"]

# A correlation matrix with a smaller eigenvalue is taken as singular.
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CfaFit:
    """A confirmatory factor model: each of m items on one of f factors, whose variances are 1.

    Parameters are ordered: m loadings, the f (f - 1) / 2 factor correlations by rows of the upper triangle,
    m unique variances.

    Attributes
    ----------
    factor : (m,) int array
        The factor of each item.
    loadings, uniquenesses : (m,) array
        In the items' units.
    factor_correlations : (f, f) array
        Correlations of the factors.
    implied : (m, m) array
        Covariances that the model implies.
    discrepancy : float
        log|Sigma| + tr(S Sigma^-1) - log|S| - m, at its minimum.
    heywood : (m,) bool array
        Items whose unique variance would fall below its bound, and stands at it.
    reason : str or None
        Why there is no fit; every number is then NaN.
    n_iterations : int
        Steps taken.
    """

    factor: IntArray
    loadings: Array
    uniquenesses: Array
    factor_correlations: Array
    implied: Array
    discrepancy: float
    heywood: BoolArray
    reason: str | None
    n_iterations: int


def fit_cfa(covariance: Array, factor: IntArray, *, lower: float = LOWER) -> CfaFit:
    """Fit a confirmatory factor model in which each item has one factor.

    Parameters
    ----------
    covariance : (m, m) array
        Covariance matrix of the items; with the divisor n the estimates are those of lavaan's
        ``likelihood = "normal"``.
    factor : (m,) int array
        The factor of each item, 0 to f - 1, each with two items or more.
    lower : float
        Least share of an item's variance that is unique.

    Returns
    -------
    CfaFit
        Estimates, or a reason why there are none.

    Raises
    ------
    InputError
        If the model is not identified: a factor of one item, or two items on a factor that is alone.

    Notes
    -----
    Fisher scoring on the correlation matrix, steps halved until they go down, until the last is below 1e-11;
    the estimates are then put back into the items' units. R: lavaan's ``cfa(model, std.lv = TRUE,
    likelihood = "normal")``, where no unique variance is at the bound; lavaan lets it go below zero.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import fit_cfa
    >>> loadings = np.array([0.8, 0.7, 0.6, 0.9, 0.5])
    >>> factor = np.array([0, 0, 0, 1, 1])
    >>> phi = np.array([[1.0, 0.4], [0.4, 1.0]])
    >>> common = np.outer(loadings, loadings) * phi[np.ix_(factor, factor)]
    >>> fit = fit_cfa(common + np.diag(1 - loadings**2), factor)
    >>> round(float(fit.factor_correlations[0, 1]), 6), np.round(fit.loadings, 6).tolist()
    (0.4, [0.8, 0.7, 0.6, 0.9, 0.5])
    """
    factor = np.asarray(factor, dtype=np.int64)
    _check_identified(factor)
    s = np.asarray(covariance, dtype=float)
    reason = _unusable(s)
    if reason is not None:
        return _no_fit(factor, reason, 0)
    sd = np.sqrt(np.diag(s))
    correlation = s / np.outer(sd, sd)
    at, discrepancy, n_iterations, converged = minimise_cfa(correlation, factor, lower)
    if not converged:
        return _no_fit(factor, "the fit did not converge: the items may not have these factors", n_iterations)
    held = pressed(at, correlation, factor, lower)
    signs = _signs(at, factor)
    turned = signs[factor]
    at = CfaPoint(at.loadings * turned * sd, at.phi * np.outer(signs, signs), at.unique * sd**2)
    return _record(at, factor, discrepancy, held, None, n_iterations)


def _record(
    at: CfaPoint,
    factor: IntArray,
    discrepancy: float,
    heywood: BoolArray,
    reason: str | None,
    n_iterations: int,
) -> CfaFit:
    fit = CfaFit(
        factor=factor,
        loadings=at.loadings,
        uniquenesses=at.unique,
        factor_correlations=at.phi,
        implied=at.implied(factor),
        discrepancy=discrepancy,
        heywood=heywood,
        reason=reason,
        n_iterations=n_iterations,
    )
    for part in (fit.loadings, fit.uniquenesses, fit.factor_correlations, fit.implied, fit.heywood):
        part.flags.writeable = False
    return fit


def _no_fit(factor: IntArray, reason: str, n_iterations: int) -> CfaFit:
    m, f = len(factor), int(factor.max()) + 1
    nothing = CfaPoint(np.full(m, np.nan), np.full((f, f), np.nan), np.full(m, np.nan))
    return _record(nothing, factor, np.nan, np.zeros(m, dtype=bool), reason, n_iterations)


def _check_identified(factor: IntArray) -> None:
    items = np.bincount(factor)
    least = FEWEST_ITEMS if len(items) == 1 else FEWEST_ITEMS - 1
    if items.min() < least:
        which = int(items.argmin())
        raise InputError(
            f"fit_cfa(): factor {which} has {items[which]} item{'s' * (items[which] != 1)}: the model is not "
            "identified.",
            "One factor alone needs three items; beside other factors it needs two.",
        )


def _unusable(s: Array) -> str | None:
    if not np.isfinite(s).all():
        return "a covariance is missing"
    if (np.diag(s) <= 0).any():
        return "an item has no variance"
    sd = np.sqrt(np.diag(s))
    if np.linalg.eigvalsh(s / np.outer(sd, sd))[0] < _SINGULAR:
        return "the covariance matrix is not positive definite"
    return None


def _signs(at: CfaPoint, factor: IntArray) -> Array:
    """Return the sign of each factor that makes the sum of its loadings positive."""
    signs: Array = np.where(np.bincount(factor, at.loadings) < 0, -1.0, 1.0)
    return signs
