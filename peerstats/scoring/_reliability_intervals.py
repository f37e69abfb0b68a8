"""Limits of the coefficients: normal theory or replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines import bootstrap_replicates, jackknife_replicates, replicate, replicate_variance
from peerstats.numerics import (
    acceleration,
    alpha_std_error,
    bca_interval,
    bonett_interval,
    equal_alphas_test,
    feldt_interval,
    percentile_interval,
    wald_equality_test,
)
from peerstats.scoring._coefficients import COEFFICIENTS
from peerstats.scoring._reliability_record import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.engines import Replicates
    from peerstats.numerics import EqualityTest
    from peerstats.scoring._reliability_cells import Cell
    from peerstats.typing import Array, IntArray

__all__ = ["Resampled", "equality_test", "estimates", "resample"]

# More units than this are dropped in groups: the acceleration, a skewness, is then known to 0.001.
_MOST_SINGLY, _GROUPS = 2000, 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """The coefficients of all cells by replicate.

    Attributes
    ----------
    source : Replicates
        The replicates.
    values : (R, p) array
        The coefficients, cell after cell.
    acceleration : (p,) array or None
        Of BCa limits.
    """

    source: Replicates
    values: Array
    acceleration: Array | None


def resample(
    cells: Sequence[Cell],
    n: int,
    *,
    n_replicates: int,
    rng: np.random.Generator | int | None,
    weights: Array | None,
    weight_kind: str,
    cluster: IntArray | None,
    strata: IntArray | None,
    accelerated: bool,
    call: str,
) -> Resampled:
    """Compute all coefficients for every replicate of the n rows.

    Parameters
    ----------
    cells : sequence of Cell
        The cells.
    n : int
        Rows that are used.
    n_replicates : int
        Bootstrap replicates.
    rng : Generator, int or None
        Where the draws come from.
    weights : (n,) array or None
        Positive weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    cluster, strata : (n,) int array or None
        Codes.
    accelerated : bool
        Whether to run a jackknife for BCa limits.
    call : str
        The public call.

    Returns
    -------
    Resampled
        The replicates.
    """

    def statistic(replicates: Array) -> Array:
        return np.concatenate([cell.replicate(replicates) for cell in cells], axis=1)

    work = 4 * max(cell.n_items for cell in cells) ** 2
    source = bootstrap_replicates(
        n,
        n_replicates=n_replicates,
        rng=rng,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
        strata=strata,
        call=call,
    )
    values = replicate(statistic, source, label="bootstrap", work=work)
    skew = None
    if accelerated:
        n_units = n if cluster is None else len(np.unique(cluster))
        dropping = jackknife_replicates(
            n,
            weights=weights,
            weight_kind=weight_kind,
            cluster=cluster,
            strata=strata,
            most=None if n_units <= _MOST_SINGLY else _GROUPS,
            call=call,
        )
        skew = acceleration(replicate(statistic, dropping, label="jackknife", work=work), dropping.times)
    return Resampled(source=source, values=values, acceleration=skew)


def _by_theory(cell: Cell, key: str, interval: str | None, conf_level: float) -> tuple[float, float, float]:
    if key != "alpha" or interval is None:
        return np.nan, np.nan, np.nan
    value, n, m = cell.fits[key].value, cell.n_effective, cell.n_items
    limits = {"feldt": feldt_interval, "bonett": bonett_interval}[interval]
    return alpha_std_error(value, n, m), *limits(value, n, m, conf_level)


def estimates(
    cell: Cell, at: int, resampled: Resampled | None, *, interval: str | None, conf_level: float
) -> tuple[Estimate, ...]:
    """Put limits to the coefficients of a cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    at : int
        Where its coefficients begin among those of all cells.
    resampled : Resampled or None
        The replicates, for limits that need them.
    interval : str or None
        Kind of the limits.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of Estimate
        One a coefficient.
    """
    found = []
    for j, (key, fit) in enumerate(cell.fits.items()):
        failed = 0
        if resampled is None:
            error, low, high = _by_theory(cell, key, interval, conf_level)
        elif np.isnan(fit.value):
            error = low = high = np.nan
        else:
            values = resampled.values[:, at + j]
            kept = values[np.isfinite(values)]
            failed = len(values) - len(kept)
            error = float(kept.std(ddof=1)) if len(kept) > 1 else np.nan
            if resampled.acceleration is None:
                low, high = percentile_interval(values, conf_level)
            else:
                skew = float(resampled.acceleration[at + j])
                low, high = bca_interval(values, fit.value, skew, conf_level)
        raw = key not in COEFFICIENTS or COEFFICIENTS[key].raw
        found.append(
            Estimate(
                coefficient=key,
                estimate=fit.value,
                std_error=error,
                conf_low=low,
                conf_high=high,
                sem=cell.sd * float(np.sqrt(1 - fit.value)) if raw else np.nan,
                reason=fit.reason,
                n_failed=failed,
            )
        )
    return tuple(found)


def equality_test(
    cells: Sequence[Cell], at: Sequence[int], resampled: Resampled | None, *, independent: bool
) -> EqualityTest | None:
    """Test that the alphas of the groups of a scale are equal.

    Parameters
    ----------
    cells : sequence of Cell
        The groups.
    at : sequence of int
        Where each cell's coefficients begin among those of all cells.
    resampled : Resampled or None
        The replicates.
    independent : bool
        Whether normal theory may be used: respondents without sampling weights, clusters or strata.

    Returns
    -------
    EqualityTest or None
        None where fewer than two groups have an alpha below 1, or there is neither theory nor replicates.
    """
    with_alpha = [
        (cell, place + list(cell.fits).index("alpha"))
        for cell, place in zip(cells, at, strict=True)
        if "alpha" in cell.fits and cell.fits["alpha"].value < 1
    ]
    if len(with_alpha) < 2:  # noqa: PLR2004  (nothing to compare)
        return None
    alphas = np.array([cell.fits["alpha"].value for cell, _ in with_alpha])
    if independent:
        n = np.array([cell.n_effective for cell, _ in with_alpha])
        return equal_alphas_test(alphas, n, with_alpha[0][0].n_items)
    if resampled is None:
        return None
    values = resampled.values[:, [place for _, place in with_alpha]]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(1 - values)
    return wald_equality_test(np.log(1 - alphas), replicate_variance(logs, resampled.source))
