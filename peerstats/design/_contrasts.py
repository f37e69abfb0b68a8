"""How the levels of a category become columns: treatment, sum, polynomial, Helmert and difference coding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design._columns import Level
    from peerstats.typing import Array

__all__ = ["CONTRASTS", "MOST_POLYNOMIAL", "code_levels", "polynomial"]

# The contrasts that a formula may name, and the argument that each may take.
CONTRASTS = {"Diff": None, "Helmert": None, "Poly": "scores", "Sum": "omit", "Treatment": "reference"}

MOST_POLYNOMIAL = 95  # levels; R's contr.poly stops there too

_POWERS = (".Constant", ".Linear", ".Quadratic", ".Cubic")


def polynomial(scores: Array) -> Array:
    """Return orthogonal polynomials at some scores.

    Parameters
    ----------
    scores : (n,) array
        Different numbers.

    Returns
    -------
    (n, n) array
        Columns of degree 0 to n - 1: the first of ones, the others of length 1, with a positive leading
        coefficient.

    Notes
    -----
    The scores times the last column are made orthogonal to all columns before, twice over, so that rounding
    does not grow with the degree. R: ``contr.poly(n, scores)``.

    Examples
    --------
    >>> import numpy as np
    >>> polynomial(np.array([1.0, 2.0, 3.0])).round(3)
    array([[ 1.   , -0.707,  0.408],
           [ 1.   ,  0.   , -0.816],
           [ 1.   ,  0.707,  0.408]])
    """
    n = len(scores)
    centred = scores - scores.mean()
    out = np.full((n, n), n**-0.5)
    for degree in range(1, n):
        column = centred * out[:, degree - 1]
        before = out[:, :degree]
        for _ in range(2):
            column = column - before @ (before.T @ column)
        out[:, degree] = column / np.linalg.norm(column)
    out[:, 0] = 1.0
    return out


def _differences(n: int) -> Array:
    """Return the contrasts whose coefficients are the steps from each level to the next."""
    rows, columns = np.indices((n, n - 1))
    return np.where(rows > columns, columns + 1.0, columns + 1.0 - n) / n


def code_levels(
    contrast: str,
    levels: Sequence[Level],
    *,
    reference: Level | None,
    scores: Sequence[float],
    full: bool,
) -> tuple[Array, list[str]]:
    """Return the contrast matrix of some levels and what is written behind the factor's name for each column.

    Parameters
    ----------
    contrast : {"treatment", "sum", "poly", "helmert", "diff"}
        The coding.
    levels : sequence
        The levels in order, n of them.
    reference : str, int, float, bool or None
        With treatment coding the level whose mean the intercept is, with sum coding the one whose
        coefficient is minus the sum of the others'.
    scores : sequence of float
        With polynomial coding where the levels stand; equally spaced if empty.
    full : bool
        Whether the columns span the intercept too.

    Returns
    -------
    matrix : (n, n) or (n, n - 1) array
        One row per level.
    suffixes : list of str
        As patsy writes them.

    Notes
    -----
    R: ``contr.treatment``, ``contr.sum``, ``contr.poly``, ``contr.helmert`` and ``MASS::contr.sdif``.

    Examples
    --------
    >>> code_levels("sum", ["NC", "OR", "PA"], reference="PA", scores=(), full=False)
    (array([[ 1.,  0.],
           [ 0.,  1.],
           [-1., -1.]]), ['[S.NC]', '[S.OR]'])
    """
    n = len(levels)
    if contrast == "treatment":
        if full or reference is None:
            return np.eye(n), [f"[{level}]" for level in levels]
        others = [i for i, level in enumerate(levels) if level != reference]
        return np.eye(n)[:, others], [f"[T.{levels[i]}]" for i in others]
    if contrast == "poly":
        matrix = polynomial(np.array(scores if len(scores) else range(n), dtype=float))
        suffixes = [*_POWERS, *(f"^{power}" for power in range(len(_POWERS), n))][:n]
        return (matrix, suffixes) if full else (matrix[:, 1:], suffixes[1:])
    if contrast == "sum":
        others = [i for i, level in enumerate(levels) if level != reference]
        matrix = np.eye(n)[:, others]
        matrix[[i for i in range(n) if i not in others]] = -1.0
        first, suffixes = "[mean]", [f"[S.{levels[i]}]" for i in others]
    elif contrast == "helmert":
        matrix = -np.triu(np.ones((n, n - 1)))
        matrix[np.arange(1, n), np.arange(n - 1)] = np.arange(1, n)
        first, suffixes = "[H.intercept]", [f"[H.{level}]" for level in levels[1:]]
    else:
        matrix = _differences(n)
        suffixes = [f"[D.{level}]" for level in levels]
        # patsy names the columns of full coding by all levels, those of the differences by the earlier one
        first, suffixes = (suffixes[0], suffixes[1:]) if full else ("", suffixes[:-1])
    if full:
        return np.column_stack([np.ones(n), matrix]), [first, *suffixes]
    return matrix, suffixes
