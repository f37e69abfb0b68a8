"""Several tests at once, verdicts and effect sizes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._gap import Gap
    from peerstats.typing import Array

__all__ = ["ADJUSTMENTS", "adjusted", "judge"]

ADJUSTMENTS = ("none", "holm", "bh", "sidak")


def adjusted(p_values: Array, how: str) -> Array:
    """Adjust the p-values of a family of tests.

    Parameters
    ----------
    p_values : (m,) array
        NaN counts as no test.
    how : {"none", "holm", "bh", "sidak"}
        Holm's step-down and Sidak's single step keep the chance of any false rejection, Benjamini and
        Hochberg's the expected share of false ones among the rejections.

    Returns
    -------
    (m,) array
        Adjusted p-values.

    Notes
    -----
    R's ``p.adjust(method = "holm" or "BH")``; Sidak: 1 - (1 - p)^m.

    References
    ----------
    .. [1] Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    .. [2] Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289-300.
    .. [3] Sidak (1967), Journal of the American Statistical Association 62(318), 626-633.
    """
    found = np.array(p_values, dtype=float)
    known = ~np.isnan(found)
    p = found[known]
    m = len(p)
    if how == "none" or m == 0:
        return found
    if how == "sidak":
        found[known] = -np.expm1(m * np.log1p(-np.minimum(p, 1 - 1e-16)))
        return found
    order = np.argsort(p, kind="stable")
    if how == "holm":
        stepped = np.maximum.accumulate((m - np.arange(m)) * p[order])
    else:
        stepped = np.minimum.accumulate((m / np.arange(1, m + 1) * p[order])[::-1])[::-1]
    at = np.empty(m)
    at[order] = np.minimum(stepped, 1.0)
    found[known] = at
    return found


def _verdict(different: float, within: float, alpha: float) -> str:
    if math.isnan(different) or math.isnan(within):
        return "not tested"
    if within < alpha:
        return "different, but within the margin" if different < alpha else "equivalent"
    return "different" if different < alpha else "undecided"


def _effect(gap: Gap) -> tuple[float, str]:
    """Divide a difference of means by the benchmark's SD, or by the sample's where it has none."""
    if gap.quantity != "mean":
        return math.nan, ""
    if gap.benchmark.sd is not None:
        return gap.difference / gap.benchmark.sd, "benchmark"
    if gap.sample.sd > 0:
        return gap.difference / gap.sample.sd, "sample"
    return math.nan, ""


def judge(gaps: Sequence[Gap], how: str, conf_level: float) -> tuple[Gap, ...]:
    """Add adjusted p-values, verdicts and effect sizes.

    Parameters
    ----------
    gaps : sequence of Gap
        All tests of one call: the family.
    how : {"none", "holm", "bh", "sidak"}
        How p-values are adjusted, those of equivalence in a family of their own.
    conf_level : float
        One minus the level at which verdicts are given.

    Returns
    -------
    tuple of Gap
        The same, in their order.
    """
    p = adjusted(np.array([gap.used.p_value for gap in gaps]), how)
    within = adjusted(
        np.array([math.nan if gap.equivalence is None else gap.equivalence.p_value for gap in gaps]), how
    )
    done = []
    for gap, different, inside in zip(gaps, p, within, strict=True):
        size, whose = _effect(gap)
        equivalence = gap.equivalence
        if equivalence is not None:
            words = _verdict(float(different), float(inside), 1 - conf_level)
            equivalence = replace(equivalence, p_value=float(inside), verdict=words)
        done.append(
            replace(
                gap,
                p_adjusted=float(different),
                effect_size=size,
                effect_sd=whose,
                equivalence=equivalence,
            )
        )
    return tuple(done)
