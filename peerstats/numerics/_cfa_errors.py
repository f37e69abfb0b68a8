"""Errors of confirmatory factor models: information, sandwich, and Satorra and Bentler's factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._cfa_search import cfa_information

if TYPE_CHECKING:
    from peerstats.numerics._cfa import CfaFit
    from peerstats.typing import Array, BoolArray

__all__ = ["CfaErrors", "cfa_errors"]

_SINGULAR = 1e-10  # of an information matrix whose diagonal is 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CfaErrors:
    """How far the estimates of a confirmatory factor model may be off.

    Attributes
    ----------
    covariance : (q, q) array
        Inverse of n times the expected information, in the order of `CfaFit`; rows of unique variances at
        their bound are NaN.
    robust_covariance : (q, q) array
        The sandwich, right for answers that are not normal and for sampling weights.
    scaling_factor, baseline_scaling_factor : float
        Satorra and Bentler's factor of the chi-square, of the model and of the one without correlations; NaN
        without degrees of freedom.
    determined : bool
        Whether the data determine every parameter; if not, both covariances are NaN.
    """

    covariance: Array
    robust_covariance: Array
    scaling_factor: float
    baseline_scaling_factor: float
    determined: bool


def cfa_errors(fit: CfaFit, covariance: Array, deviations: Array, share: Array, n: float) -> CfaErrors:
    """Compute errors of a fitted model from the respondents' deviations.

    Parameters
    ----------
    fit : CfaFit
        The model, fitted to `covariance`.
    covariance : (m, m) array
        Sample covariances with the divisor sum(w).
    deviations : (n, m) array
        Answers minus the weighted means.
    share : (n,) array
        What each respondent's squared contribution counts, summing over respondents to a mean: w / sum(w) for
        frequency weights (1 / n without weights), n w^2 / sum(w)^2 for sampling weights.
    n : float
        Respondents: the sum of frequency weights, or the rows with a sampling weight.

    Returns
    -------
    CfaErrors
        Covariances of the estimates and scaling factors.

    Notes
    -----
    With V = D'(Sigma^-1 x Sigma^-1)D / 2 and Gamma the covariance of the sample's moments, the factor is
    tr(U Gamma) / df, U = V - V Delta (Delta'V Delta)^-1 Delta'V, and the sandwich (Delta'V Delta)^-1
    Delta'V Gamma V Delta (Delta'V Delta)^-1 / n (Satorra and Bentler 1994); neither V nor Gamma is formed. R:
    lavaan's ``estimator = "MLM"``; with sampling weights lavaan.survey (Oberski 2014).
    """
    m = len(fit.loadings)
    precision: Array = np.asarray(np.linalg.inv(fit.implied), dtype=float)
    scores = _scores(fit, deviations @ precision)
    scores -= _mean_scores(fit, covariance, precision)
    information = cfa_information(fit.loadings, fit.factor_correlations, fit.uniquenesses, fit.factor)
    free = np.ones(len(information), dtype=bool)
    free[-m:] = ~fit.heywood
    scale = np.sqrt(np.diag(information)[free])
    unit = information[np.ix_(free, free)] / np.outer(scale, scale)
    determined = bool(np.linalg.eigvalsh(unit)[0] > _SINGULAR)
    inverse = np.linalg.pinv(unit, _SINGULAR) / np.outer(scale, scale)
    meat = (scores[:, free] * share[:, None]).T @ scores[:, free]
    df = m * (m + 1) // 2 - len(information)
    total = _quadratic(precision, covariance, deviations, share)
    squares = np.diag(1 / np.diag(covariance))
    alone = _quadratic(squares, covariance, deviations, share)
    variances = share @ (deviations**2 - np.diag(covariance)) ** 2 / (2 * np.diag(covariance) ** 2)
    return CfaErrors(
        covariance=_filled(inverse / n, free, known=determined),
        robust_covariance=_filled(inverse @ meat @ inverse / n, free, known=determined),
        scaling_factor=float((total - np.trace(inverse @ meat)) / df) if df else np.nan,
        baseline_scaling_factor=float((alone - variances.sum()) / (m * (m - 1) / 2)),
        determined=determined,
    )


def _scores(fit: CfaFit, turned: Array) -> Array:
    """Return Delta'V vech(z z') of each respondent; `turned` is Sigma^-1 z."""
    m, f = turned.shape[1], len(fit.factor_correlations)
    lam = np.zeros((m, f))
    lam[np.arange(m), fit.factor] = fit.loadings
    by_factor = turned @ lam
    a, b = np.triu_indices(f, 1)
    loadings = turned * (by_factor @ fit.factor_correlations)[:, fit.factor]
    scores: Array = np.concatenate([loadings, by_factor[:, a] * by_factor[:, b], turned**2 / 2], axis=1)
    return scores


def _mean_scores(fit: CfaFit, covariance: Array, precision: Array) -> Array:
    """Return the same of the covariance matrix itself, the weighted mean of the scores."""
    m, f = len(fit.loadings), len(fit.factor_correlations)
    w = precision @ covariance @ precision
    lam = np.zeros((m, f))
    lam[np.arange(m), fit.factor] = fit.loadings
    a, b = np.triu_indices(f, 1)
    loadings = (w @ lam @ fit.factor_correlations)[np.arange(m), fit.factor]
    means: Array = np.concatenate([loadings, (lam.T @ w @ lam)[a, b], np.diag(w) / 2])
    return means


def _quadratic(precision: Array, covariance: Array, deviations: Array, share: Array) -> float:
    """Return the mean of d'V d over the respondents, d = vech(z z' - S)."""
    turned = deviations @ precision
    distance = np.einsum("ij,ij->i", turned, deviations)
    cross = np.einsum("ij,ij->i", turned @ covariance, turned)
    own = np.sum((precision @ covariance) * (precision @ covariance).T)
    return float(share @ (distance**2 - 2 * cross + own)) / 2


def _filled(covariance: Array, free: BoolArray, *, known: bool) -> Array:
    whole = np.full((len(free), len(free)), np.nan)
    if known:
        whole[np.ix_(free, free)] = covariance
    whole.flags.writeable = False
    return whole
