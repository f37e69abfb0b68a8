"""Polychoric correlations in two steps: thresholds from the margins, then each pair's correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics._bivariate_normal import cell_probabilities
from peerstats.numerics._pair_tables import tables_of, thresholds_of

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["LARGEST_POLYCHORIC", "Polychoric", "polychoric"]

# Tables in which the answers lie on a line have no maximum: their correlation stops here, and is said.
LARGEST_POLYCHORIC = 0.9999

_TOLERANCE = 1e-10
# Beyond _NEAR, a log-likelihood that can rise by no more than this has an empty cell for its only maximum.
_NEAR, _FLAT = 0.9, 1e-6
_END = 1e-6  # a correlation this near to the end of the range has reached it
_MOST_STEPS = 100
# An answer in a cell of probability 1e-9 leaves rounding errors of 1e-8 in every step: then this is enough.
_PATIENCE, _ROUGH = 20, 1e-7
# Below this a probability is the rounding error of Owen's T: the correlation tried is too extreme.
_LEAST = 1e-14
_TABLES = 2048  # tables fitted at once: what the processor's cache holds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polychoric:
    """Polychoric correlations of m items, of one sample or of R replicates; `...` is () or (R,).

    Attributes
    ----------
    correlation : (..., m, m) array
        The matrix, 1 on its diagonal; NaN for an item with one category only.
    thresholds : (..., m, K - 1) array
        Where the latent normal variable of an item passes from one category to the next; -inf and inf
        beyond the categories that occur.
    positive_definite : (...) bool array
        Whether the matrix is; each pair is fitted by itself, so it need not be.
    at_bound : (..., m, m) bool array
        Pairs whose likelihood rises all the way to +-1: they stand at +-0.9999, or where the probability of
        a cell that is not empty passes below 1e-14.
    n_iterations : int
        Newton steps of the slowest pair.
    """

    correlation: Array
    thresholds: Array
    positive_definite: BoolArray
    at_bound: BoolArray
    n_iterations: int


def polychoric(
    codes: IntArray, weights: Array | None = None, *, n_categories: int | None = None, correct: float = 0.0
) -> Polychoric:
    """Estimate polychoric correlations of items with ordered categories.

    Parameters
    ----------
    codes : (n, m) int array
        Answers as 0, 1, ..., K - 1; -1 where there is none. Pairs use the respondents who answered both.
    weights : (n,) or (n, R) array, optional
        Weights, or R columns of replicate weights; zero or positive.
    n_categories : int, optional
        K; by default the largest code and one.
    correct : float
        Respondents put into each empty cell of a pair's table before its correlation is fitted; 0 for none.

    Returns
    -------
    Polychoric
        Correlations and thresholds; with (n, R) weights each has a first axis of R.

    Raises
    ------
    InputError
        If there are fewer than two items, or the weights do not fit the answers.

    Notes
    -----
    Olsson's (1979) two steps. Thresholds are normal quantiles of an item's cumulative shares, over everybody
    who answered it. Given them, the correlation of a pair maximises sum n_ij log P_ij(r); Newton steps inside
    a bracket, to 1e-10. R: ``psych::polychoric(x, correct = 0)``, whose search stops at about 1e-4, and
    ``lavaan::lavCor(x, ordered = names(x))``. psych's default `correct = 0.5` changes a table only where the
    items differ in their number of categories (psych 2.2.9); here `correct` acts on every table with an empty
    cell, and the thresholds stay as they are.

    References
    ----------
    .. [1] Olsson (1979), Psychometrika 44(4), 443-460.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import polychoric
    >>> codes = np.array([[0, 0]] * 40 + [[0, 1]] * 10 + [[1, 0]] * 10 + [[1, 1]] * 40)
    >>> round(float(polychoric(codes).correlation[0, 1]), 4)
    0.809
    """
    codes = np.asarray(codes, dtype=np.int64)
    columns = _columns(codes, weights)
    size = int(n_categories or codes.max(initial=0) + 1)
    thresholds = thresholds_of(codes, columns, size)
    first, second = np.triu_indices(codes.shape[1], 1)
    tables = tables_of(codes, columns, size)
    if correct:
        tables = np.where(tables == 0, correct, tables)
    h, k = thresholds[:, first], thresholds[:, second]
    shape = tables.shape[:2]
    flat, stuck, n_iterations = _fit(
        tables.reshape(-1, size, size), h.reshape(-1, size - 1), k.reshape(-1, size - 1)
    )
    matrix = np.broadcast_to(np.eye(codes.shape[1]), (shape[0],) + (codes.shape[1],) * 2).copy()
    matrix[:, first, second] = matrix[:, second, first] = flat.reshape(shape)
    at_bound = np.zeros(matrix.shape, dtype=bool)
    at_bound[:, first, second] = at_bound[:, second, first] = stuck.reshape(shape)
    if weights is None or np.asarray(weights).ndim == 1:
        return _record(matrix[0], thresholds[0], at_bound[0], n_iterations)
    return _record(matrix, thresholds, at_bound, n_iterations)


def _record(matrix: Array, thresholds: Array, at_bound: BoolArray, n_iterations: int) -> Polychoric:
    positive = np.linalg.eigvalsh(np.nan_to_num(matrix))[..., 0] > np.finfo(float).eps
    record = Polychoric(
        correlation=matrix,
        thresholds=thresholds,
        positive_definite=np.asarray(positive & np.isfinite(matrix).all(axis=(-2, -1))),
        at_bound=at_bound,
        n_iterations=n_iterations,
    )
    for part in (record.correlation, record.thresholds, record.positive_definite, record.at_bound):
        part.flags.writeable = False
    return record


def _columns(codes: IntArray, weights: Array | None) -> Array:
    """Check answers and weights, and return the weights as (n, R)."""
    if codes.ndim != 2 or codes.shape[1] < 2:  # noqa: PLR2004  (a pair needs two items)
        raise InputError(
            f"polychoric(): codes has the shape {codes.shape}.",
            "Give one row a respondent and two items or more.",
        )
    columns = np.ones((len(codes), 1)) if weights is None else np.asarray(weights, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if len(columns) != len(codes) or not (np.isfinite(columns) & (columns >= 0)).all():
        raise InputError(
            f"polychoric(): weights of the shape {columns.shape} for {len(codes)} respondents, or a weight "
            "that is negative, missing or infinite.",
            "Give one weight, zero or positive, for each respondent.",
        )
    return columns


def _fit(tables: Array, rows: Array, columns: Array) -> tuple[Array, BoolArray, int]:
    """Fit the correlation of each table, some thousands at a time."""
    found, stuck = np.empty(len(tables)), np.zeros(len(tables), dtype=bool)
    taken = 0
    for begin in range(0, len(tables), _TABLES):
        part = slice(begin, begin + _TABLES)
        found[part], stuck[part], steps = _maximise(tables[part], rows[part], columns[part])
        taken = max(taken, steps)
    return found, stuck, taken


def _maximise(tables: Array, rows: Array, columns: Array) -> tuple[Array, BoolArray, int]:
    r = _pearson(tables)
    low, high = np.full(len(r), -LARGEST_POLYCHORIC), np.full(len(r), LARGEST_POLYCHORIC)
    stuck = np.zeros(len(r), dtype=bool)
    moving = np.flatnonzero(~np.isnan(r))
    taken = 0
    while moving.size and taken < _MOST_STEPS:
        taken += 1
        at = r[moving]
        score, step, curvature = _step(tables[moving], rows[moving], columns[moving], at)
        low[moving] = np.where(score > 0, at, low[moving])
        high[moving] = np.where(score < 0, at, high[moving])
        found = np.abs(step) < (_TOLERANCE if taken < _PATIENCE else _ROUGH)
        to = at + step
        inside = (to > low[moving]) & (to < high[moving])
        to = np.where(inside | found, to, (low[moving] + high[moving]) / 2)
        # the bracket shrinks onto an end of the range where the likelihood rises all the way to it, and onto
        # a point inside where a probability passes below double precision
        rest = LARGEST_POLYCHORIC - np.abs(to)
        flat = (score * at >= 0) & (np.abs(at) > _NEAR) & (curvature * rest**2 < _FLAT)
        ended = (rest < _END) | flat
        stuck[moving] = ended | (~found & (high[moving] - low[moving] < _END))
        r[moving] = np.where(ended, np.copysign(LARGEST_POLYCHORIC, to), to)
        moving = moving[~(found | stuck[moving])]
    return r, stuck, taken


def _step(tables: Array, rows: Array, columns: Array, r: Array) -> tuple[Array, Array, Array]:
    """Return the score of each table's log-likelihood at r, the Newton step, and the curvature."""
    probability, first, second = cell_probabilities(rows, columns, r)
    filled = tables > 0
    safe = np.where(filled & (probability > _LEAST), probability, 1.0)
    ratio = np.where(filled, first / safe, 0.0)
    score = np.einsum("tij,tij->t", tables, ratio)
    observed = np.einsum("tij,tij->t", tables, ratio**2 - np.where(filled, second / safe, 0.0))
    expected = tables.sum(axis=(1, 2)) * (first**2 / np.maximum(probability, _LEAST)).sum(axis=(1, 2))
    curvature = np.where(observed > 0, observed, expected)
    lost = (filled & (probability <= _LEAST)).any(axis=(1, 2))
    score = np.where(lost, -np.sign(r), score)
    step = np.where(lost, np.nan, score / np.where(curvature > 0, curvature, 1.0))
    return score, step, np.where(lost, np.inf, curvature)


def _pearson(tables: Array) -> Array:
    """Return the correlation of the category numbers, the start; NaN where one has a single category."""
    size = tables.shape[1]
    at = np.arange(size)
    across, down = tables.sum(axis=2), tables.sum(axis=1)
    total = across.sum(axis=1)
    total = np.where(total > 0, total, np.nan)
    x, y = across @ at / total, down @ at / total
    xx = across @ at**2 / total - x**2
    yy = down @ at**2 / total - y**2
    xy = np.einsum("tij,i,j->t", tables, at, at) / total - x * y
    single = ((across > 0).sum(axis=1) < 2) | ((down > 0).sum(axis=1) < 2)  # noqa: PLR2004  (one is a constant)
    spread = np.sqrt(np.where(single, np.nan, xx * yy))
    start: Array = np.clip(xy / spread, -0.9, 0.9)
    return start
