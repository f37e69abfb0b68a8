"""CR2 where weights or curvature vary within clusters: one eigenproblem of a cluster's size each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._small_samples import Corrected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from peerstats.numerics._small_samples import Working
    from peerstats.typing import Array

__all__ = ["LARGEST_CLUSTER", "cluster_rooted"]

LARGEST_CLUSTER = 4_000  # rows: an eigenproblem of that size takes 20 seconds and 400 MB
_NO_ROOT = 1e-12  # eigenvalues up to it have no inverse root, as in clubSandwich's matrix_power


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cluster:
    """One cluster: u = design times the root of the bread, s = weights times u."""

    u: Array
    s: Array
    target: Array
    residual: Array
    code: int


def _mean_weight(parts: Sequence[Working], *, copies: bool) -> float:
    """Return the mean weight, which sets the scale that roots are judged on."""
    weights = [part.w for part in parts if part.w is not None]
    return 1.0 if copies or not weights else float(np.concatenate(weights).mean())


def _gather(
    parts: Sequence[Working], root: Array, scale: float, *, equal: bool, copies: bool
) -> Iterator[_Cluster]:
    """Yield the clusters, their rows put together, weights over `scale`."""
    columns = []
    for part in parts:
        if part.cluster is None:
            raise ValueError("rows without clusters")
        m = len(part.residual)
        w = np.ones(m) if part.w is None else part.w / scale
        v = np.ones(m) if part.curvature is None else part.curvature
        # copies of a row are one row, its design and residual times the root of their number
        times = np.sqrt(w) if copies else np.ones(m)
        weight = (1.0 if copies else w) / v
        columns.append((root.T @ (part.x * (v * times)), weight, part.residual * times, part.cluster))
    u = np.concatenate([each[0] for each in columns], axis=1).T
    weight, residual, cluster = (np.concatenate([each[i] for each in columns]) for i in (1, 2, 3))
    order = np.argsort(cluster, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1):
        yield _Cluster(
            u=u[rows],
            s=u[rows] * weight[rows, None],
            target=np.ones(len(rows)) if equal else 1.0 / weight[rows],
            residual=residual[rows],
            code=int(cluster[rows[0]]),
        )


def _adjusted(each: _Cluster, spread: Array | None, values: Array) -> tuple[Array, bool]:
    """Return A times the columns of `values`, and whether a direction has no residual.

    A = D (D B D)^-1/2 D with D^2 the target and B the cluster's block of (I - H) target (I - H)'.
    """
    if spread is None:
        block = np.diag(each.target) - each.u @ each.u.T
    else:
        cross = each.u @ each.s.T
        block = np.diag(each.target) - cross - cross.T + each.u @ spread @ each.u.T
    d = np.sqrt(each.target)
    eigenvalues, axes = np.linalg.eigh(block * d[:, None] * d)
    none = eigenvalues <= _NO_ROOT
    inverse_root = np.where(none, 0.0, np.where(none, 1.0, eigenvalues) ** -0.5)
    product: Array = d[:, None] * (axes @ (inverse_root[:, None] * (axes.T @ (d[:, None] * values))))
    return product, bool(none.any())


def cluster_rooted(
    parts: Iterable[Working], bread: Array, contrasts: Array, *, equal: bool, copies: bool
) -> Corrected:
    """Return the meat of CR2 and Satterthwaite's degrees of freedom, from clusters' symmetric roots.

    Parameters
    ----------
    parts : iterable of Working
        The rows, a block at a time; all of them are gathered in memory.
    bread : (k, k) float array
        Inverse information.
    contrasts : (c, k) float array
        Contrasts of the coefficients that degrees of freedom are wanted for.
    equal : bool
        Whether the errors are taken to have equal variances whatever the weights (sampling weights of a
        linear model); else the inverse of weight over curvature.
    copies : bool
        Whether the weights are copies of a row.

    Returns
    -------
    Corrected
        Meat, degrees of freedom, and clusters in which a coefficient is fitted exactly.

    Notes
    -----
    With X the design times curvature, W weight over curvature, M the bread, H = X M X'W and T the target
    (the identity, or the inverse of W), a cluster's adjustment is A = D (D B D)^-1/2 D: D the root of T, B
    the cluster's block of (I - H) T (I - H)'. R `clubSandwich::vcovCR(type = "CR2")`: of `lm` with weights
    as it stands (`equal`) and with `inverse_var = TRUE`, and of `glm`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Working, cluster_rooted
    >>> x, e, people = np.ones((1, 4)), np.array([1.0, -1, 1, -1]), np.arange(4)
    >>> rows = Working(x=x, residual=e, curvature=None, w=np.ones(4), cluster=people)
    >>> cluster_rooted([rows], np.eye(1) / 4, np.eye(1), equal=True, copies=False).df.round(2)
    array([3.])
    """
    k = len(bread)
    held = list(parts)
    scale = _mean_weight(held, copies=copies)
    root = np.asarray(np.linalg.cholesky(bread * scale), dtype=float)
    z = root.T @ contrasts.T
    clusters = list(_gather(held, root, scale, equal=equal, copies=copies))
    spread = sum((each.s.T @ each.s for each in clusters), np.zeros((k, k))) if equal else None
    meat = np.zeros((k, k))
    own, pairs, full = [], [], []
    for each in clusters:
        rows = np.column_stack([each.residual, each.s @ z])
        adjusted, filled = _adjusted(each, spread, rows)
        score = each.s.T @ adjusted[:, :1]
        meat += score @ score.T
        g = adjusted[:, 1:]
        own.append((g**2 * each.target[:, None]).sum(axis=0))
        pairs.append(np.vstack([each.u.T @ g, each.s.T @ (each.target[:, None] * g)]))
        full += [each.code] if filled else []
    # the covariances of the clusters' adjusted scores are diag(own) - F N F', F the pairs of one contrast
    if spread is None:
        middle = np.block([[np.eye(k), np.zeros((k, k))], [np.zeros((k, 2 * k))]])
    else:
        middle = np.block([[-spread, np.eye(k)], [np.eye(k), np.zeros((k, k))]])
    diagonal, factors = np.array(own), np.array(pairs)
    df = np.array([_satterthwaite(diagonal[:, c], factors[:, :, c], middle) for c in range(z.shape[1])])
    back = np.linalg.inv(root) * scale
    return Corrected(meat=back.T @ meat @ back, df=df, full=tuple(full))


def _satterthwaite(own: Array, f: Array, middle: Array) -> float:
    """Return trace(P)^2 over the sum of P^2, P = diag(own) - f middle f'."""
    lengths = ((f @ middle) * f).sum(axis=1)
    inner = middle @ (f.T @ f)
    squares = float((own**2 - 2 * own * lengths).sum() + np.trace(inner @ inner))
    return float((own - lengths).sum()) ** 2 / squares
