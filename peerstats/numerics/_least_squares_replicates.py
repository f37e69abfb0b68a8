"""Weighted least squares under replicate weights, all replicates together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._replicate_products import orthonormal_design, regular, solve_each
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["least_squares_refits"]


def least_squares_refits(x: Array, y: Array, weights: Array) -> Array:
    """Fit weighted least squares under each of many weights.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient, of full rank.
    y : (n,) float array
        The outcome.
    weights : (n, c) float array
        One column of weights per replicate; zeros are normal. Column-major is fastest.

    Returns
    -------
    (c, k) float array
        The coefficients of each replicate; NaN where its weights leave the design singular, such as a factor
        level without weight.

    Notes
    -----
    The design is turned once to orthonormal columns q. With e the residuals of the unweighted fit b, a
    replicate has b + (q W q')^-1 q W e, and one matrix product of the weights with the products of columns
    gives q W q' of all replicates. Only residuals meet the normal equations, and only those of orthonormal
    columns, so that no accuracy is lost to squaring the design. R's ``lm(..., weights =)``, many times.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import least_squares_refits
    >>> x = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
    >>> weights = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    >>> least_squares_refits(x, np.array([1.0, 2.0, 6.0]), weights).round(6)
    array([[0.5, 2.5],
           [1. , 1. ]])
    """
    (k, _), c = x.shape, weights.shape[1]
    refits = np.full((c, k), np.nan)
    with one_blas_thread():
        design = orthonormal_design(x)
        if design is None:
            return refits
        centre = design.q @ y
        residual = y - centre @ design.q
        by_replicate = weights.T
        cross = np.zeros((c, len(design.pairs[0])))
        right = np.zeros((c, k))
        for rows, q in design.blocks():
            w = by_replicate[:, rows]
            cross += w @ design.products(q).T
            right += w @ (q * residual[rows]).T
        matrices = cross[:, design.place]
        kept = regular(matrices)
        refits[kept] = design.turn_back(centre + solve_each(matrices[kept], right[kept]))
    return refits
