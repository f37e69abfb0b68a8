"""What each row does to the coefficients: leverage, and one step towards the fit without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["OneStep", "one_step"]

_WHOLE = 1e-12  # of 1 - leverage: a row that no other row resembles has none left


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneStep:
    """Influence of rows.

    Parameters
    ----------
    leverage : (m,) float array
        Trace of the hat matrix's block; over all rows it sums to the number of coefficients.
    dfbeta : (p, m) float array
        Coefficients of all rows less those without the row, by one Newton step; NaN where the row has a
        leverage of 1.
    distance : (m,) float array
        Its length in the metric of the information.
    """

    leverage: Array
    dfbeta: Array
    distance: Array


def one_step(x: Array, residual: Array, curvature: Array, bread: Array, w: Array) -> OneStep:
    """Compute the influence of some rows.

    Parameters
    ----------
    x : (k, m) float array
        The design of the rows.
    residual : (E, m) float array
        Derivative of a row's log-likelihood by its E linear predictors, unweighted.
    curvature : (m, E, E) float array
        Minus the second derivative.
    bread : (E k, E k) float array
        Inverse information of all rows, equations slowest.
    w : (m,) float array
        How much of a row is taken out: its weight, or 1 of a row that stands for several.

    Returns
    -------
    OneStep
        Leverage and one-step changes.

    Notes
    -----
    With U the (E k, E) matrix of a row and G = U' B U, leaving the row out changes the coefficients by
    B U (I - w M G)^-1 w r to first order (Pregibon 1981; exactly in least squares), M its curvature and r its
    residual. The leverage is the trace of w M G; with one equation it is the diagonal of the hat matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import one_step
    >>> x, residual = np.ones((1, 2)), np.array([[-1.0, 1.0]])
    >>> found = one_step(x, residual, np.ones((2, 1, 1)), np.eye(1) / 2, np.ones(2))
    >>> found.leverage, found.dfbeta
    (array([0.5, 0.5]), array([[-1.,  1.]]))
    """
    k, m = x.shape
    n_equations = len(residual)
    blocks = bread.reshape(n_equations, k, n_equations, k)
    # B U: for each pair of equations the product of a block of the bread with x
    turned = np.stack(
        [np.stack([blocks[i, :, j] @ x for j in range(n_equations)]) for i in range(n_equations)]
    )
    g = np.einsum("km,ijkm->mij", x, turned)
    hat = w[:, None, None] * (curvature @ g)
    leverage: Array = np.trace(hat, axis1=1, axis2=2)
    left = np.eye(n_equations) - hat
    whole = np.abs(np.linalg.det(left)) < _WHOLE
    left[whole] = np.eye(n_equations)
    step = np.linalg.solve(left, (w * residual).T[:, :, None])[:, :, 0]
    step[whole] = np.nan
    dfbeta = np.einsum("ijkm,mj->ikm", turned, step).reshape(n_equations * k, m)
    distance: Array = np.einsum("mi,mij,mj->m", step, g, step)
    return OneStep(leverage=leverage, dfbeta=dfbeta, distance=distance)
