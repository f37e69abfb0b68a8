"""The covariance of a total in a stratified sample of single rows, from sums that batches add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics._stratified import averaged, unsampled

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["add_by_unit", "element_factor", "element_meat"]


def add_by_unit(totals: Array, scores: Array, codes: IntArray) -> None:
    """Add the scores of a block of rows to the sums of their units.

    Parameters
    ----------
    totals : (G, p) float array
        Sums of each unit or stratum up to now; they are changed.
    scores : (p, m) float array
        Weighted scores of the block's rows.
    codes : (m,) int array
        Unit or stratum of each row, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import add_by_unit
    >>> totals = np.zeros((2, 1))
    >>> add_by_unit(totals, np.array([[1.0, 2.0, 4.0]]), np.array([1, 0, 1]))
    >>> totals.T
    array([[2., 5.]])
    """
    order = np.argsort(codes, kind="stable")
    present, first = np.unique(codes[order], return_index=True)
    totals[present] += np.add.reduceat(scores[:, order], first, axis=1).T


def element_factor(sizes: Array, sampled: Array | None, lonely: str) -> Array:
    """Return what the outer product of a row's scores is multiplied by, for each stratum.

    Parameters
    ----------
    sizes : (H,) float array
        Rows of each stratum, every one a sampling unit, those without scores counted.
    sampled : (H,) float array or None
        Share of each stratum's units that was sampled; None of a large population.
    lonely : {"fail", "adjust", "average", "certainty"}
        What a stratum with a single unit gives.

    Returns
    -------
    (H,) float array
        n_h / (n_h - 1) (1 - f_h); of a single unit 1 - f_h under "adjust", else 0.

    Raises
    ------
    InputError
        If a stratum has a single unit and the rule is "fail".

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import element_factor
    >>> element_factor(np.array([2.0, 5.0]), np.array([0.0, 0.5]), "fail")
    array([2.   , 0.625])
    """
    left = unsampled(sizes, sampled)
    single = (sizes == 1) & (left > 0)
    if single.any() and lonely == "fail":
        raise InputError(
            f"element_factor(): stratum {int(np.argmax(single))} has a single unit.",
            'Join it with another stratum, or choose lonely="adjust", "average" or "certainty".',
        )
    factor: Array = left * sizes / np.maximum(sizes - 1, 1)
    if lonely != "adjust":
        factor[sizes == 1] = 0.0  # nothing but its own mean to be compared with
    return factor


def element_meat(
    totals: Array,
    products: Array,
    sizes: Array,
    *,
    sampled: Array | None = None,
    lonely: str = "fail",
    counted: BoolArray | None = None,
) -> Array:
    """Return the linearised covariance of the sum of scores where every row is a sampling unit.

    Parameters
    ----------
    totals : (H, p) float array
        Sums of the weighted scores z of each stratum.
    products : (p, p) float array
        Sum over the rows of z z' times the `element_factor` of its stratum.
    sizes : (H,) float array
        Rows of each stratum, those without scores counted.
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
    What `stratified_meat` gives where no two rows share a unit, no row being kept: the sum over strata of
    n_h / (n_h - 1) (1 - f_h) times (sum of z z' - n_h m m'), m being the mean of the stratum's n_h rows.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import element_meat
    >>> totals, squares = np.array([[4.0], [10.0]]), np.array([10.0, 68.0])
    >>> element_meat(totals, np.array([[2 * squares.sum()]]), np.array([2.0, 2.0]))
    array([[40.]])
    """
    factor = element_factor(sizes, sampled, lonely)
    means = totals / np.maximum(sizes, 1)[:, None]
    if lonely == "adjust":
        means[sizes == 1] = 0.0
    meat: Array = products - (means * (factor * sizes)[:, None]).T @ means
    single = (sizes == 1) & (unsampled(sizes, sampled) > 0)
    return averaged(meat, single, counted) if lonely == "average" and single.any() else meat
