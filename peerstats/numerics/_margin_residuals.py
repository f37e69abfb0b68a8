"""What is left of scores when calibration margins have explained their part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array, IntArray

__all__ = ["RESIDUAL_KINDS", "margin_residuals"]

RESIDUAL_KINDS = ("rake", "calibrate")
_SWEEPS = 10  # as many as R's svyrecvar makes


def margin_residuals(
    scores: Array, weights: Array, base: Array, margins: Sequence[tuple[IntArray, int]], *, kind: str
) -> Array:
    """Return weighted scores less what the margins explain of them.

    Parameters
    ----------
    scores : (n, p) float array
        Weighted scores.
    weights : (n,) float array
        Calibrated weights, which the scores hold.
    base : (n,) float array
        Weights before calibration.
    margins : sequence of ((n,) int array, int)
        For each margin the level of each row, from 0, and the number of levels; rows of weight zero may
        have -1.
    kind : {"rake", "calibrate"}
        "calibrate": residuals of the least-squares regression of score over weight on the margins' levels,
        with the base weights. "rake": level means are taken out margin after margin in ten sweeps, every row
        counting alike. With one margin both are the first.

    Returns
    -------
    (n, p) float array
        Weighted residuals; rows of weight zero keep zeros.

    Notes
    -----
    "rake" is what R's ``survey::svyrecvar`` does after ``rake``, "calibrate" after ``postStratify`` and
    ``calibrate(calfun = "raking")``. They agree where base weights do not vary. "calibrate" has the
    coefficients of the linearised estimator (Deville and Sarndal 1992).

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import margin_residuals
    >>> sex = (np.array([0, 0, 1]), 2)
    >>> ones = np.ones(3)
    >>> margin_residuals(np.array([[1.0], [3.0], [5.0]]), ones, ones, [sex], kind="rake").ravel()
    array([-1.,  1.,  0.])
    """
    rows = np.flatnonzero(weights > 0)
    w, d = weights[rows, None], base[rows]
    z = scores[rows] / w
    adding = [
        csr_array((np.ones(len(rows)), (codes[rows], np.arange(len(rows)))), shape=(n_levels, len(rows)))
        for codes, n_levels in margins
    ]
    if len(margins) == 1:
        (one,) = adding
        z = (
            z
            - ((one @ (z * d[:, None])) / np.maximum(one @ d, np.finfo(float).tiny)[:, None])[
                margins[0][0][rows]
            ]
        )
    elif kind == "rake":
        counts = [np.maximum(each.sum(axis=1), 1.0)[:, None] for each in adding]
        for _ in range(_SWEEPS):
            for (codes, _), each, n in zip(margins, adding, counts, strict=True):
                z = z - ((each @ z) / n)[codes[rows]]
    else:
        levels = vstack(adding).tocsr()
        weighted = levels.multiply(d[None, :]).tocsr()
        # levels of two margins add to the same column of ones, so the equations have no single solution
        solution = np.linalg.lstsq((weighted @ levels.T).toarray(), weighted @ z, rcond=1e-12)[0]
        z = z - levels.T @ solution
    left = np.zeros_like(scores)
    left[rows] = z * w
    return left
