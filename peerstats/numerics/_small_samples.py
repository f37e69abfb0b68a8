"""Robust covariances corrected by leverage: HC2, HC3, CR2 and CR3, for models of one equation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peerstats.typing import Array, IntArray

__all__ = ["Corrected", "Working", "cluster_corrected", "leverage_corrected"]

_MEMORY = 64 * 2**20  # bytes of the clusters' cross-products that are held at once
_FULL = 1e-10  # a direction whose leverage is within this of 1 is fitted exactly and has no residual


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Working:
    """Some rows of a fitted model of one equation, as a least-squares problem.

    Parameters
    ----------
    x : (k, m) float array
        The design.
    residual : (m,) float array
        Outcome minus its fitted mean.
    curvature : (m,) float array or None
        Derivative of the mean by the linear predictor: 1 (None) for linear, p (1 - p) for logistic models.
    w : (m,) float array or None
        Weights; None means 1.
    cluster : (m,) int array or None
        Cluster of each row.
    """

    x: Array
    residual: Array
    curvature: Array | None
    w: Array | None
    cluster: IntArray | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corrected:
    """A corrected covariance.

    Parameters
    ----------
    meat : (k, k) float array
        Between two copies of the inverse information it is the covariance.
    df : (c,) float array or None
        Satterthwaite's degrees of freedom of each contrast.
    full : tuple of int
        Rows (HC, by position) or clusters (CR, by code) whose leverage is 1: a coefficient fits them exactly.
    """

    meat: Array
    df: Array | None
    full: tuple[int, ...]


def _weighted(values: Array | None, w: Array | None, m: int) -> Array:
    if values is None:
        return np.ones(m) if w is None else w
    return values if w is None else values * w


def leverage_corrected(parts: Iterable[Working], bread: Array, power: int, *, copies: bool) -> Corrected:
    """Return the meat of HC2 or HC3.

    Parameters
    ----------
    parts : iterable of Working
        The rows, a block at a time.
    bread : (k, k) float array
        Inverse information.
    power : {1, 2}
        Power of 1 - h in the denominator: 1 for HC2, 2 for HC3.
    copies : bool
        Whether the weights are copies of a row, each with a leverage of its own, or weights of one row.

    Returns
    -------
    Corrected
        The meat; rows with a leverage of 1, which have no residual, are left out and listed.

    Notes
    -----
    The sum of (w e)^2 / (1 - h)^power x x', with h = w c x' bread x the leverage of the row: R
    `sandwich::vcovHC(type = "HC2")` and `"HC3"`. With copies each of the w copies adds its e^2.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Working, leverage_corrected
    >>> rows = Working(
    ...     x=np.ones((1, 4)), residual=np.array([1.0, -1, 1, -1]), curvature=None, w=None, cluster=None
    ... )
    >>> leverage_corrected([rows], np.eye(1) / 4, 1, copies=False).meat.round(4)
    array([[5.3333]])
    """
    k = len(bread)
    total = np.zeros((k, k))
    filled: list[int] = []
    first = 0
    for part in parts:
        curve = _weighted(part.curvature, None if copies else part.w, len(part.residual))
        rest = 1.0 - curve * ((bread @ part.x) * part.x).sum(axis=0)
        full = rest <= _FULL
        filled.extend((first + np.flatnonzero(full)).tolist())
        first += len(full)
        scale = np.where(full, 0.0, np.where(full, 1.0, rest) ** (-power / 2))
        if part.w is not None:
            scale = scale * (np.sqrt(part.w) if copies else part.w)
        u = part.x * (part.residual * scale)
        total += u @ u.T
    return Corrected(meat=total, df=None, full=tuple(filled))


def _cross_products(parts: Iterable[Working], root: Array, first: int, last: int) -> tuple[Array, Array]:
    """Return root' G root, (g, k, k), and root' s, (g, k), of the clusters from `first` to `last` - 1."""
    k = len(root)
    upper = np.triu_indices(k)
    gram = np.zeros((last - first, len(upper[0])))
    score = np.zeros((last - first, k))
    for part in parts:
        if part.cluster is None:
            raise ValueError("rows without clusters")
        here = np.flatnonzero((part.cluster >= first) & (part.cluster < last))
        if not len(here):
            continue
        order = here[np.argsort(part.cluster[here], kind="stable")]
        present, starts = np.unique(part.cluster[order], return_index=True)
        x = root.T @ part.x[:, order]
        w = None if part.w is None else part.w[order]
        curvature = None if part.curvature is None else part.curvature[order]
        curved = x * _weighted(curvature, w, len(order))
        # k (k + 1) / 2 products of columns of one block of rows
        products = x[upper[0]] * curved[upper[1]]
        gram[present - first] += np.add.reduceat(products, starts, axis=1).T
        scores = x * _weighted(part.residual[order], w, len(order))
        score[present - first] += np.add.reduceat(scores, starts, axis=1).T
    whole = np.empty((last - first, k, k))
    whole[:, upper[0], upper[1]] = gram
    whole[:, upper[1], upper[0]] = gram
    return whole, score


def cluster_corrected(
    parts: Callable[[], Iterable[Working]], bread: Array, n_clusters: int, power: int, contrasts: Array
) -> Corrected:
    """Return the meat of CR2 or CR3 and Satterthwaite's degrees of freedom.

    Parameters
    ----------
    parts : callable
        Returns the rows, a block at a time, anew at each call.
    bread : (k, k) float array
        Inverse information.
    n_clusters : int
        Clusters, coded from 0.
    power : {1, 2}
        1 for CR2, 2 for CR3: minus half of it is the power of I - H.
    contrasts : (c, k) float array
        Contrasts of the coefficients that degrees of freedom are wanted for.

    Returns
    -------
    Corrected
        Meat, degrees of freedom, and clusters in which a coefficient is fitted exactly.

    Notes
    -----
    With X the design of a cluster scaled by the root of weight times curvature, e the residuals scaled
    alike, and M the bread, the adjusted score is X' (I - X M X')^-a e, a = 1/2 for CR2 and 1 for CR3; a
    direction in which I - X M X' is zero has no residual and adds nothing. Since X' f(X M X') = f(X'X M) X',
    each cluster takes one k by k eigenproblem, whatever its size. R `clubSandwich::vcovCR`: its CR3 in
    every case, its CR2 for `lm` without weights (frequency weights are rows repeated); where weights or
    curvature vary within a cluster its CR2 is `cluster_rooted`. Degrees of freedom as its
    `coef_test(test = "Satterthwaite")`: with P the covariances of the clusters' adjusted scores under the
    working model, trace(P)^2 / sum of P^2.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Working, cluster_corrected
    >>> x, e, people = np.ones((1, 4)), np.array([1.0, -1, 1, -1]), np.arange(4)
    >>> rows = Working(x=x, residual=e, curvature=None, w=None, cluster=people)
    >>> found = cluster_corrected(lambda: [rows], np.eye(1) / 4, 4, 1, np.eye(1))
    >>> found.meat.round(4), found.df.round(2)
    (array([[5.3333]]), array([3.]))
    """
    k = len(bread)
    root = np.asarray(np.linalg.cholesky(bread), dtype=float)
    z = root.T @ contrasts.T
    meat = np.zeros((k, k))
    filled: list[int] = []
    traced, squared = np.zeros(z.shape[1]), np.zeros(z.shape[1])
    crossed = np.zeros((z.shape[1], k, k))
    size = max(1, _MEMORY // (8 * 4 * k * k))
    for first in range(0, n_clusters, size):
        gram, score = _cross_products(parts(), root, first, min(first + size, n_clusters))
        leverage, axes = np.linalg.eigh(gram)
        leverage = np.clip(leverage, 0.0, 1.0)
        full = 1.0 - leverage <= _FULL
        filled.extend((first + np.flatnonzero(full.any(axis=1))).tolist())
        rest = np.where(full, 1.0, 1.0 - leverage)
        adjust = np.where(full, 0.0, rest ** (-power / 2))
        # in each cluster's own axes
        along = np.einsum("gij,gi->gj", axes, score)
        adjusted = np.einsum("gij,gj->gi", axes, adjust * along)
        meat += adjusted.T @ adjusted
        turned = axes.transpose(0, 2, 1) @ z
        own = ((leverage * adjust**2)[:, :, None] * turned**2).sum(axis=1)
        shared = axes @ ((leverage * adjust)[:, :, None] * turned)
        lengths = (shared**2).sum(axis=1)
        traced += (own - lengths).sum(axis=0)
        squared += (own**2 - 2 * own * lengths).sum(axis=0)
        crossed += np.einsum("gac,gbc->cab", shared, shared)
    squared += (crossed**2).sum(axis=(1, 2))
    back = np.linalg.inv(root)
    return Corrected(meat=back.T @ meat @ back, df=traced**2 / squared, full=tuple(filled))
