"""Tests that groups of a survey are alike, with the errors of its design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from peerstats.estimates._crosstab import cell_shares
from peerstats.estimates._linear import Sums, linear_estimates
from peerstats.numerics import GroupTest, rao_scott_test, weighted_midranks

if TYPE_CHECKING:
    from peerstats.estimates._sample import Sample
    from peerstats.typing import Array, IntArray

__all__ = ["design_mean_test", "design_rank_test", "design_share_test"]

_FEWEST = 2  # groups, or levels, that can differ


def design_mean_test(sample: Sample, group: IntArray, n_groups: int, values: Array) -> GroupTest | None:
    """Test that the groups of a survey have one mean.

    Parameters
    ----------
    sample : Sample
        The sample and its design.
    group : (n,) int array
        Group of each row, from 0; -1 for none.
    n_groups : int
        Groups g.
    values : (n,) float array
        NaN where missing.

    Returns
    -------
    GroupTest or None
        Wald's F of the g - 1 differences of means on g - 1 and df - (g - 1) degrees of freedom, df being the
        design's; None where a group has no value or the differences have no error.

    Notes
    -----
    R's ``survey::svyttest`` for two groups (F is the square of its t), ``regTermTest`` of a ``svyglm`` for
    more.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import design_mean_test, read_groups, read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> groups = read_groups(sample, "job", "f")
    >>> round(design_mean_test(sample, groups.code, 2, people["age"].to_numpy()).p_value, 4)
    0.8838
    """
    used = ~np.isnan(values) & (group >= 0)
    if n_groups < _FEWEST or (np.bincount(group[used], minlength=n_groups) == 0).any():
        return None
    found = linear_estimates(
        sample,
        Sums(
            top=np.where(used, values, 0.0)[:, None],
            bottom=used[:, None].astype(float),
            used=used[:, None],
            group=np.where(used, group, -1),
            n_groups=n_groups,
        ),
    )
    df_numerator = n_groups - 1.0
    df = sample.degrees_of_freedom(used) - df_numerator
    if found.covariance is None or not df > 0:
        return None
    contrast = np.column_stack([-np.ones(n_groups - 1), np.eye(n_groups - 1)])
    off = contrast @ found.estimate[:, 0]
    spread = contrast @ found.covariance @ contrast.T
    if not np.isfinite(spread).all() or np.linalg.matrix_rank(spread, hermitian=True) < n_groups - 1:
        return None
    f = float(off @ np.linalg.solve(spread, off)) / df_numerator
    return GroupTest(
        statistic=f,
        df_numerator=df_numerator,
        df_denominator=float(df),
        p_value=float(fdtrc(df_numerator, df, f)),
        difference=-float(off[0]) if n_groups == _FEWEST else np.nan,
    )


def design_rank_test(sample: Sample, group: IntArray, n_groups: int, values: Array) -> GroupTest | None:
    """Test by ranks that the groups of a survey have one distribution.

    Parameters
    ----------
    sample : Sample
        The sample and its design.
    group : (n,) int array
        Group of each row, from 0; -1 for none.
    n_groups : int
        Groups g.
    values : (n,) float array
        NaN where missing.

    Returns
    -------
    GroupTest or None
        F, as in `design_mean_test`, of the estimated ranks in the population.

    Notes
    -----
    Lumley and Scott's design-based Kruskal-Wallis test, R's ``survey::svyranktest``.

    References
    ----------
    .. [1] Lumley and Scott (2013), Biometrika 100(4), 831-842.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import design_rank_test, read_groups, read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> groups = read_groups(sample, "job", "f")
    >>> round(design_rank_test(sample, groups.code, 2, people["age"].to_numpy()).p_value, 4)
    1.0
    """
    used = ~np.isnan(values) & (group >= 0)
    ranks = np.full(len(values), np.nan)
    if used.any():
        ranks[used] = weighted_midranks(values[used], sample.weights[used])
    return design_mean_test(sample, group, n_groups, ranks)


def design_share_test(sample: Sample, group: IntArray, level: IntArray) -> GroupTest | None:
    """Test that a column of levels is independent of the groups of a survey.

    Parameters
    ----------
    sample : Sample
        The sample and its design.
    group, level : (n,) int arrays
        Group and level of each row, from 0; -1 for none.

    Returns
    -------
    GroupTest or None
        Rao and Scott's second-order F; None where fewer than two groups or levels occur.

    Notes
    -----
    R's ``survey::svychisq``, Stata's ``svy: tabulate``, and what `crosstab` tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import design_share_test, read_groups, read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> groups = read_groups(sample, "job", "f")
    >>> round(design_share_test(sample, groups.code, (people["age"] > 42).to_numpy().astype(int)).p_value, 4)
    1.0
    """
    known = (group >= 0) & (level >= 0)
    rows, row_code = np.unique(group[known], return_inverse=True)
    columns, column_code = np.unique(level[known], return_inverse=True)
    shape = (len(rows), len(columns))
    if min(shape) < _FEWEST:
        return None
    n_cells = shape[0] * shape[1]
    cell = np.full(len(group), -1, dtype=np.int64)
    cell[known] = row_code * shape[1] + column_code
    found = linear_estimates(
        sample,
        Sums(
            top=known[:, None].astype(float), bottom=None, used=known[:, None], group=cell, n_groups=n_cells
        ),
    )
    df = sample.degrees_of_freedom(known)
    if found.covariance is None and found.values is None:
        return None
    shares, covariance, _ = cell_shares(sample, found, np.zeros(n_cells, dtype=np.int64))
    test = rao_scott_test(shares.reshape(shape), covariance, df)
    return GroupTest(
        statistic=test.statistic,
        df_numerator=test.df_numerator,
        df_denominator=test.df_denominator,
        p_value=test.p_value,
    )
