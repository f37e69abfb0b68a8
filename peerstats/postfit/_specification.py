"""Whether a linear model lacks curves, and whether its errors have one variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from peerstats.errors import InputError
from peerstats.numerics import FitTest, one_blas_thread, wald_f
from peerstats.postfit._fitted import need_order
from peerstats.postfit._used import total_covariance

if TYPE_CHECKING:
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows
    from peerstats.typing import Array

__all__ = ["breusch_pagan", "reset_test"]

_SPANNED = 1e-10  # of a column's sum of squares: what is left is rounding


def _left_over(source: FitSource, z: Array, w: Array) -> Array:
    """Return what the design's columns leave of (m, q) values, by least squares under weights."""
    fitted = source.fitted
    if fitted is None:
        raise ValueError("a model without rows in orthonormal columns")
    k = len(fitted.bread)
    gram, total = np.zeros((k, k)), np.zeros((k, z.shape[1]))
    start = 0
    with one_blas_thread():
        for block in fitted.rows.blocks():
            stop = start + block.x.shape[1]
            weighted = block.x * w[start:stop]
            # near the identity: the columns of a linear fit are orthonormal under its own weights
            gram += weighted @ block.x.T
            total += weighted @ z[start:stop]
            start = stop
        coefficients = np.linalg.solve(gram, total)
        fits = [block.x.T @ coefficients for block in fitted.rows.blocks()]
    need_order(source, "diagnostics")
    left: Array = z - np.concatenate(fits)
    return left


def reset_test(fit: ModelFit, rows: UsedRows, source: FitSource) -> FitTest:
    """Test whether the square and the cube of the fitted values add to a linear model.

    Parameters
    ----------
    fit : ModelFit
        A linear fit.
    rows : UsedRows
        Its rows.
    source : FitSource
        Where they come from.

    Returns
    -------
    FitTest
        F; with robust errors a Wald F with their covariance and degrees of freedom.

    Raises
    ------
    InputError
        If the fitted values have too few distinct values.

    Notes
    -----
    Ramsey (1969); R ``lmtest::resettest(power = 2:3)``, statsmodels ``linear_reset(power=3, use_f=True)``.
    """
    value = rows.value[0]
    # a shift changes nothing where the columns span a constant; a scale never does
    constant = "Intercept" in fit.terms
    z = (value - (value.mean() if constant else 0.0)) / value.std()
    powers = np.stack([z**2, z**3], axis=1)
    left = _left_over(source, powers, rows.w)
    gram = left.T @ (left * rows.w[:, None])
    size = np.einsum("mq,m,mq->q", powers, rows.w, powers)
    if np.linalg.eigvalsh(gram / np.sqrt(size) / np.sqrt(size)[:, None])[0] < _SPANNED:
        raise InputError(
            "reset_test(): the square and the cube of the fitted values follow from the columns.",
            "The formula already has a term for every pattern of values.",
        )
    residual = rows.y - value
    gamma = np.linalg.solve(gram, left.T @ (rows.w * residual))
    q = len(gamma)
    if fit.variance == "model":
        gain = float(gamma @ gram @ gamma)
        df = fit.n - fit.n_parameters - q
        rest = float(rows.w @ residual**2) - gain
        return wald_f(gain / q / (rest / df), q, df)
    after = residual - left @ gamma
    bread = np.linalg.inv(gram)
    covariance = bread @ total_covariance(source, left * after[:, None], rows.w, rows.cluster) @ bread
    return wald_f(float(gamma @ np.linalg.solve(covariance, gamma)) / q, q, fit.df)


def breusch_pagan(fit: ModelFit, rows: UsedRows, source: FitSource) -> FitTest:
    """Test whether the squared residuals of a linear model go with its columns.

    Parameters
    ----------
    fit : ModelFit
        A linear fit with model-based errors.
    rows : UsedRows
        Its rows.
    source : FitSource
        Where they come from.

    Returns
    -------
    FitTest
        Chi-square.

    Raises
    ------
    InputError
        If the errors of the fit are robust, or it has no intercept.

    Notes
    -----
    Koenker's (1981) studentised form of Breusch and Pagan's test: n times the R squared of squared residuals
    on the columns. R ``lmtest::bptest``, statsmodels ``het_breuschpagan``. Residuals of rows with precision
    weights are scaled by their roots.
    """
    if fit.variance != "model":
        raise InputError(
            f"breusch_pagan(): the errors are {fit.variance}, which do not take one variance for granted.",
            "Ask a fit with model-based errors.",
        )
    if "Intercept" not in fit.terms:
        raise InputError("breusch_pagan(): the model has no intercept.", "Keep the intercept in the formula.")
    precision = fit.weight_kind == "precision"
    square = (rows.y - rows.value[0]) ** 2 * (rows.w if precision else 1.0)
    counts = np.ones_like(square) if precision else rows.w
    left = _left_over(source, square[:, None], counts)[:, 0]
    mean = np.average(square, weights=counts)
    explained = 1.0 - float(counts @ left**2) / float(counts @ (square - mean) ** 2)
    df = len(fit.terms) - 1
    statistic = fit.n * explained
    return FitTest(
        statistic=statistic,
        df_numerator=float(df),
        df_denominator=np.inf,
        p_value=float(chdtrc(df, statistic)) if df else float("nan"),
    )
