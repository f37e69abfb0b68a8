"""Rank of the replicate weights: what their degrees of freedom are counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import qr
from scipy.sparse import csr_array

from peerstats.numerics import one_blas_thread

if TYPE_CHECKING:
    from peerstats.engines._replicates import Replicates
    from peerstats.typing import Array, BoolArray

__all__ = ["replicate_rank"]

_TOLERANCE = 1e-5  # survey's degf() judges the rank by qr(tol = 1e-5)
_HELD = 2**23  # numbers of the unit-level matrix held at once, 64 MB; above it units are added up first
_BINS = 4  # bins per replicate
_SHARES = 4  # bins that each unit goes to


def _sizes(source: Replicates, inside: BoolArray | None) -> Array:
    """Return the length of each unit's full-sample weights inside, (G,): 0 for units that never count."""
    squares = np.ones(source.n) if source.weights is None else source.weights**2
    if inside is not None:
        squares = squares * inside
    if source.unit is None:
        return np.sqrt(squares)
    # a unit may have no rows, and still a factor
    n_units = source.draw(np.random.default_rng(source.seed), 0, 1).shape[1]
    return np.sqrt(np.bincount(source.unit, weights=squares, minlength=n_units))


def _bins(sizes: Array, n_bins: int) -> csr_array:
    """Make the (G, n_bins) matrix that adds units, with random factors, into a few bins each."""
    rng = np.random.default_rng(0)  # the answer does not depend on it
    n_units = len(sizes)
    into = rng.integers(n_bins, size=n_units * _SHARES)
    factors = rng.normal(size=n_units * _SHARES) * np.repeat(sizes, _SHARES)
    return csr_array((factors, into, np.arange(n_units + 1) * _SHARES), shape=(n_units, n_bins))


def replicate_rank(source: Replicates, inside: BoolArray | None = None) -> int:
    """Compute the rank of the matrix of replicate weights.

    Parameters
    ----------
    source : Replicates
        The replicate weights.
    inside : (n,) bool array, optional
        The rows of a subpopulation; by default all.

    Returns
    -------
    int
        The rank; one less is the degrees of freedom of a variance from these replicates.

    Notes
    -----
    R's ``qr(weights(design, "analysis"), tol = 1e-5)$rank``, one more than ``degf(design)``. All rows of a
    unit have one factor, so the (n, R) matrix has the rank, and the very products of columns, of the (G, R)
    matrix of factors times the length of each unit's weights. Where that has more than 8 million numbers and
    units abound, they are first added into 4 R bins, each into 4 with random factors, which keeps the rank
    and can never raise it. G clusters resampled often have rank G, in H strata G - H + 1; fewer replicates
    than that have rank R.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.engines import bootstrap_replicates, jackknife_replicates, replicate_rank
    >>> clusters = np.repeat(np.arange(12), 5)
    >>> replicate_rank(jackknife_replicates(60, cluster=clusters))
    12
    >>> replicate_rank(jackknife_replicates(60, cluster=clusters, strata=clusters // 4))
    10
    >>> replicate_rank(bootstrap_replicates(60, cluster=clusters, n_replicates=8, rng=1))
    8
    """
    sizes = _sizes(source, inside)
    n_units, n_bins = len(sizes), _BINS * source.n_replicates
    bins = _bins(sizes, n_bins) if n_units * source.n_replicates > _HELD and n_units > n_bins else None
    rows = []
    rng = np.random.default_rng(source.seed)
    size = max(1, min(source.n_replicates, _HELD // n_units))
    for start in range(0, source.n_replicates, size):
        factors = source.draw(rng, start, min(start + size, source.n_replicates))
        rows.append(factors * sizes if bins is None else (bins.T @ factors.T).T)
    columns = np.concatenate(rows).T  # one a replicate
    lengths = np.sqrt(np.einsum("gr,gr->r", columns, columns))
    columns = columns[:, lengths > 0] / lengths[lengths > 0]
    if not columns.size:
        return 0
    with one_blas_thread():
        (triangle, _) = qr(columns, mode="r", pivoting=True, overwrite_a=True, check_finite=False)
    return int((np.abs(np.diag(triangle)) > _TOLERANCE).sum())
