"""Tests that groups have equal means or ranks, from sums; exact tests of tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc, gammaln

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = [
    "GroupTest",
    "fisher_exact_p",
    "kruskal_test",
    "mean_equality_test",
    "weighted_midranks",
]

_MOST_TABLES = 500_000  # tables enumerated at once: about 50 MB, a tenth of a second
_SAME = 1e-7  # R's fisher.test takes probabilities as equal within this factor
_FEWEST = 2  # groups, and values of a group, that a test needs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupTest:
    """A test of groups.

    Attributes
    ----------
    statistic : float
        F or chi-square; NaN where there is no test.
    df_numerator, df_denominator : float
        Degrees of freedom; the denominator's are infinite for a chi-square.
    p_value : float
    difference : float
        Of two groups the first one's mean, or mean rank, less the second's; else NaN.
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float
    difference: float = np.nan


_NONE = GroupTest(statistic=np.nan, df_numerator=np.nan, df_denominator=np.nan, p_value=np.nan)


def mean_equality_test(n: Array, mean: Array, variance: Array, *, equal_var: bool = False) -> GroupTest:
    """Test that groups have one mean.

    Parameters
    ----------
    n, mean, variance : (g,) float arrays
        Respondents, means and variances (divisor n - 1) of the groups.
    equal_var : bool
        Whether the groups are taken to have one variance: the analysis of variance. Otherwise Welch's test.

    Returns
    -------
    GroupTest
        F; its statistic is NaN where a group has fewer than two values, or no variance is left.

    Notes
    -----
    R's ``oneway.test(var.equal = equal_var)``. With two groups F is the square of Student's or Welch's t, and
    the p-value the same.

    References
    ----------
    .. [1] Welch (1951), Biometrika 38(3-4), 330-336.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import mean_equality_test
    >>> found = mean_equality_test(np.array([10.0, 20.0]), np.array([5.0, 6.0]), np.array([2.0, 3.0]))
    >>> round(found.statistic, 4), round(found.df_denominator, 4)
    (2.8571, 21.7636)
    """
    g = len(n)
    if g < _FEWEST or (n < _FEWEST).any():
        return _NONE
    if equal_var:
        whole = n.sum()
        within, df = (n - 1) @ variance / (whole - g), float(whole - g)
        between = n @ (mean - n @ mean / whole) ** 2 / (g - 1)
        if not within > 0:
            return _NONE
        f = between / within
    else:
        if not (variance > 0).all():
            return _NONE
        w = n / variance
        centre = w @ mean / w.sum()
        off = ((1 - w / w.sum()) ** 2 / (n - 1)).sum() / (g**2 - 1)
        f = w @ (mean - centre) ** 2 / (g - 1) / (1 + 2 * (g - 2) * off)
        df = float(1 / (3 * off))
    return GroupTest(
        statistic=float(f),
        df_numerator=g - 1.0,
        df_denominator=df,
        p_value=float(fdtrc(g - 1, df, f)),
        difference=float(mean[0] - mean[1]) if g == _FEWEST else np.nan,
    )


def _runs(ordered: Array) -> IntArray:
    """Return where runs of equal values begin in values in ascending order."""
    new = np.empty(len(ordered), dtype=bool)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    starts: IntArray = np.flatnonzero(new)
    return starts


