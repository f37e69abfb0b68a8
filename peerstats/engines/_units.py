"""Sampling units in strata: what a bootstrap draws and a jackknife drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["Units", "sampling_units"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """Sampling units and the strata they lie in.

    Attributes
    ----------
    unit : (n,) int array or None
        The unit of each row; None where each row is one.
    stratum : (G,) int array
        The stratum of each unit, from 0.
    copies : (G,) int array
        How many equal units each stands for: the frequency weight where rows are units, else 1.
    weights : (n,) array or None
        Full-sample weights of the rows.
    """

    unit: IntArray | None
    stratum: IntArray
    copies: IntArray
    weights: Array | None

    @property
    def sizes(self) -> IntArray:
        """Number of units of each stratum, copies counted."""
        return np.bincount(self.stratum, weights=self.copies).astype(np.int64)


def sampling_units(
    n: int,
    *,
    weights: Array | None,
    weight_kind: str,
    cluster: IntArray | None,
    strata: IntArray | None,
    call: str,
) -> Units:
    """Find the sampling units of n rows.

    Parameters
    ----------
    n : int
        Rows.
    weights : (n,) array or None
        Positive weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean. Rows with frequency weights are that many units.
    cluster, strata : (n,) int array or None
        Codes of the clusters, which are the units then, and of the strata.
    call : str
        The call, for messages.

    Returns
    -------
    Units
        The units.

    Raises
    ------
    InputError
        If a weight is not positive, a cluster lies in two strata, or a stratum has a single unit.
    """
    if weights is not None and not (weights > 0).all():
        raise InputError(
            f"{call}(): {int((~(weights > 0)).sum())} weights are not positive.",
            "Leave out rows of weight zero first.",
        )
    layer = np.zeros(n, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    if cluster is None:
        unit, first = None, np.arange(n)
    else:
        _, first, unit = np.unique(cluster, return_index=True, return_inverse=True)
        torn = layer != layer[first][unit]
        if torn.any():
            raise InputError(
                f"{call}(): the cluster of row {int(np.argmax(torn))} lies in more than one stratum.",
                "A cluster must lie in one stratum: number clusters apart within strata.",
            )
    rows_are_copies = weight_kind == "frequency" and cluster is None and weights is not None
    copies = weights.astype(np.int64) if rows_are_copies and weights is not None else np.ones(len(first), int)
    units = Units(unit=unit, stratum=layer[first], copies=copies, weights=weights)
    lonely = np.flatnonzero(units.sizes < 2)  # noqa: PLR2004  (a single unit has no variance)
    if len(lonely):
        raise InputError(
            f"{call}(): {len(lonely)} strata have a single sampling unit, the first is stratum {lonely[0]}."
            if strata is not None
            else f"{call}(): there is a single sampling unit.",
            "Join such strata with others: one unit shows no variance.",
        )
    return units
