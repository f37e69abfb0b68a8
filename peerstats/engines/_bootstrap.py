"""Bootstrap weights: of respondents, of whole clusters, or Rao and Wu's within strata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines._replicates import Replicates
from peerstats.engines._units import Units, sampling_units
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.engines._replicates import Drawer
    from peerstats.typing import Array, IntArray

__all__ = ["bootstrap_replicates"]


def _seed(rng: np.random.Generator | int | None, call: str) -> tuple[int, ...]:
    """Return a key for a stream; a generator is moved on by four draws, whatever is drawn later."""
    try:
        generator = np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{call}(): rng={rng!r} is neither a generator nor a seed.",
            "Give a whole number of 0 or more, or numpy.random.default_rng(...).",
        ) from error
    return tuple(generator.integers(2**32, size=4).tolist())


def _drawer(units: Units, *, fewer: int) -> Drawer:
    """Draw size - `fewer` units of each stratum with replacement, the rest rescaled."""
    n_units = len(units.stratum)
    # one table of all units, copies repeated, stratum after stratum
    order = np.argsort(units.stratum, kind="stable")
    table = np.repeat(order, units.copies[order])
    sizes = units.sizes
    takes = sizes - fewer
    first = np.repeat(np.concatenate([[0], np.cumsum(sizes)[:-1]]), takes)
    bound = np.repeat(sizes, takes)
    simple = len(sizes) == 1
    plain = simple and len(table) == n_units  # the table is 0, 1, 2, ...
    rescale = (sizes / takes)[units.stratum]

    def draw(rng: np.random.Generator, start: int, stop: int) -> Array:
        count = stop - start
        # the first form draws the same numbers, several times faster
        drawn = rng.integers(int(sizes[0]) if simple else bound, size=(count, len(bound)))
        if not plain:
            drawn = table[drawn if simple else drawn + first]
        drawn += n_units * np.arange(count)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=count * n_units).reshape(count, n_units)
        return counts * rescale if fewer else counts.astype(float)

    return draw


def bootstrap_replicates(
    n: int,
    *,
    n_replicates: int,
    rng: np.random.Generator | int | None,
    weights: Array | None = None,
    weight_kind: str = "none",
    cluster: IntArray | None = None,
    strata: IntArray | None = None,
    call: str = "bootstrap_replicates",
) -> Replicates:
    """Make bootstrap weights.

    Parameters
    ----------
    n : int
        Rows.
    n_replicates : int
        Replicates R.
    rng : Generator, int or None
        Where the draws come from.
    weights : (n,) array, optional
        Positive full-sample weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    cluster : (n,) int array, optional
        Codes of the clusters; clusters are drawn whole.
    strata : (n,) int array, optional
        Codes of the strata; each is drawn from apart, with Rao and Wu's rescaling.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        The replicates, with scale 1 / (R - 1).

    Raises
    ------
    InputError
        If there are fewer than two replicates or units, or a cluster lies in two strata.

    Notes
    -----
    Without strata, each replicate draws as many units as there are, with replacement, and a row's factor
    is how often its unit was drawn. With strata it draws n_h - 1 of the n_h units of each, and the factor is
    n_h / (n_h - 1) times that (Rao and Wu 1988; Rao, Wu and Yue 1992): R's
    ``as.svrepdesign(type = "subbootstrap")``. Rows with frequency weights are drawn as if repeated.
    Replicates come in order from one stream, so they do not depend on the chunks they are made in.
    """
    if n_replicates < 2:  # noqa: PLR2004  (two replicates have a variance)
        raise InputError(f"{call}(): n_replicates={n_replicates!r} is too few.", "Give 2,000, for example.")
    seed = _seed(rng, call)
    units = sampling_units(
        n, weights=weights, weight_kind=weight_kind, cluster=cluster, strata=strata, call=call
    )
    rows_are_copies = weight_kind == "frequency" and cluster is None
    return Replicates(
        kind="bootstrap" if strata is None else "rao-wu",
        n=n,
        n_replicates=n_replicates,
        unit=units.unit,
        weights=None if rows_are_copies else weights,
        scale=1 / (n_replicates - 1),
        rscales=np.ones(n_replicates),
        times=np.ones(n_replicates),
        seed=seed,
        draw=_drawer(units, fewer=0 if strata is None else 1),
    )