def kruskal_test(ordered: Array, group: IntArray, n_groups: int, copies: Array | None = None) -> GroupTest:
    """Test by ranks that groups have one distribution.

    Parameters
    ----------
    ordered : (n,) array
        Values in ascending order.
    group : (n,) int array
        Group of each value, from 0.
    n_groups : int
        Groups g.
    copies : (n,) float array, optional
        How many respondents have each value.

    Returns
    -------
    GroupTest
        Kruskal and Wallis's chi-square on g - 1 degrees of freedom, corrected for ties; with two groups
        Wilcoxon's rank-sum test by the normal distribution, without continuity correction.

    Notes
    -----
    R's ``kruskal.test``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import kruskal_test
    >>> round(kruskal_test(np.arange(6.0), np.array([0, 0, 1, 0, 1, 1]), 2).p_value, 6)
    0.12663
    """
    w = np.ones(len(ordered)) if copies is None else copies
    sizes = np.bincount(group, weights=w, minlength=n_groups)
    whole = float(w.sum())
    if n_groups < _FEWEST or not (sizes > 0).all():
        return _NONE
    starts = _runs(ordered)
    tied = np.add.reduceat(w, starts)
    rank = np.cumsum(tied) - (tied - 1) / 2  # the mean rank of each run
    of_run = np.repeat(rank, np.diff(np.append(starts, len(ordered))))
    sums = np.bincount(group, weights=w * of_run, minlength=n_groups)
    ties = 1 - (tied**3 - tied).sum() / (whole**3 - whole)
    if not ties > 0:
        return _NONE
    h = float((12 / (whole * (whole + 1)) * (sums**2 / sizes).sum() - 3 * (whole + 1)) / ties)
    return GroupTest(
        statistic=h,
        df_numerator=n_groups - 1.0,
        df_denominator=np.inf,
        p_value=float(chdtrc(n_groups - 1, max(h, 0.0))),
    )


def weighted_midranks(values: Array, weights: Array) -> Array:
    """Return the share of the weights below each value, half of those equal to it counted.

    Parameters
    ----------
    values, weights : (n,) arrays
        Finite values and positive weights.

    Returns
    -------
    (n,) array
        Between 0 and 1.

    Notes
    -----
    The estimated population ranks of Lumley and Scott, over the population's size. Among equal values R's
    ``svyranktest`` averages sums that depend on the order of the rows; here they share one rank.

    References
    ----------
    .. [1] Lumley and Scott (2013), Biometrika 100(4), 831-842.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import weighted_midranks
    >>> weighted_midranks(np.array([3.0, 1.0, 3.0]), np.array([1.0, 2.0, 1.0]))
    array([0.75, 0.25, 0.75])
    """
    order = np.argsort(values, kind="stable")
    starts = _runs(values[order])
    tied = np.add.reduceat(weights[order], starts)
    middle = np.cumsum(tied) - tied / 2
    found = np.empty(len(values))
    found[order] = np.repeat(middle, np.diff(np.append(starts, len(values))))
    return np.asarray(found / weights.sum())


def fisher_exact_p(counts: Array) -> float | None:
    """Return the p-value of Fisher's exact test of an r x c table.

    Parameters
    ----------
    counts : (r, c) array
        Numbers of people; no row and no column is empty.

    Returns
    -------
    float or None
        None where there are more tables with these margins than can be looked at.

    Notes
    -----
    The summed probabilities, under the margins, of all tables no more probable than this one (Freeman and
    Halton 1951): R's ``fisher.test``, two-sided. The tables are enumerated, up to half a million.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import fisher_exact_p
    >>> round(fisher_exact_p(np.array([[3.0, 1.0], [1.0, 3.0]])), 6)
    0.485714
    """
    table = np.asarray(counts, dtype=np.int64)
    # fewest partial tables first: the smaller margin in front
    table = table[:, np.argsort(table.sum(axis=0))]
    if table.shape[0] > table.shape[1]:
        table = table.T[:, np.argsort(table.sum(axis=1))]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    left = rows[None, :].copy()  # what is left of each row, one line a partial table
    score = np.zeros(1)  # minus the summed log factorials
    for total in columns[:-1]:
        rest = np.array([total])
        rest = np.repeat(rest, len(left))
        for i in range(len(rows)):
            below = left[:, i + 1 :].sum(axis=1)  # what the rows further down can still take
            low, high = np.maximum(rest - below, 0), np.minimum(rest, left[:, i])
            times = high - low + 1
            n_tables = int(times.sum())
            if n_tables > _MOST_TABLES:
                return None
            parent = np.repeat(np.arange(len(left)), times)
            value = low[parent] + np.arange(n_tables) - np.repeat(np.cumsum(times) - times, times)
            left, rest = left[parent], rest[parent] - value
            left[:, i] -= value
            score = score[parent] - gammaln(value + 1)
    score = score - gammaln(left + 1).sum(axis=1)
    own = -gammaln(table + 1).sum()
    chance = np.exp(score - score.max())
    alike = score <= own + np.log1p(_SAME)
    return float(min(chance[alike].sum() / chance.sum(), 1.0))
