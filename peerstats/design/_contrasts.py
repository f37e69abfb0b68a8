"""How the levels of a category become columns: treatment, sum, polynomial, Helmert and difference coding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design._columns import Level
    from peerstats.typing import Array

__all__ = ["CONTRASTS", "MOST_POLYNOMIAL", "contrast_matrix", "contrast_suffixes", "polynomial"]

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


@lru_cache(maxsize=256)
def contrast_matrix(
    contrast: str, n: int, reference: int | None, scores: tuple[float, ...], *, full: bool
) -> Array:
    """Return the contrast matrix of some levels.

    Parameters
    ----------
    contrast : {"treatment", "sum", "poly", "helmert", "diff"}
        The coding.
    n : int
        Number of levels.
    reference : int or None
        With treatment coding the place of the level whose mean the intercept is, with sum coding that of the
        level whose coefficient is minus the sum of the others'.
    scores : tuple of float
        With polynomial coding where the levels stand; equally spaced if empty.
    full : bool
        Whether the columns span the intercept too.

    Returns
    -------
    (n, n) or (n, n - 1) array
        One row per level; kept for the next block of rows, so not to be written to.

    Notes
    -----
    R: ``contr.treatment``, ``contr.sum``, ``contr.poly``, ``contr.helmert`` and ``MASS::contr.sdif``.

    Examples
    --------
    >>> contrast_matrix("sum", 3, 2, (), full=False)
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1., -1.]])
    """
    if contrast == "treatment":
        matrix = np.eye(n) if full or reference is None else np.delete(np.eye(n), reference, axis=1)
    elif contrast == "poly":
        matrix = polynomial(np.array(scores or range(n), dtype=float))[:, 0 if full else 1 :]
    else:
        if contrast == "sum":
            omitted = n - 1 if reference is None else reference
            matrix = np.delete(np.eye(n), omitted, axis=1)
            matrix[omitted] = -1.0
        elif contrast == "helmert":
            matrix = -np.triu(np.ones((n, n - 1)))
            matrix[np.arange(1, n), np.arange(n - 1)] = np.arange(1, n)
        else:
            matrix = _differences(n)
        matrix = np.column_stack([np.ones(n), matrix]) if full else matrix
    matrix.flags.writeable = False
    return matrix


def contrast_suffixes(
    contrast: str, levels: Sequence[Level], reference: int | None, *, full: bool
) -> list[str]:
    """Return what is written behind a factor's name for each of its columns, as patsy writes it.

    Parameters
    ----------
    contrast, reference, full
        As in `contrast_matrix`.
    levels : sequence
        The levels in order.

    Returns
    -------
    list of str
        One for each column.

    Examples
    --------
    >>> contrast_suffixes("sum", ["NC", "OR", "PA"], 2, full=True)
    ['[mean]', '[S.NC]', '[S.OR]']
    """
    names = [str(level) for level in levels]
    others = [name for i, name in enumerate(names) if i != reference]
    if contrast == "treatment":
        return [f"[{name}]" for name in names] if full else [f"[T.{name}]" for name in others]
    if contrast == "poly":
        powers = [*_POWERS, *(f"^{power}" for power in range(len(_POWERS), len(names)))]
        return powers[0 if full else 1 : len(names)]
    if contrast == "sum":
        return [*(["[mean]"] if full else []), *(f"[S.{name}]" for name in others)]
    if contrast == "helmert":
        return [*(["[H.intercept]"] if full else []), *(f"[H.{name}]" for name in names[1:])]
    # patsy names a step by the level before it, and the columns of full coding by all levels
    return [f"[D.{name}]" for name in (names if full else names[:-1])]
