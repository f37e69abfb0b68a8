"""Columns of splines: B-splines and cubic regression splines, natural and cyclic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["absorb_constraint", "b_spline_columns", "cubic_spline_columns"]


def b_spline_columns(x: Array, knots: Array, degree: int) -> Array:
    """Evaluate all B-splines of a degree on a sequence of knots.

    Parameters
    ----------
    x : (n,) array
        Finite values from the first knot to the last.
    knots : (m,) array
        Knots in order, the first and the last each degree + 1 times, no other more often than that.
    degree : int
        Degree of the polynomials.

    Returns
    -------
    (m - degree - 1, n) array
        One row per spline; in each column degree + 1 of them at most are not zero, and all sum to 1.

    Notes
    -----
    De Boor's recurrence from degree 0 upwards, ``B(i, d) = (x - t_i) / (t_(i+d) - t_i) B(i, d-1) +
    (t_(i+d+1) - x) / (t_(i+d+1) - t_(i+1)) B(i+1, d-1)``, for the splines that are not zero. At the last
    knot the value is the limit from below. R: ``splines::bs(x, intercept = TRUE)``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import b_spline_columns
    >>> b_spline_columns(np.array([0.0, 1.0, 4.0]), np.array([0.0, 0.0, 2.0, 4.0, 4.0]), 1)
    array([[1. , 0.5, 0. ],
           [0. , 0.5, 0. ],
           [0. , 0. , 1. ]])
    """
    n_splines = len(knots) - degree - 1
    above = np.clip(np.searchsorted(knots, x, side="right"), degree + 1, n_splines)
    right = [knots[above + r] - x for r in range(degree)]
    left = [x - knots[above - 1 - r] for r in range(degree)]
    values = [np.ones(len(x))]
    for d in range(degree):
        carried: Array = np.zeros(len(x))
        for r in range(d + 1):
            share = values[r] / (right[r] + left[d - r])
            values[r] = carried + right[r] * share
            carried = left[d - r] * share
        values.append(carried)
    out = np.zeros((n_splines, len(x)))
    place, rows = above - degree - 1, np.arange(len(x))
    for r, value in enumerate(values):
        out[place + r, rows] = value
    return out


def _natural_bends(knots: Array) -> Array:
    """Map the values of a natural spline at its knots to its second derivatives there."""
    gap = np.diff(knots)
    k = len(knots)
    bends = np.zeros((k, k))
    if k > 2:  # noqa: PLR2004  (a straight line between two knots has no bend)
        inner = np.arange(k - 2)
        spread = np.diag((gap[:-1] + gap[1:]) / 3) + np.diag(gap[1:-1] / 6, 1) + np.diag(gap[1:-1] / 6, -1)
        slopes = np.zeros((k - 2, k))
        slopes[inner, inner] = 1 / gap[:-1]
        slopes[inner, inner + 2] = 1 / gap[1:]
        slopes[inner, inner + 1] = -1 / gap[:-1] - 1 / gap[1:]
        bends[1:-1] = np.linalg.solve(spread, slopes)
    return bends


def _cyclic_bends(knots: Array) -> Array:
    """Map the values of a cyclic spline at its knots but the last to its second derivatives there."""
    after = np.diff(knots)
    before = np.roll(after, 1)
    k = len(after)
    here = np.arange(k)
    spread, slopes = np.zeros((k, k)), np.zeros((k, k))
    # added, not set: between two intervals one neighbour stands on both sides
    spread[here, here] += (before + after) / 3
    slopes[here, here] -= 1 / before + 1 / after
    for neighbour, gap in ((here - 1, before), ((here + 1) % k, after)):
        spread[here, neighbour] += gap / 6
        slopes[here, neighbour] += 1 / gap
    return np.asarray(np.linalg.solve(spread, slopes), dtype=float)


def _turn(x: Array, low: float, high: float) -> Array:
    """Bring values into one turn of a cycle."""
    return np.where(
        x > high,
        low + (x - high) % (high - low),
        np.where(x < low, high - (low - x) % (high - low), x),
    )


def _parts(x: Array, knots: Array) -> tuple[IntArray, list[Array]]:
    """Return each value's interval and the four functions that a cubic is made of in it (Wood, 2006)."""
    j = np.clip(np.searchsorted(knots, x) - 1, 0, len(knots) - 2)
    gap = np.diff(knots)[j]
    to_right, to_left = knots[j + 1] - x, x - knots[j]
    # beyond the outer knots the cubic parts end: the spline goes on as a straight line
    cubic_right = np.where(x > knots[-1], 0.0, to_right**3 / (6 * gap))
    cubic_left = np.where(x < knots[0], 0.0, to_left**3 / (6 * gap))
    return j, [
        to_right / gap,
        to_left / gap,
        cubic_right - gap * to_right / 6,
        cubic_left - gap * to_left / 6,
    ]


