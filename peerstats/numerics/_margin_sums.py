"""Weighted sums over rows of what a model expects and of its slopes, with their gradients.

The gradient is by the coefficients, linear predictors slowest, then by the other parameters: p = E k + T.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.numerics._responses import Expected
    from peerstats.typing import Array, IntArray

__all__ = [
    "ExpectedSums",
    "SlopeSums",
    "expected_sums",
    "expected_variance",
    "shared_slope_sums",
    "slope_rows",
    "slope_sums",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpectedSums:
    """Weighted sums of Q values over rows.

    Parameters
    ----------
    value : (Q,) float array
        The sums.
    gradient : (Q, p) float array
        Their derivatives by coefficients and other parameters.
    """

    value: Array
    gradient: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlopeSums:
    """What the average slopes of all variables with a column of their own share.

    Parameters
    ----------
    slope : (Q, E) float array
        Weighted sums of the derivatives by each linear predictor.
    curved : (Q, E, E, k) float array
        Those of the second derivatives times the design.
    extra : (Q, E, T) float array
        Those of the derivatives by a linear predictor and another parameter.
    """

    slope: Array
    curved: Array
    extra: Array

    def of_column(self, beta: Array, column: int) -> ExpectedSums:
        """Return the sums of one variable's slopes.

        Parameters
        ----------
        beta : (E, k) float array
            Coefficients.
        column : int
            The variable's column.

        Returns
        -------
        ExpectedSums
            Its slopes.
        """
        d = beta[:, column]
        by_beta = np.einsum("e,qefk->qfk", d, self.curved)
        by_beta[:, :, column] += self.slope
        by_extra = np.einsum("e,qet->qt", d, self.extra)
        q = len(self.slope)
        return ExpectedSums(
            value=self.slope @ d, gradient=np.concatenate([by_beta.reshape(q, -1), by_extra], axis=1)
        )


def _over_rows(values: Array, w: Array | None) -> Array:
    """Return the weighted sum over the last axis."""
    total: Array = values.sum(axis=-1) if w is None else values @ w
    return total


def _times(values: Array, x: Array, w: Array | None) -> Array:
    """Return (..., k), the sums over rows of (..., m) values times a (k, m) design."""
    flat = values.reshape(-1, values.shape[-1])
    if w is not None:
        flat = flat * w
    out: Array = flat @ x.T
    return out.reshape(*values.shape[:-1], len(x))


def expected_sums(expected: Expected, x: Array, w: Array | None) -> ExpectedSums:
    """Return the sums of what is expected of some rows.

    Parameters
    ----------
    expected : Expected
        Values and derivatives of m rows.
    x : (k, m) float array
        Their design.
    w : (m,) float array or None
        Their weights; None means 1.

    Returns
    -------
    ExpectedSums
        Sums and gradients.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import expected_sums, multinomial_response
    >>> x = np.ones((1, 4))
    >>> sums = expected_sums(multinomial_response(0 * x), x, None)
    >>> sums.value, sums.gradient.ravel()
    (array([2., 2.]), array([-1.,  1.]))
    """
    q = len(expected.value)
    by_beta = _times(expected.slope, x, w).reshape(q, -1)
    return ExpectedSums(
        value=_over_rows(expected.value, w),
        gradient=np.concatenate([by_beta, _over_rows(expected.extra, w)], axis=1),
    )


def _curvature(expected: Expected) -> tuple[Array, Array]:
    if expected.curvature is None or expected.extra_slope is None:
        raise ValueError("second derivatives were not asked for")
    return expected.curvature, expected.extra_slope


def shared_slope_sums(expected: Expected, x: Array, w: Array | None) -> SlopeSums:
    """Return what the slopes of all variables with a column of their own share.

    Parameters
    ----------
    expected : Expected
        Values and derivatives of m rows, second ones too.
    x : (k, m) float array
        Their design.
    w : (m,) float array or None
        Their weights; None means 1.

    Returns
    -------
    SlopeSums
        The shared sums.

    Notes
    -----
    A row's slope by such a variable v is the sum over linear predictors e of slope_e beta_ev, so that all
    variables need one product of the second derivatives with the design.
    """
    curvature, extra_slope = _curvature(expected)
    n_eta = curvature.shape[1]
    above = np.triu_indices(n_eta)
    half = _times(np.ascontiguousarray(curvature[:, above[0], above[1]]), x, w)
    curved = np.empty((len(curvature), n_eta, n_eta, len(x)))
    curved[:, above[0], above[1]] = half
    curved[:, above[1], above[0]] = half
    return SlopeSums(slope=_over_rows(expected.slope, w), curved=curved, extra=_over_rows(extra_slope, w))


def slope_rows(expected: Expected, d: Array) -> Array:
    """Return the (Q, m) slopes of rows whose linear predictors change by d, (E, m) or (E, 1)."""
    rows: Array = (expected.slope * d).sum(axis=1)
    return rows


def slope_sums(
    expected: Expected, x: Array, w: Array | None, *, beta: Array, columns: IntArray, change: Array
) -> ExpectedSums:
    """Return the sums of the slopes by a variable that enters several columns.

    Parameters
    ----------
    expected : Expected
        Values and derivatives of m rows, second ones too.
    x : (k, m) float array
        Their design.
    w : (m,) float array or None
        Their weights; None means 1.
    beta : (E, k) float array
        Coefficients.
    columns : (c,) int array
        The columns that the variable enters.
    change : (c, m) float array
        Derivative of those columns by the variable.

    Returns
    -------
    ExpectedSums
        Sums and gradients.
    """
    curvature, extra_slope = _curvature(expected)
    q = len(expected.value)
    d = beta[:, columns] @ change
    by_beta = _times((curvature * d[:, None]).sum(axis=1), x, w)
    by_beta[:, :, columns] += _times(expected.slope, change, w)
    by_extra = _over_rows((extra_slope * d[:, None]).sum(axis=1), w)
    return ExpectedSums(
        value=_over_rows(slope_rows(expected, d), w),
        gradient=np.concatenate([by_beta.reshape(q, -1), by_extra], axis=1),
    )


def expected_variance(expected: Expected, x: Array, covariance: Array) -> Array:
    """Return the variance of what is expected of each row, by the delta method.

    Parameters
    ----------
    expected : Expected
        Values and derivatives of m rows.
    x : (k, m) float array
        Their design.
    covariance : (p, p) float array
        Covariance of the coefficients, linear predictors slowest, and of the other parameters.

    Returns
    -------
    (Q, m) float array
        The variances.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import expected_variance, identity_response
    >>> x = np.array([[1.0, 1.0], [0.0, 2.0]])
    >>> expected_variance(identity_response(x[:1]), x, np.eye(2))
    array([[1., 5.]])
    """
    _, n_eta, m = expected.slope.shape
    k = len(x)
    n_extra = expected.extra.shape[1]
    out = np.zeros((len(expected.value), m))
    for e in range(n_eta):
        rows = slice(e * k, (e + 1) * k)
        for f in range(e, n_eta):
            part = ((covariance[rows, f * k : (f + 1) * k] @ x) * x).sum(axis=0)
            out += (1.0 if e == f else 2.0) * expected.slope[:, e] * expected.slope[:, f] * part
        for t in range(n_extra):
            out += 2.0 * expected.slope[:, e] * expected.extra[:, t] * (covariance[rows, n_eta * k + t] @ x)
    for t in range(n_extra):
        for u in range(n_extra):
            factor = covariance[n_eta * k + t, n_eta * k + u]
            out += factor * expected.extra[:, t] * expected.extra[:, u]
    return np.maximum(out, 0.0)
