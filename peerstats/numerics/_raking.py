"""Raking: weights that add to known margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Raked", "kish_effect", "rake_weights"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raked:
    """Raked weights.

    Parameters
    ----------
    weights : (n, c) float array
        The weights, one column a set.
    n_cycles : int
        Cycles through the margins that the slowest set took.
    miss : (c,) float array
        Largest distance of a sum from its target, as a share of the target.
    converged : (c,) bool array
        Whether it is within the tolerance.
    """

    weights: Array
    n_cycles: int
    miss: Array
    converged: BoolArray


def kish_effect(weights: Array) -> float:
    """Return Kish's design effect of unequal weights.

    Parameters
    ----------
    weights : (n,) float array
        Weights; rows with zero are nobody.

    Returns
    -------
    float
        n times the sum of squared weights over the square of their sum, n counting positive weights: 1 plus
        the squared coefficient of variation.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import kish_effect
    >>> kish_effect(np.array([1.0, 3.0]))
    1.25
    """
    return float((weights > 0).sum() * (weights @ weights) / weights.sum() ** 2)


def _clip(weights: Array, bounds: tuple[float, float]) -> Array:
    """Bring positive weights between two multiples of their mean."""
    positive = weights > 0
    mean = weights.sum(axis=0) / np.maximum(positive.sum(axis=0), 1)
    return np.where(positive, np.clip(weights, bounds[0] * mean, bounds[1] * mean), 0.0)


def rake_weights(
    weights: Array,
    margins: Sequence[tuple[IntArray, Array]],
    *,
    max_cycles: int,
    tolerance: float,
    bounds: tuple[float, float] | None = None,
) -> Raked:
    """Scale weights to margins, one margin after another, until all hold.

    Parameters
    ----------
    weights : (n, c) float array
        Base weights, zero or positive, one column a set; each set is raked by itself.
    margins : sequence of ((n,) int array, (L,) float array)
        For each margin the level of each row, from 0 (-1 for rows of weight zero that have none), and the
        target of each level.
    max_cycles : int
        Cycles at most.
    tolerance : float
        Largest distance from a target that is left, as a share of it.
    bounds : (float, float), optional
        Least and greatest weight as multiples of the set's mean positive weight; what lies outside is brought
        to the bound in each cycle, and the margins give the difference to the other rows.

    Returns
    -------
    Raked
        Weights, and how near the margins are.

    Notes
    -----
    Iterative proportional fitting: R's ``survey::rake``. With bounds, weights are cut after each cycle, as in
    the Stata command ``ipfraking``. Levels without weight are left as they are, and count as missed.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import rake_weights
    >>> sex = (np.array([0, 0, 1]), np.array([6.0, 4.0]))
    >>> rake_weights(np.ones((3, 1)), [sex], max_cycles=10, tolerance=1e-10).weights.ravel()
    array([3., 3., 4.])
    """
    n, n_sets = weights.shape
    steps = []
    for codes, targets in margins:
        rows = np.flatnonzero(codes >= 0)
        adding = csr_array((np.ones(len(rows)), (codes[rows], rows)), shape=(len(targets), n))
        steps.append((codes, targets[:, None], adding))
    done: Array = np.array(weights, dtype=float)
    miss = np.full(n_sets, np.inf)
    # a set that is done leaves the cycle, so that its weights do not depend on the others
    active = np.arange(n_sets)
    n_cycles = 0
    while len(active) and n_cycles < max_cycles:
        n_cycles += 1
        w = done[:, active]
        for codes, targets, adding in steps:
            sums = adding @ w
            w = w * (targets / np.where(sums > 0, sums, targets))[codes]
        if bounds is not None:
            w = _clip(w, bounds)
        done[:, active] = w
        far = [(np.abs(adding @ w - targets) / targets).max(axis=0) for _, targets, adding in steps]
        miss[active] = np.max(far, axis=0)
        active = active[miss[active] > tolerance]
    return Raked(weights=done, n_cycles=n_cycles, miss=miss, converged=miss <= tolerance)
