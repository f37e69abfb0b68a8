"""Robust covariances: bread, meat and the factors for small samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._element_meat import add_by_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.typing import Array, IntArray

__all__ = ["cluster_sums", "meat", "sandwich", "sandwich_factor"]


def meat(scores: Iterable[Array]) -> Array:
    """Add the outer products of the rows' scores.

    Parameters
    ----------
    scores : iterable of (p, m) float arrays
        Weighted scores, a block of rows at a time.

    Returns
    -------
    (p, p) float array
        The sum over rows of u u'.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import meat
    >>> meat([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[14.]])
    """
    each = iter(scores)
    first = next(each)
    total = first @ first.T
    for part in each:
        total += part @ part.T
    return total


def cluster_sums(parts: Iterable[tuple[Array, IntArray]], n_clusters: int) -> Array:
    """Add the scores of each cluster.

    Parameters
    ----------
    parts : iterable of ((p, m) float array, (m,) int array)
        Weighted scores and the cluster of each row, a block at a time; one block at least.
    n_clusters : int
        Number of clusters, coded from 0.

    Returns
    -------
    (n_clusters, p) float array
        U, the sum of u over each cluster. Its outer product U'U is the meat of clustered errors.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import cluster_sums
    >>> cluster_sums([(np.array([[1.0, 2.0, 3.0]]), np.array([0, 1, 0]))], 2)
    array([[4.],
           [2.]])
    """
    totals: Array | None = None
    for scores, cluster in parts:
        if totals is None:
            totals = np.zeros((n_clusters, len(scores)))
        add_by_unit(totals, scores, cluster)
    if totals is None:
        raise ValueError("no block of rows")
    return totals


def sandwich(bread: Array, filling: Array, factor: float) -> Array:
    """Return factor times bread times filling times bread, symmetric.

    Parameters
    ----------
    bread : (p, p) float array
        Inverse information.
    filling : (p, p) float array
        What `meat` or `cluster_sums` returned, times itself.
    factor : float
        Correction for small samples.

    Returns
    -------
    (p, p) float array
        The covariance.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import sandwich
    >>> sandwich(np.eye(1) * 0.5, np.eye(1) * 4.0, 1.5)
    array([[1.5]])
    """
    product = factor * (bread @ filling @ bread)
    return (product + product.T) / 2


def sandwich_factor(kind: str, *, n: float, n_parameters: int, n_units: float) -> float:
    """Return the correction of a robust covariance for small samples.

    Parameters
    ----------
    kind : {"HC0", "HC1", "CR0", "CR1", "CR1S", "linearized"}
        The covariance.
    n : float
        Observations.
    n_parameters : int
        All coefficients, those of every outcome.
    n_units : float
        Clusters for CR; for linearized the clusters, or else the observations, of the whole design.

    Returns
    -------
    float
        HC1 n / (n - p); CR1 and linearized G / (G - 1); CR1S that of CR1 times (n - 1) / (n - p).

    Notes
    -----
    HC1 is R `sandwich::vcovHC(type = "HC1")`; CR1 Stata `vce(cluster)` after `logit` and `mlogit`; CR1S
    that after `regress`, and R `sandwich::vcovCL(type = "HC1")`; linearized R `survey` and Stata `svy:`.

    Examples
    --------
    >>> from peerstats.numerics import sandwich_factor
    >>> sandwich_factor("CR1", n=100, n_parameters=4, n_units=11)
    1.1
    """
    factor = 1.0
    if kind in ("CR1", "CR1S", "linearized"):
        factor *= n_units / (n_units - 1)
    if kind == "CR1S":
        factor *= (n - 1) / (n - n_parameters)
    if kind == "HC1":
        factor *= n / (n - n_parameters)
    return factor
