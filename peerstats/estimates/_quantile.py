"""Quantiles of groups with Woodruff's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines import replicate
from peerstats.estimates._limits import share_limits
from peerstats.estimates._linear import Linear, Sums, linear_estimates, replicate_covariance
from peerstats.numerics import quantiles_at, rank_values, t_half_width

if TYPE_CHECKING:
    from peerstats.estimates._sample import Sample
    from peerstats.numerics import RankedValues
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Quantiles", "quantile_estimates"]


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


def _rank(
    values: Array, used: BoolArray, sample: Sample, group: IntArray, g: int
) -> list[RankedValues | None]:
    """Sort each column within a group; None where it has no value."""
    ranked: list[RankedValues | None] = []
    for j in range(values.shape[1]):
        rows = used[:, j] & (group == g)
        ranked.append(rank_values(values[rows, j], sample.weights[rows]) if rows.any() else None)
    return ranked


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
    ranked = [_rank(values, used, sample, group, g) for g in range(n_groups)]
    estimate = np.full((n_groups, q, k), np.nan)
    for g, columns in enumerate(ranked):
        for j, column in enumerate(columns):
            if column is not None:
                estimate[g, j] = quantiles_at(column, probabilities, rule)
    many = np.repeat(used, k, axis=1)
    of_row = np.nan_to_num(estimate)[group].reshape(n, q * k)
    below = (np.repeat(values, k, axis=1) <= of_row) & many
    sums = Sums(top=below.astype(float), bottom=many.astype(float), used=many, group=group, n_groups=n_groups)
    linear = linear_estimates(sample, sums, cross=False)
    with np.errstate(invalid="ignore"):
        reach = np.where(linear.df > 0, t_half_width(conf_level, np.maximum(linear.df, 1.0)), np.nan)
    flat = estimate.reshape(n_groups, q * k)
    if interval == "quantile":
        refits = _refits(sample, values, used, group, n_groups, probabilities, rule)
        variance = np.diag(replicate_covariance(sample, refits, flat.ravel())).reshape(flat.shape)
        std_error = np.sqrt(variance)
        low, high = flat - reach * std_error, flat + reach * std_error
    else:
        low, high = _woodruff(linear, ranked, (q, k), rule, interval, conf_level)
        std_error = (high - low) / (2 * reach)
    return Quantiles(linear=linear, estimate=flat, std_error=std_error, conf_low=low, conf_high=high)


def _woodruff(
    linear: Linear,
    ranked: list[list[RankedValues | None]],
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
