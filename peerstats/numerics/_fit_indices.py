"""Fit indices of covariance structures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtr, chdtrc, chndtr

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["FitIndices", "fit_indices"]

# The interval of RMSEA that everybody prints; its name in tables is "90% interval".
_RMSEA_TAIL = 0.05
_CLOSE = 0.05  # RMSEA below which a fit is called close (Browne and Cudeck 1993)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitIndices:
    """How well a covariance structure fits.

    Attributes
    ----------
    chi_square, df, p_value : float
        n F, its degrees of freedom, and its p-value.
    baseline_chi_square, baseline_df : float
        The same of the model without correlations.
    cfi, tli, rmsea, rmsea_low, rmsea_high, rmsea_p_value : float
        Comparative fit index, Tucker-Lewis index, root mean square error of approximation with 90 % limits,
        and the p-value of RMSEA <= .05.
    srmr : float
        Bentler's standardised root mean square residual.
    loglik, aic, bic : float
        Of the normal model with free means.
    scaling_factor, scaled_chi_square, scaled_p_value : float
        Satorra and Bentler's.
    cfi_robust, tli_robust, rmsea_robust, rmsea_robust_low, rmsea_robust_high : float
        The indices that the scaled chi-square estimates without the bias of non-normal answers
        (Brosseau-Liard and Savalei 2014).
    """

    chi_square: float
    df: int
    p_value: float
    baseline_chi_square: float
    baseline_df: int
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    rmsea_p_value: float
    srmr: float
    loglik: float
    aic: float
    bic: float
    scaling_factor: float
    scaled_chi_square: float
    scaled_p_value: float
    cfi_robust: float
    tli_robust: float
    rmsea_robust: float
    rmsea_robust_low: float
    rmsea_robust_high: float


def fit_indices(
    covariance: Array,
    implied: Array,
    *,
    discrepancy: float,
    n: float,
    n_parameters: int,
    scaling_factor: float,
    baseline_scaling_factor: float,
) -> FitIndices:
    """Compute fit indices.

    Parameters
    ----------
    covariance, implied : (m, m) array
        Sample and implied covariances.
    discrepancy : float
        The least discrepancy F.
    n : float
        Respondents.
    n_parameters : int
        Free parameters of the covariance structure.
    scaling_factor, baseline_scaling_factor : float
        Satorra and Bentler's factors of model and baseline.

    Returns
    -------
    FitIndices
        NaN, all but the SRMR and the likelihood, where there are no degrees of freedom.

    Notes
    -----
    CFI = 1 - max(T - df, 0) / max(T - df, T0 - df0, 0); TLI = 1 - (T - df) df0 / ((T0 - df0) df); RMSEA =
    sqrt(max(T - df, 0) / (n df)), its limits from the noncentral chi-square; SRMR over the m (m + 1) / 2
    residuals (s - sigma) / sqrt(s_ii s_jj). Robust ones put c df for df and c0 df0 for df0. R: lavaan's
    ``fitMeasures`` with ``likelihood = "normal"``.
    """
    m = len(covariance)
    df, df0 = m * (m + 1) // 2 - n_parameters, m * (m - 1) // 2
    log_det = float(np.linalg.slogdet(covariance)[1])
    t, t0 = n * discrepancy, n * (float(np.log(np.diag(covariance)).sum()) - log_det)
    loglik = -(t + n * (log_det + m + m * np.log(2 * np.pi))) / 2
    # the free means belong to no structure and are not counted, as in lavaan without a mean structure
    aic, bic = -2 * loglik + 2 * n_parameters, -2 * loglik + np.log(n) * n_parameters
    sd = np.sqrt(np.diag(covariance))
    residual = ((covariance - implied) / np.outer(sd, sd))[np.tril_indices(m)]
    c, c0 = scaling_factor, baseline_scaling_factor
    cfi, tli = _relative(t, df, t0, df0)
    cfi_robust, tli_robust = _relative(t, c * df, t0, c0 * df0, ratio=df0 / df if df else np.nan)
    low, high = _rmsea_limits(t, df, n)
    robust_low, robust_high = _rmsea_limits(t / c, df, n)
    return FitIndices(
        chi_square=t,
        df=df,
        p_value=float(chdtrc(df, t)) if df else np.nan,
        baseline_chi_square=t0,
        baseline_df=df0,
        cfi=cfi,
        tli=tli,
        rmsea=_rmsea(t, df, df, n),
        rmsea_low=low,
        rmsea_high=high,
        rmsea_p_value=float(1 - chndtr(t, df, n * df * _CLOSE**2)) if df else np.nan,
        srmr=float(np.sqrt(np.mean(residual**2))),
        loglik=float(loglik),
        aic=float(aic),
        bic=float(bic),
        scaling_factor=c,
        scaled_chi_square=t / c,
        scaled_p_value=float(chdtrc(df, t / c)) if df else np.nan,
        cfi_robust=cfi_robust,
        tli_robust=tli_robust,
        rmsea_robust=_rmsea(t, c * df, df, n),
        rmsea_robust_low=robust_low * np.sqrt(c),
        rmsea_robust_high=robust_high * np.sqrt(c),
    )


def _relative(
    t: float, expected: float, t0: float, expected0: float, ratio: float | None = None
) -> tuple[float, float]:
    """Return CFI and TLI; `ratio` is df0 / df where the expected values are not the degrees of freedom."""
    if not expected > 0:
        return np.nan, np.nan
    above, above0 = t - expected, t0 - expected0
    cfi = 1 - max(above, 0.0) / max(above, above0, 1e-300)
    return cfi, 1 - above * (expected0 / expected if ratio is None else ratio) / above0


def _rmsea(t: float, expected: float, df: int, n: float) -> float:
    return float(np.sqrt(max(t - expected, 0.0) / (n * df))) if df else np.nan


def _rmsea_limits(t: float, df: int, n: float) -> tuple[float, float]:
    """Return the RMSEAs whose noncentral chi-square has t at its upper and at its lower 5 %."""
    if not (df and np.isfinite(t)):
        return np.nan, np.nan
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only this needs it)

    def root(tail: float) -> float:
        if chdtr(df, t) < tail:
            return 0.0
        top = t + 10 * np.sqrt(2 * df) + 10
        while chndtr(t, df, top) > tail:
            top *= 2
        found = brentq(lambda ncp: chndtr(t, df, ncp) - tail, 0.0, top, xtol=1e-10, rtol=1e-14)
        return float(np.sqrt(found / (n * df)))

    return root(1 - _RMSEA_TAIL), root(_RMSEA_TAIL)
