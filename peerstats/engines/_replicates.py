"""Replicate weights as one matrix, made a chunk of replicates at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.typing import Array, IntArray

__all__ = ["Drawer", "Replicates", "supplied_replicates"]


class Drawer(Protocol):
    """Makes the factors of the next replicates, in replicate order."""

    def __call__(self, rng: np.random.Generator, start: int, stop: int, /) -> Array:
        """Return the (stop - start, units) factors of the replicates from `start` to `stop`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Replicate weights of n rows: an (n, R) matrix that is never whole in memory.

    Whoever reads it gets the same weights, however often and in whatever chunks.

    Attributes
    ----------
    kind : str
        bootstrap, rao-wu, jackknife, balanced or supplied.
    n, n_replicates : int
        Rows n and replicates R.
    unit : (n,) int array or None
        The sampling unit of each row; None where the factors are those of the rows.
    weights : (n,) array or None
        Full-sample weights, which the factors multiply; None for ones.
    scale : float
        Factor of the variance, common to all replicates.
    rscales : (R,) array
        Factor of each replicate.
    times : (R,) array
        How many replicates with the same weights each column stands for.
    seed : tuple of int
        Key of the stream that the draws come from.
    draw : Drawer
        Makes the factors.
    """

    kind: str
    n: int
    n_replicates: int
    unit: IntArray | None
    weights: Array | None
    scale: float
    rscales: Array
    times: Array
    seed: tuple[int, ...]
    draw: Drawer

    def __post_init__(self) -> None:
        for array in (self.unit, self.weights, self.rscales, self.times):
            if array is not None:
                array.setflags(write=False)

    def chunks(self, size: int) -> Iterator[tuple[int, Array]]:
        """Make the weights, `size` replicates at a time.

        Parameters
        ----------
        size : int
            Replicates a chunk.

        Yields
        ------
        start : int
            Number of the chunk's first replicate, from 0.
        weights : (n, c) array
            Column-major: one replicate is contiguous.
        """
        rng = np.random.default_rng(self.seed)
        for start in range(0, self.n_replicates, size):
            factors = self.draw(rng, start, min(start + size, self.n_replicates))
            if self.unit is not None:
                factors = factors[:, self.unit]
            if self.weights is not None:
                factors = factors * self.weights
            yield start, factors.T


def supplied_replicates(
    matrix: Array, *, scale: float, rscales: Array | None = None, weights: Array | None = None
) -> Replicates:
    """Take replicate weights that came with the data.

    Parameters
    ----------
    matrix : (n, R) array
        Replicate weights.
    scale : float
        Factor of the variance: 1 / R for BRR, 1 / (R (1 - k)^2) for Fay's, (R - 1) / R for a jackknife.
    rscales : (R,) array, optional
        Factor of each replicate.
    weights : (n,) array, optional
        Full-sample weights, where the matrix holds factors of them.

    Returns
    -------
    Replicates
        The replicates.

    Raises
    ------
    InputError
        If the matrix is no matrix of finite numbers, or another array does not fit it.

    Notes
    -----
    R's ``svrepdesign(repweights = matrix, scale =, rscales =, combined.weights = is.null(weights))``.
    """
    held = np.asarray(matrix, dtype=float)
    if held.ndim != 2 or not np.isfinite(held).all():  # noqa: PLR2004  (a matrix)
        raise InputError(
            f"supplied_replicates(): the replicate weights have shape {held.shape} or are not all finite.",
            "Give one row a respondent and one column a replicate, without missing values.",
        )
    n, n_replicates = held.shape
    factors = np.ones(n_replicates) if rscales is None else np.asarray(rscales, dtype=float).copy()
    if factors.shape != (n_replicates,) or (weights is not None and np.shape(weights) != (n,)):
        raise InputError(
            f"supplied_replicates(): {n} rows and {n_replicates} replicates do not fit rscales= or weights=.",
            "Give one rscales a replicate and one weight a row.",
        )
    return Replicates(
        kind="supplied",
        n=n,
        n_replicates=n_replicates,
        unit=None,
        weights=None if weights is None else np.array(weights, dtype=float),
        scale=float(scale),
        rscales=factors,
        times=np.ones(n_replicates),
        seed=(0,),
        draw=lambda _rng, start, stop: np.ascontiguousarray(held[:, start:stop].T),
    )
