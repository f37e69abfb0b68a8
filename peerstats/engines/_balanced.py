"""Balanced repeated replication: half-samples of strata with two units, and Fay's softer form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines._replicates import Replicates
from peerstats.errors import InputError
from peerstats.numerics import hadamard_matrix

if TYPE_CHECKING:
    from peerstats.engines._replicates import Drawer
    from peerstats.typing import Array, IntArray

__all__ = ["balanced_replicates"]

_PAIR = 2


def _drawer(signs: Array, rho: float) -> Drawer:
    def draw(_rng: np.random.Generator, start: int, stop: int) -> Array:
        return 1.0 + (1.0 - rho) * signs[start:stop]

    return draw


def balanced_replicates(
    stratum: IntArray, *, rho: float = 0.0, call: str = "balanced_replicates"
) -> Replicates:
    """Make balanced half-sample factors of primary sampling units.

    Parameters
    ----------
    stratum : (G,) int array
        Stratum of each unit, from 0; every stratum has two.
    rho : float
        Fay's factor of the units that a half-sample leaves out; 0 is plain BRR.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        Of the G units: factors 2 - rho and rho, as many replicates R as the order of a Hadamard matrix above
        the number of strata, scale 1 / (R (1 - rho)^2).

    Raises
    ------
    InputError
        If a stratum does not have two units, or rho is not from 0 to below 1.

    Notes
    -----
    R's ``as.svrepdesign(type = "BRR")`` and ``type = "Fay"``. Variances of linear statistics do not depend on
    which Hadamard matrix it is; those of other statistics do a little. Replicates are in full orthogonal
    balance, so that their mean in a linear statistic is the estimate.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.engines import balanced_replicates
    >>> source = balanced_replicates(np.array([0, 0, 1, 1, 2, 2]))
    >>> source.n_replicates, source.scale
    (4, 0.25)
    """
    if not 0 <= rho < 1:
        raise InputError(f"{call}(): rho={rho!r} is not Fay's factor.", "Give 0.3 or 0.5, for example.")
    sizes = np.bincount(stratum)
    if (sizes != _PAIR).any():
        h = int(np.argmax(sizes != _PAIR))
        raise InputError(
            f"{call}(): balanced replicates need two PSUs a stratum; stratum {h} has {int(sizes[h])} "
            f"({int((sizes != _PAIR).sum()):,} such strata).",
            'Choose "JKn" or "bootstrap", or name pairs of PSUs as strata.',
        )
    # the column of ones is left out, so that each unit is in half of the half-samples
    rows = hadamard_matrix(len(sizes) + 1)
    first = np.unique(stratum, return_index=True)[1]
    side = np.full(len(stratum), -1)
    side[first] = 1
    signs = (rows[:, 1 + stratum] * side).astype(float)
    n_replicates = len(rows)
    return Replicates(
        kind="balanced",
        n=len(stratum),
        n_replicates=n_replicates,
        unit=None,
        weights=None,
        scale=1 / (n_replicates * (1 - rho) ** 2),
        rscales=np.ones(n_replicates),
        times=np.ones(n_replicates),
        seed=(0,),
        draw=_drawer(signs, rho),
    )
