"""Replicates made of other replicates: carried from units to rows, and raked again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import rake_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.engines._replicates import Drawer, Replicates
    from peerstats.typing import Array, IntArray

__all__ = ["raked_replicates", "spread_replicates"]


def spread_replicates(source: Replicates, unit: IntArray, weights: Array) -> Replicates:
    """Carry replicates of sampling units to their rows.

    Parameters
    ----------
    source : Replicates
        Of the units: factors, without weights.
    unit : (n,) int array
        Unit of each row; -1 for rows whose weight is the same in every replicate.
    weights : (n,) float array
        Full-sample weights.

    Returns
    -------
    Replicates
        Of the n rows.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.engines import jackknife_replicates, spread_replicates
    >>> units = jackknife_replicates(2)
    >>> rows = spread_replicates(units, np.array([0, 0, 1, -1]), np.array([1.0, 2.0, 3.0, 4.0]))
    >>> next(rows.chunks(2))[1].T
    array([[0., 0., 6., 4.],
           [2., 4., 0., 4.]])
    """
    inner, n_units = source.draw, source.n

    def draw(rng: np.random.Generator, start: int, stop: int) -> Array:
        factors = inner(rng, start, stop)
        if source.unit is not None:
            factors = factors[:, source.unit]
        return np.column_stack([factors, np.ones(len(factors))])

    return replace(
        source, n=len(unit), unit=np.where(unit < 0, n_units, unit), weights=weights.copy(), draw=draw
    )


def _cells(margins: Sequence[tuple[IntArray, Array]]) -> IntArray:
    """Give a number to each combination of levels: raking gives all rows of one the same factor."""
    cell = np.zeros(len(margins[0][0]), dtype=np.int64)
    for codes, targets in margins:
        _, cell = np.unique(cell * (len(targets) + 1) + codes + 1, return_inverse=True)
    return cell


def _raking_drawer(
    source: Replicates,
    margins: Sequence[tuple[IntArray, Array]],
    names: Sequence[Sequence[str]],
    *,
    bounds: tuple[float, float] | None,
    max_cycles: int,
    tolerance: float,
    call: str,
) -> Drawer:
    cell = _cells(margins)
    # with bounds rows of one cell are cut apart
    if bounds is not None:
        cell = np.arange(len(cell))
    _, first = np.unique(cell, return_index=True)
    coarse = [(codes[first], targets) for codes, targets in margins]

    def check(raw: Array, start: int) -> None:
        for (codes, targets), levels in zip(margins, names, strict=True):
            for level in range(len(targets)):
                empty = ~(raw[codes == level] > 0).any(axis=0)
                if empty.any():
                    raise InputError(
                        f"{call}(): in replicate {start + int(np.argmax(empty)) + 1} nobody has "
                        f"{levels[level]}, so it cannot be raked.",
                        "Join the level with another one before raking.",
                    )

    def draw(rng: np.random.Generator, start: int, stop: int) -> Array:
        raw = source.draw(rng, start, stop)
        if source.unit is not None:
            raw = raw[:, source.unit]
        if source.weights is not None:
            raw = raw * source.weights
        sums: Array = np.stack(
            [np.bincount(cell, weights=row, minlength=len(first)) for row in raw], axis=1
        ).astype(np.float64)
        found = rake_weights(sums, coarse, max_cycles=max_cycles, tolerance=tolerance, bounds=bounds)
        if not found.converged.all():
            check(raw.T, start)
            bad = int(np.argmax(~found.converged))
            raise ConvergenceError(
                f"{call}(): replicate {start + bad + 1} did not reach its margins in {found.n_cycles:,} "
                f"cycles: one is off by {found.miss[bad]:.2g} of its target.",
                "Join small levels, or allow more with max_iterations=, tolerance= or a wider trim=.",
            )
        factors = np.divide(found.weights, sums, out=np.ones_like(sums), where=sums > 0)
        raked: Array = raw * factors.T[:, cell]
        return raked

    return draw


def raked_replicates(
    source: Replicates,
    margins: Sequence[tuple[IntArray, Array]],
    names: Sequence[Sequence[str]],
    *,
    bounds: tuple[float, float] | None,
    max_cycles: int,
    tolerance: float,
    call: str,
) -> Replicates:
    """Rake every replicate to the margins.

    Parameters
    ----------
    source : Replicates
        The replicates before raking.
    margins : sequence of ((n,) int array, (L,) float array)
        For each margin the level of each row and the target of each level.
    names : sequence of sequences of str
        The levels' names, for messages.
    bounds : (float, float) or None
        Least and greatest weight as multiples of a replicate's mean positive weight.
    max_cycles : int
        Cycles at most.
    tolerance : float
        Largest distance from a target, as a share of it.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        Their weights are raked when they are drawn.

    Notes
    -----
    R's ``survey::rake`` of a design with replicates. A replicate that cannot be raked is an error when it is
    drawn: InputError where a level is empty, ConvergenceError where the margins are not reached.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.engines import jackknife_replicates, raked_replicates
    >>> sex = (np.array([0, 0, 1, 1]), np.array([60.0, 40.0]))
    >>> raked = raked_replicates(
    ...     jackknife_replicates(4), [sex], [["women", "men"]],
    ...     bounds=None, max_cycles=50, tolerance=1e-10, call="rake",
    ... )  # fmt: skip
    >>> next(raked.chunks(1))[1].ravel()
    array([ 0., 60., 20., 20.])
    """
    draw = _raking_drawer(
        source, margins, names, bounds=bounds, max_cycles=max_cycles, tolerance=tolerance, call=call
    )
    return replace(source, unit=None, weights=None, draw=draw)
