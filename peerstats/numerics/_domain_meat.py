"""The covariance of sums of groups that share no row, the whole sample's units kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from peerstats.errors import InputError
from peerstats.numerics._stratified import EXHAUSTED

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["domain_meat"]


def _cells(
    scores: Array, group: IntArray, psu: IntArray, n_psu: int, copies: Array | None
) -> tuple[Array, IntArray, IntArray, Array, bool]:
    """Return totals, group, unit and copies of each unit's part in each group, groups in order."""
    alone = int((psu >= 0).sum()) == n_psu
    rows = np.flatnonzero((psu >= 0) & (group >= 0))
    if alone:
        rows = rows[np.argsort(group[rows], kind="stable")]
        times = np.ones(len(rows)) if copies is None else copies[rows]
        return scores[rows] / times[:, None], group[rows], psu[rows], times, True
    keys, inverse = np.unique(group[rows] * n_psu + psu[rows], return_inverse=True)
    totals: Array = np.column_stack(
        [np.bincount(inverse, weights=column, minlength=len(keys)) for column in scores[rows].T]
    )
    return totals, keys // n_psu, keys % n_psu, np.ones(len(keys)), False


def _add_within(
    blocks: Array, deviations: Array, of_group: IntArray, of_stratum: IntArray, factor: Array
) -> None:
    """Add to (g, q, q) blocks what respondents within one row differ by; rows are in the order of groups."""
    ends = np.searchsorted(of_group, np.arange(len(blocks) + 1))
    for g in range(len(blocks)):
        part = slice(ends[g], ends[g + 1])
        rows = deviations[part]
        blocks[g] += (rows * factor[of_stratum[part], None]).T @ rows


def domain_meat(
    scores: Array,
    group: IntArray,
    n_groups: int,
    psu: IntArray,
    stratum: IntArray,
    *,
    sampled: Array | None = None,
    lonely: str = "fail",
    copies: Array | None = None,
    within: tuple[Array, IntArray, IntArray] | None = None,
    cross: bool = True,
) -> tuple[Array, Array | None]:
    """Return the linearised covariance of the sums of scores in each group.

    Parameters
    ----------
    scores : (n, q) float array
        Weighted scores, zero where a row is not used.
    group : (n,) int array
        Group of each row, from 0; -1 for rows in none.
    n_groups : int
        Groups g.
    psu : (n,) int array
        Primary sampling unit of each row, from 0; -1 for rows that are in none.
    stratum : (G,) int array
        Stratum of each unit, from 0.
    sampled : (H,) float array, optional
        Share of each stratum's units that was sampled.
    lonely : {"fail", "adjust", "average", "certainty"}
        What a stratum with a single unit gives.
    copies : (n,) float array, optional
        How many identical respondents a row stands for, where each is a unit of its own.
    within : tuple of (m, q) float array, (m,) int array and (m,) int array, optional
        What differs between respondents whom a row is the sum of, where each is a unit of its own: rows whose
        products with themselves add up to those of the deviations from the row's mean, their groups in order
        and their strata.
    cross : bool
        Whether covariances between groups are wanted.

    Returns
    -------
    blocks : (g, q, q) float array
        Covariance within each group.
    whole : (g q, g q) float array or None
        Covariance of all sums, groups slowest.

    Raises
    ------
    InputError
        If a stratum has a single unit and the rule has no answer.

    Notes
    -----
    What `stratified_meat` gives for (n, g q) scores that are zero outside their group, without that matrix.
    Units without members count by their number: with zeros, (0 - m)(0 - m)' each.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import domain_meat
    >>> scores, unit = np.array([[1.0], [3.0], [2.0], [8.0]]), np.arange(4)
    >>> blocks, whole = domain_meat(scores, np.array([0, 0, 1, 1]), 2, unit, np.zeros(4, dtype=int))
    >>> whole.round(3)
    array([[ 8.   , -13.333],
           [-13.333, 57.333]])
    """
    n_psu, q = len(stratum), scores.shape[1]
    totals, of_group, of_psu, times, alone = _cells(scores, group, psu, n_psu, copies)
    if copies is None:
        sizes = np.bincount(stratum).astype(float)
    else:
        seen = psu >= 0
        sizes = np.bincount(stratum[psu[seen]], weights=copies[seen])
    n_strata = len(sizes)
    left = np.ones(n_strata) if sampled is None else np.where(1 - sampled < EXHAUSTED, 0.0, 1 - sampled)
    single: BoolArray = (sizes == 1) & (left > 0)
    if single.any() and (lonely == "fail" or (lonely == "average" and single.all())):
        raise InputError(
            f"domain_meat(): stratum {int(np.argmax(single))} has a single unit.",
            'Join it with another stratum, or choose lonely="adjust" or "certainty".',
        )
    factor = left * sizes / np.maximum(sizes - 1, 1)
    of_stratum = stratum[of_psu]
    place = of_stratum * n_groups + of_group
    cells = n_strata * n_groups
    counts = np.bincount(place, weights=times, minlength=cells).reshape(n_strata, n_groups)
    means = (
        np.column_stack(
            [np.bincount(place, weights=times * column, minlength=cells) for column in totals.T]
        ).reshape(n_strata, n_groups, q)
        / sizes[:, None, None]
    )
    if lonely == "adjust":
        means[single] = 0.0
    deviations = totals - means.reshape(cells, q)[place]
    weight = (factor[of_stratum] * times)[:, None]
    blocks = np.empty((n_groups, q, q))
    ends = np.searchsorted(of_group, np.arange(n_groups + 1))
    for g in range(n_groups):
        part = slice(ends[g], ends[g + 1])
        absent = (factor * (sizes - counts[:, g]))[:, None] * means[:, g]
        blocks[g] = (deviations[part] * weight[part]).T @ deviations[part] + absent.T @ means[:, g]
    if within is not None:
        _add_within(blocks, *within, factor)
    scale = np.ones(n_groups)
    if lonely == "average" and single.any():
        members = counts > 0
        usual = (members & ~single[:, None]).sum(axis=0)
        scale = members.sum(axis=0) / np.where(usual > 0, usual, np.nan)
    blocks *= scale[:, None, None]
    if not cross:
        return blocks, None
    flat = means.reshape(n_strata, n_groups * q)
    whole = -((factor * sizes)[:, None] * flat).T @ flat
    if not alone:
        columns = (of_group * q)[:, None] + np.arange(q)
        wide = csr_array(
            (totals.ravel(), (np.repeat(of_psu, q), columns.ravel())), shape=(n_psu, n_groups * q)
        )
        whole += (wide.multiply(factor[stratum][:, None]).tocsr().T @ wide).toarray()
    spread = np.repeat(np.sqrt(scale), q)
    whole *= np.outer(spread, spread)
    for g in range(n_groups):
        whole[g * q : (g + 1) * q, g * q : (g + 1) * q] = blocks[g]
    return blocks, whole