def cubic_spline_columns(x: Array, knots: Array, *, cyclic: bool) -> Array:
    """Evaluate the cardinal cubic splines on a sequence of knots: each is 1 at its knot and 0 at the others.

    Parameters
    ----------
    x : (n,) array
        Finite values.
    knots : (k,) array
        Different knots in order, two at least.
    cyclic : bool
        Whether the last knot is the first again. Else the splines are natural: straight beyond the outer
        knots.

    Returns
    -------
    (k, n) array
        One row per spline; k - 1 rows if cyclic.

    Notes
    -----
    In interval j the splines are ``a- e_j + a+ e_(j+1) + c- F_j + c+ F_(j+1)``, where ``F`` holds their
    second derivatives at the knots: Wood (2006), Generalized Additive Models, section 4.1.2. R:
    ``mgcv::smoothCon`` with ``bs = "cr"`` or ``"cc"``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import cubic_spline_columns
    >>> cubic_spline_columns(np.array([1.0, 2.0, 5.0]), np.array([0.0, 2.0, 4.0]), cyclic=False)
    array([[ 0.40625,  0.     ,  0.125  ],
           [ 0.6875 ,  1.     , -0.75   ],
           [-0.09375,  0.     ,  1.625  ]])
    """
    if cyclic:
        x = _turn(x, float(knots[0]), float(knots[-1]))
    j, (at_left, at_right, bend_left, bend_right) = _parts(x, knots)
    bends = _cyclic_bends(knots) if cyclic else _natural_bends(knots)
    following = (j + 1) % len(bends) if cyclic else j + 1
    out = bends.T[:, j] * bend_left
    out += bends.T[:, following] * bend_right
    rows = np.arange(len(x))
    out[j, rows] += at_left
    out[following, rows] += at_right
    return out


def absorb_constraint(columns: Array, constraint: Array) -> Array:
    """Rewrite columns for coefficients that satisfy one linear constraint.

    Parameters
    ----------
    columns : (k, n) array
        One row per column of a design.
    constraint : (k,) array
        The coefficients' products with it sum to zero; not all zero.

    Returns
    -------
    (k - 1, n) array
        The columns times an orthonormal basis of the coefficients allowed.

    Notes
    -----
    The basis is that of Householder's reflection ``I - 2 v v' / v'v`` with ``v = c + sign(c_1) |c| e_1``, its
    first column left out, as in the QR factorisation that R's mgcv uses.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import absorb_constraint
    >>> absorb_constraint(np.eye(2), np.array([3.0, 4.0]))
    array([[-0.8,  0.6]])
    """
    axis = constraint.astype(float)
    axis[0] += np.copysign(np.linalg.norm(constraint), constraint[0])
    along: Array = np.zeros(columns.shape[1])
    for part, column in zip(axis, columns, strict=True):  # a matrix product would round by the number of rows
        along += part * column
    out: Array = columns[1:] - np.multiply.outer(axis[1:] * (2 / (axis @ axis)), along)
    return out
