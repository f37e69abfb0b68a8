"""Jackknife weights: one unit, or one group of units, dropped at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines._replicates import Replicates
from peerstats.engines._units import sampling_units

if TYPE_CHECKING:
    from peerstats.engines._replicates import Drawer
    from peerstats.engines._units import Units
    from peerstats.typing import Array, IntArray

__all__ = ["jackknife_replicates"]


def _deal(units: Units, most: int | None) -> tuple[IntArray, IntArray]:
    """Deal the units of each stratum in turn to at most `most` groups in all; at least two a stratum.

    Returns
    -------
    group : (G,) int array
        Group of each unit.
    stratum : (J,) int array
        Stratum of each group.
    """
    n_units = len(units.stratum)
    if most is None or n_units <= most:
        return np.arange(n_units), units.stratum
    group = np.empty(n_units, dtype=np.int64)
    strata: list[int] = []
    for h in range(int(units.stratum.max()) + 1):
        here = np.flatnonzero(units.stratum == h)
        n_groups = min(len(here), max(2, round(most * len(here) / n_units)))
        group[here] = len(strata) + np.arange(len(here)) % n_groups
        strata += [h] * n_groups
    return group, np.array(strata)


def _drawer(group: IntArray, stratum: IntArray, sizes: Array, left: Array) -> Drawer:
    """Drop group after group; `left` is the share of a dropped group's weight that stays."""
    of_unit = stratum[group]

    def draw(_rng: np.random.Generator, start: int, stop: int) -> Array:
        dropped = np.arange(start, stop)[:, None]
        swollen = (sizes / (sizes - 1))[of_unit]
        factors = np.where(of_unit == stratum[dropped], swollen, 1.0)
        return np.where(group == dropped, factors * left[group], factors)

    return draw


def jackknife_replicates(
    n: int,
    *,
    weights: Array | None = None,
    weight_kind: str = "none",
    cluster: IntArray | None = None,
    strata: IntArray | None = None,
    most: int | None = None,
    call: str = "jackknife_replicates",
) -> Replicates:
    """Make jackknife weights.

    Parameters
    ----------
    n : int
        Rows.
    weights : (n,) array, optional
        Positive full-sample weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    cluster : (n,) int array, optional
        Codes of the clusters; clusters are dropped whole.
    strata : (n,) int array, optional
        Codes of the strata.
    most : int, optional
        Replicates at most: where there are more units, they are dealt in turn to groups, and a group is
        dropped at a time.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        One a unit or group.

    Raises
    ------
    InputError
        If there is a single unit, in all or in a stratum, or a cluster lies in two strata.

    Notes
    -----
    The rows of the dropped unit get the factor 0, those of the n_h - 1 others of its stratum
    n_h / (n_h - 1), and the variance is the sum of (n_h - 1) / n_h times the squared deviations: R's
    ``as.svrepdesign(type = "JK1")`` without strata, ``type = "JKn"`` with them. A row with frequency
    weight f stands for f replicates, in each of which its weight is f - 1.
    """
    units = sampling_units(
        n, weights=weights, weight_kind=weight_kind, cluster=cluster, strata=strata, call=call
    )
    group, stratum = _deal(units, most)
    singly = len(stratum) == len(units.stratum)
    times = units.copies.astype(float) if singly else np.ones(len(stratum))
    sizes: Array = np.bincount(stratum, weights=times).astype(np.float64)
    shrink = (sizes - 1) / sizes
    return Replicates(
        kind="jackknife",
        n=n,
        n_replicates=len(stratum),
        unit=units.unit,
        weights=weights,
        scale=float(shrink[0]) if strata is None else 1.0,
        rscales=np.ones(len(stratum)) if strata is None else shrink[stratum],
        times=times,
        seed=(0,),
        draw=_drawer(group, stratum, sizes, (times - 1) / times),
    )
