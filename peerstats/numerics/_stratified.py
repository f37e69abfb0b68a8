"""The covariance of a total in a stratified sample of clusters, linearised scores in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["EXHAUSTED", "LONELY_RULES", "psu_totals", "stratified_meat"]

LONELY_RULES = ("fail", "adjust", "average", "certainty")
EXHAUSTED = 1e-7  # R's survey takes a stratum of which less is left unsampled as wholly sampled


def psu_totals(scores: Array, psu: IntArray, n_psu: int) -> Array:
    """Add the scores of each primary sampling unit.

    Parameters
    ----------
    scores : (n, p) float array
        Weighted scores.
    psu : (n,) int array
        Unit of each row, from 0; -1 for rows that are in none.
    n_psu : int
        Units G.

    Returns
    -------
    (G, p) float array
        The sums.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import psu_totals
    >>> psu_totals(np.array([[1.0], [2.0], [4.0]]), np.array([1, 0, 1]), 2)
    array([[2.],
           [5.]])
    """
    totals = np.zeros((n_psu, scores.shape[1]))
    order = np.argsort(psu, kind="stable")
    order = order[np.searchsorted(psu[order], 0) :]
    if len(order):
        present, first = np.unique(psu[order], return_index=True)
        totals[present] = np.add.reduceat(scores[order], first, axis=0)
    return totals


def unsampled(sizes: Array, sampled: Array | None) -> Array:
    """Return the share of each stratum's units that was not sampled; 0 where next to none is left."""
    left = np.ones(len(sizes)) if sampled is None else 1.0 - sampled
    return np.where(left < EXHAUSTED, 0.0, left)


def averaged(meat: Array, single: BoolArray, counted: BoolArray | None) -> Array:
    """Let each stratum with a single unit have the mean of what the other counted ones have."""
    chosen = np.ones(len(single), dtype=bool) if counted is None else counted
    with_variance = int((chosen & ~single).sum())
    if not with_variance:
        raise InputError(
            "lonely='average': every stratum has a single unit: there is no other to take a mean of.",
            "Join strata.",
        )
    larger: Array = meat * (chosen.sum() / with_variance)
    return larger


def stratified_meat(
    scores: Array,
    psu: IntArray,
    stratum: IntArray,
    *,
    sampled: Array | None = None,
    lonely: str = "fail",
    counted: BoolArray | None = None,
) -> Array:
    """Return the linearised covariance of the sum of scores.

    Parameters
    ----------
    scores : (n, p) float array
        Weighted scores or influence values; zeros outside a subpopulation.
    psu : (n,) int array
        Primary sampling unit of each row, from 0; -1 for rows that are in none.
    stratum : (G,) int array
        Stratum of each unit, from 0.
    sampled : (H,) float array, optional
        Share of each stratum's units that was sampled; none of a large population by default.
    lonely : {"fail", "adjust", "average", "certainty"}
        What a stratum with a single unit gives.
    counted : (H,) bool array, optional
        Strata that "average" counts, those with a member of the subpopulation; by default all.

    Returns
    -------
    (p, p) float array
        The covariance.

    Raises
    ------
    InputError
        If a stratum has a single unit and the rule is "fail", or it is "average" and no stratum has two.

    Notes
    -----
    The sum over strata of n_h / (n_h - 1) (1 - f_h) times the sum over units of (z - m)(z - m)', z being a
    unit's summed scores and m the mean of the stratum's n_h units, those without scores counted: R's
    ``survey::svyrecvar`` of one stage. A single unit that is not the whole of its stratum gives nothing
    ("certainty"), (1 - f_h) z z' ("adjust"), or the mean of the other counted strata ("average"): R's
    ``options(survey.lonely.psu =)``. "adjust" centres at zero, which is where the scores of means, ratios
    and model coefficients have their grand mean.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import stratified_meat
    >>> scores = np.array([[1.0], [3.0], [2.0], [8.0]])
    >>> stratified_meat(scores, np.arange(4), np.array([0, 0, 1, 1]))
    array([[40.]])
    """
    sizes = np.bincount(stratum).astype(float)
    left = unsampled(sizes, sampled)
    single = (sizes == 1) & (left > 0)
    if single.any() and lonely == "fail":
        raise InputError(
            f"stratified_meat(): stratum {int(np.argmax(single))} has a single unit.",
            'Join it with another stratum, or choose lonely="adjust", "average" or "certainty".',
        )
    totals = psu_totals(scores, psu, len(stratum))
    means = psu_totals(totals, stratum, len(sizes)) / np.maximum(sizes, 1)[:, None]
    factor = left * sizes / np.maximum(sizes - 1, 1)
    if lonely == "adjust":
        means[single] = 0.0
    deviations = totals - means[stratum]
    meat: Array = (deviations * factor[stratum][:, None]).T @ deviations
    return averaged(meat, single, counted) if lonely == "average" and single.any() else meat
