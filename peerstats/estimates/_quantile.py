"""Quantiles of groups with Woodruff's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from peerstats.engines import replicate
from peerstats.estimates._limits import share_limits
from peerstats.estimates._linear import Linear, Sums, linear_estimates, replicate_covariance
from peerstats.numerics import RankedValues, quantiles_at, rank_sums, rank_values, t_half_width

if TYPE_CHECKING:
    from peerstats.estimates._sample import Sample
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Quantiles", "Ranks", "quantile_estimates", "quantiles_of", "rank_groups", "woodruff_quantiles"]

Ranks: TypeAlias = list[list[RankedValues | None]]  # of each group, and in it of each column


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantiles:
    """Quantiles at k probabilities of q columns in g groups.

    Parameters
    ----------
    linear : Linear
        The shares at or below each quantile, (g, q k): their n, df and weights are the quantiles'.
    estimate, std_error, conf_low, conf_high : (g, q k) float arrays
        Quantiles, errors and limits; probabilities run fastest.
    """

    linear: Linear
    estimate: Array
    std_error: Array
    conf_low: Array
    conf_high: Array


def rank_groups(sample: Sample, values: Array, used: BoolArray, group: IntArray, n_groups: int) -> Ranks:
    """Sort each of (n, q) columns within each group; None where it has no value."""
    found: Ranks = []
    for g in range(n_groups):
        members = group == g
        rows = [used[:, j] & members for j in range(values.shape[1])]
        found.append([_ranked(values[at, j], sample, at) if at.any() else None for j, at in enumerate(rows)])
    return found


def _ranked(values: Array, sample: Sample, rows: BoolArray) -> RankedValues:
    """Sort the values of some rows, or sums of rows."""
    summed = sample.summed
    if summed is None or summed.extremes is None:
        return rank_values(values, sample.weights[rows])
    ends = summed.extremes[rows]
    return rank_sums(values, sample.weights[rows], ends[:, 0], ends[:, 1], summed.rows[rows].astype(float))


def _refits(
    sample: Sample,
    values: Array,
    used: BoolArray,
    group: IntArray,
    n_groups: int,
    probabilities: Array,
    rule: str,
) -> Array:
    """Compute the quantiles in every replicate, (R, g q k)."""
    source = sample.arrays.replicates
    if source is None:
        raise ValueError("a design without replicates")
    q, k = values.shape[1], len(probabilities)
    rows = [[np.flatnonzero(used[:, j] & (group == g)) for j in range(q)] for g in range(n_groups)]

    def statistic(weights: Array) -> Array:
        found = np.full((weights.shape[1], n_groups, q, k), np.nan)
        for r in range(weights.shape[1]):
            for g in range(n_groups):
                for j in range(q):
                    at = rows[g][j]
                    w = weights[at, r]
                    if (w > 0).any():
                        found[r, g, j] = quantiles_at(rank_values(values[at, j], w), probabilities, rule)
        return found.reshape(weights.shape[1], -1)

    return replicate(statistic, source, label="replicates of quantiles", work=n_groups * q * k)


def quantile_estimates(
    sample: Sample,
    values: Array,
    used: BoolArray,
    group: IntArray,
    n_groups: int,
    *,
    probabilities: Array,
    rule: str,
    interval: str,
    conf_level: float,
) -> Quantiles:
    """Estimate quantiles and their limits.

    Parameters
    ----------
    sample : Sample
        The sample and its design.
    values : (n, q) float array
        The columns, zero where not used.
    used : (n, q) bool array
        Rows that count.
    group : (n,) int array
        Group of each row; -1 for none.
    n_groups : int
        Groups g.
    probabilities : (k,) float array
        The shares below.
    rule : str
        How a quantile is taken from the weighted distribution.
    interval : {"mean", "xlogit", "beta", "asin", "quantile"}
        How limits are found.
    conf_level : float
        Confidence level.

    Returns
    -------
    Quantiles
        Estimates, errors and limits.

    Notes
    -----
    Woodruff: the limits of the share at or below the quantile are turned back into quantiles; the error is
    the interval's length over twice the t quantile.
    """
    n, q = values.shape
    k = len(probabilities)
    ranked = rank_groups(sample, values, used, group, n_groups)
    estimate = quantiles_of(ranked, probabilities, rule)
    many = np.repeat(used, k, axis=1)
    of_row = np.nan_to_num(estimate)[group].reshape(n, q * k)
    below = (np.repeat(values, k, axis=1) <= of_row) & many
    sums = Sums(top=below.astype(float), bottom=many.astype(float), used=many, group=group, n_groups=n_groups)
    linear = linear_estimates(sample, sums, cross=False)
    if interval != "quantile":
        return woodruff_quantiles(linear, ranked, estimate, rule, interval, conf_level)
    reach = _reach(linear, conf_level)
    flat = estimate.reshape(n_groups, q * k)
    refits = _refits(sample, values, used, group, n_groups, probabilities, rule)
    variance = np.diag(replicate_covariance(sample, refits, flat.ravel())).reshape(flat.shape)
    std_error = np.sqrt(variance)
    low, high = flat - reach * std_error, flat + reach * std_error
    return Quantiles(linear=linear, estimate=flat, std_error=std_error, conf_low=low, conf_high=high)


def quantiles_of(ranked: Ranks, probabilities: Array, rule: str) -> Array:
    """Return the quantiles of g groups and q columns, (g, q, k); NaN where there is no value."""
    found = np.full((len(ranked), len(ranked[0]), len(probabilities)), np.nan)
    for g, columns in enumerate(ranked):
        for j, column in enumerate(columns):
            if column is not None:
                found[g, j] = quantiles_at(column, probabilities, rule)
    return found


def _reach(linear: Linear, conf_level: float) -> Array:
    with np.errstate(invalid="ignore"):
        found: Array = np.where(linear.df > 0, t_half_width(conf_level, np.maximum(linear.df, 1.0)), np.nan)
    return found


def woodruff_quantiles(
    linear: Linear, ranked: Ranks, estimate: Array, rule: str, interval: str, conf_level: float
) -> Quantiles:
    """Put limits to quantiles by those of the shares at or below them.

    Parameters
    ----------
    linear : Linear
        The shares, (g, q k).
    ranked : list of list of RankedValues or None
        The values of each group and column.
    estimate : (g, q, k) float array
        The quantiles.
    rule, interval, conf_level : str, str, float
        As in `quantile_estimates`.

    Returns
    -------
    Quantiles
        Estimates, errors and limits.
    """
    g, q, k = estimate.shape
    low, high = _woodruff(linear, ranked, (q, k), rule, interval, conf_level)
    return Quantiles(
        linear=linear,
        estimate=estimate.reshape(g, q * k),
        std_error=(high - low) / (2 * _reach(linear, conf_level)),
        conf_low=low,
        conf_high=high,
    )


def _woodruff(
    linear: Linear,
    ranked: Ranks,
    shape: tuple[int, int],
    rule: str,
    interval: str,
    conf_level: float,
) -> tuple[Array, Array]:
    """Turn limits of the shares below into quantiles; NaN where they leave 0 to 1 or nobody is above."""
    q, k = shape
    ends = share_limits(
        linear.estimate,
        linear.std_error,
        linear.df,
        n=linear.n.astype(float),
        design_effect=linear.design_effect,
        interval=interval,
        conf_level=conf_level,
    )
    found = []
    for shares in ends:
        # where nobody is above, the share has no error to go by
        known = np.where((linear.estimate < 1) & (shares >= 0) & (shares <= 1), shares, np.nan)
        limits = np.full((len(ranked), q, k), np.nan)
        for g, columns in enumerate(ranked):
            for j, column in enumerate(columns):
                if column is not None:
                    limits[g, j] = quantiles_at(column, known.reshape(-1, q, k)[g, j], rule)
        found.append(limits.reshape(len(ranked), q * k))
    return found[0], found[1]
