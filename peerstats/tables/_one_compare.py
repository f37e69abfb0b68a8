"""Tests and standardised differences of a column between groups."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from peerstats.estimates import design_mean_test, design_rank_test, design_share_test
from peerstats.numerics import (
    GroupTest,
    fisher_exact_p,
    kruskal_test,
    mean_differences,
    mean_equality_test,
    pearson_test,
    share_differences,
)
from peerstats.tables._one_record import Compared, Description

if TYPE_CHECKING:
    from peerstats.estimates import Sample
    from peerstats.tables._one_describe import Sorted
    from peerstats.typing import Array, IntArray

__all__ = ["TESTS", "How", "compare_levels", "compare_numbers", "difference"]

TESTS = ("auto", "mean", "rank", "chi_square", "fisher", "none")
_PAIR = 2
_SOME_EMPTY = "groups without a value are left out of the comparison"
# Cochran (1954), Biometrics 10(4), 417-451: chi-square serves where no expected count is below 1 and at most
# a fifth are below 5; in a 2 x 2 table none may be.
_SMALL, _LEAST, _MOST_SMALL = 5.0, 1.0, 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class How:
    """How groups are compared.

    Attributes
    ----------
    sample : Sample or None
        The survey, where errors are those of its design; None for counted respondents.
    group : (n,) int array
        Group of each row of the data, -1 for none.
    n_groups : int
        Groups g.
    correction, equal_var : bool
        Whether 2 x 2 tables get Yates's correction; whether groups have one variance.
    smd : {"none", "mean", "max"}
        What is made of the differences of every two groups.
    """

    sample: Sample | None
    group: IntArray
    n_groups: int
    correction: bool
    equal_var: bool
    smd: Literal["none", "mean", "max"]


def _compared(name: str, found: GroupTest | None, *, root: bool) -> Compared:
    """Return a test; F of two groups as the t that it is the square of."""
    if found is None or np.isnan(found.p_value):
        return Compared(reason="no test: a group has too few values, or nothing varies")
    if root:
        return Compared(
            test=name,
            statistic=float(np.copysign(np.sqrt(found.statistic), found.difference)),
            df=found.df_denominator,
            p_value=found.p_value,
        )
    return Compared(
        test=name,
        statistic=found.statistic,
        df=found.df_numerator,
        df_denominator=found.df_denominator,
        p_value=found.p_value,
    )


def compare_numbers(how: How, test: str, values: Array, found: Sorted, described: Description) -> Compared:
    """Test whether groups differ in a column of numbers.

    Parameters
    ----------
    how : How
        Groups and design.
    test : {"mean", "rank"}
        What is tested.
    values : (n,) float array
        The column.
    found : Sorted
        Its known numbers in order.
    described : Description
        Its means.

    Returns
    -------
    Compared
        The test.
    """
    how, found, described, reason = _occupied(how, found, described)
    two = how.n_groups == _PAIR
    compared = _number_test(how, test, values, found, described, two=two)
    return replace(compared, reason=compared.reason or reason)


def _occupied(how: How, found: Sorted, described: Description) -> tuple[How, Sorted, Description, str | None]:
    """Leave out groups in which nobody has a value."""
    occupied = described.n[1:] > 0
    if occupied.all() or occupied.sum() < _PAIR:
        return how, found, described, None
    place = np.append(np.where(occupied, np.cumsum(occupied) - 1, -1), -1)
    kept = np.flatnonzero(np.concatenate([[True], occupied]))
    narrow = replace(how, group=place[how.group], n_groups=int(occupied.sum()))
    return narrow, replace(found, group=place[found.group]), _columns(described, kept), _SOME_EMPTY


def _columns(described: Description, kept: IntArray) -> Description:
    parts = {field.name: getattr(described, field.name)[..., kept] for field in fields(described)}
    return Description(**parts)


def _number_test(
    how: How, test: str, values: Array, found: Sorted, described: Description, *, two: bool
) -> Compared:
    if test == "rank":
        if how.sample is not None:
            tested = design_rank_test(how.sample, how.group, how.n_groups, values)
            name = "design-based rank test"
            return _compared(name, tested, root=two)
        tested = kruskal_test(found.values, found.group, how.n_groups, found.copies)
        name = "Wilcoxon rank-sum" if two else "Kruskal-Wallis"
        return _compared(name, tested, root=False)
    if how.sample is not None:
        tested = design_mean_test(how.sample, how.group, how.n_groups, values)
        return _compared("design-based t" if two else "design-based F", tested, root=two)
    tested = mean_equality_test(
        described.n[1:], described.mean[1:], described.sd[1:] ** 2, equal_var=how.equal_var
    )
    kind = {
        (True, True): "Student's t",
        (True, False): "Welch's t",
        (False, True): "ANOVA F",
        (False, False): "Welch's F",
    }[two, how.equal_var]
    return _compared(kind, tested, root=two)


def _needs_fisher(counts: Array) -> bool:
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    small = expected < _SMALL
    if counts.shape == (_PAIR, _PAIR):
        return bool(small.any())
    return bool((expected < _LEAST).any() or small.mean() > _MOST_SMALL)


def compare_levels(how: How, test: str, codes: IntArray, counts: Array) -> Compared:
    """Test whether groups differ in a column of levels.

    Parameters
    ----------
    how : How
        Groups and design.
    test : {"auto", "chi_square", "fisher"}
        Which test; "auto" is Fisher's where expected counts are small, else Pearson's.
    codes : (n,) int array
        Level of each row of the data, -1 where missing.
    counts : (L, g) array
        Respondents of each level and group.

    Returns
    -------
    Compared
        The test.
    """
    table = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    if min(table.shape, default=0) < _PAIR:
        return Compared(reason="no test: one level or one group only")
    if how.sample is not None:
        found = design_share_test(how.sample, how.group, codes)
        return _compared("Rao-Scott F", found, root=False)
    reason = None
    if test == "fisher" or (test == "auto" and _needs_fisher(table)):
        p_value = fisher_exact_p(table)
        if p_value is not None:
            return Compared(test="Fisher's exact", p_value=p_value)
        reason = "expected counts are small, and there are too many tables for Fisher's test"
    corrected = how.correction and table.shape == (_PAIR, _PAIR)
    plain = pearson_test(table, continuity=how.correction)
    return Compared(
        test="Pearson chi-square, Yates-corrected" if corrected else "Pearson chi-square",
        statistic=plain.statistic,
        df=plain.df_numerator,
        df_denominator=np.inf,
        p_value=plain.p_value,
        reason=reason,
    )


def difference(described: Description, smd: str) -> float:
    """Return the standardised difference of a column between groups.

    Parameters
    ----------
    described : Description
        The column by group, after the whole sample.
    smd : {"none", "mean", "max"}
        What is made of the differences of every two groups.

    Returns
    -------
    float
        Between the groups that have a value; NaN with one, or where a pair has none.
    """
    occupied = np.flatnonzero(described.n[1:] > 0)
    if smd == "none" or len(occupied) < _PAIR:
        return np.nan
    described = _columns(described, np.append(0, occupied + 1))
    if len(described.shares):
        pairs = share_differences(described.shares[:, 1:])
    else:
        pairs = mean_differences(described.mean[1:], described.sd[1:] ** 2)
    return float(pairs.mean() if smd == "mean" else pairs.max())
