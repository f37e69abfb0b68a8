"""The one-factor model of covariance matrices by maximum likelihood, many matrices at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics._one_factor_fit import Minimum, minimise_one_factor

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["ONE_FACTOR_REASONS", "OneFactor", "omega_total", "one_factor"]

# Words of `OneFactor.reason`, by its code.
ONE_FACTOR_REASONS: tuple[str | None, ...] = (
    None,
    "a covariance is missing",
    "an item has no variance",
    "the covariance matrix is not positive definite",
    "the fit did not converge",
)

LOWER = 0.005  # least share of an item's variance that is unique: `lower` of R's factanal
FEWEST_ITEMS = 3  # two items have one covariance for two loadings

# A matrix whose correlation matrix has a smaller eigenvalue is taken as singular.
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneFactor:
    """One-factor models, one for each covariance matrix; `...` is the matrices' own shape.

    Attributes
    ----------
    loadings : (..., m) array
        Loadings in the items' units, the factor's variance being 1; their sum is not negative.
    uniquenesses : (..., m) array
        Unique variances, each at least `lower` of the item's variance.
    omega : (...) array
        Omega total, (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances).
    discrepancy : (...) array
        log|Sigma| + tr(S Sigma^-1) - log|S| - m, at its minimum.
    heywood : (..., m) bool array
        Items whose unique variance would fall below the bound: it stands at the bound, and everything else
        is the maximum under that bound.
    reason : (...) int array
        Position in `ONE_FACTOR_REASONS` of why there is no fit; 0 where there is one. Every number of a
        matrix without a fit is NaN.
    n_iterations : int
        Steps that the slowest of the fits took.
    """

    loadings: Array
    uniquenesses: Array
    omega: Array
    discrepancy: Array
    heywood: BoolArray
    reason: IntArray
    n_iterations: int


def omega_total(loadings: Array, uniquenesses: Array) -> Array:
    """Return omega total of one-factor models.

    Parameters
    ----------
    loadings, uniquenesses : (..., m) array
        Loadings and unique variances, in the items' units.

    Returns
    -------
    (...) array
        (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances).

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import omega_total
    >>> round(float(omega_total(np.array([1.0, 1.0, 1.0]), np.array([1.0, 1.0, 1.0]))), 3)
    0.75
    """
    common = loadings.sum(axis=-1) ** 2
    omega: Array = common / (common + uniquenesses.sum(axis=-1))
    return omega


def one_factor(covariance: Array, *, lower: float = LOWER, start: OneFactor | None = None) -> OneFactor:
    """Fit the one-factor model to covariance matrices by normal-theory maximum likelihood.

    Parameters
    ----------
    covariance : (..., m, m) array
        Covariance (or correlation) matrices of m >= 3 items: one, or R replicates as (R, m, m). The divisor
        of the covariances (n or n - 1) changes loadings and unique variances in proportion, omega not at all.
    lower : float
        Least share of an item's variance that is unique, in (0, 1).
    start : OneFactor, optional
        A fit to begin from, of one matrix of the same items: replicates begin at the whole sample's fit.
        The result is the same to 1e-9; it comes sooner.

    Returns
    -------
    OneFactor
        Loadings, unique variances, omega and discrepancy of each matrix; a matrix that cannot be fitted has
        NaN and a reason.

    Raises
    ------
    InputError
        If there are fewer than three items, or the matrices are not square.

    Notes
    -----
    Minimises F = log|Sigma| + tr(S Sigma^-1) - log|S| - m with Sigma = l l' + diag(psi) over l and log(psi),
    psi >= `lower` x diag(S): scoring steps while far, Newton steps when near, until the last step is below
    1e-9 on the items' standardised scale. The items' units do not matter. R: ``factanal(covmat = S,
    factors = 1)`` (whose `lower` is the same .005) and lavaan's ``cfa("f =~ ...", std.lv = TRUE)``; both
    agree where no item is at the bound. lavaan lets a unique variance go below zero there. Items of several
    unrelated factors can have more than one minimum; this one is reached from Joreskog's start, as
    factanal's is. Replicates: form all R matrices by one product, fit the whole sample, and pass that
    fit as `start`; 200 replicates of 16 items take some 30 ms.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import one_factor
    >>> loadings = np.array([0.8, 0.7, 0.6, 0.5])
    >>> fit = one_factor(np.outer(loadings, loadings) + np.diag(1 - loadings**2))
    >>> np.round(fit.loadings, 6).tolist()
    [0.8, 0.7, 0.6, 0.5]
    >>> round(float(fit.omega), 4)
    0.7494
    """
    matrices = np.asarray(covariance, dtype=float)
    m = matrices.shape[-1]
    if matrices.ndim < 2 or matrices.shape[-2] != m:  # noqa: PLR2004  (a matrix has two axes)
        raise InputError(
            f"one_factor(): covariance has the shape {matrices.shape}.", "Give square matrices, (..., m, m)."
        )
    if m < FEWEST_ITEMS:
        raise InputError(
            f"one_factor(): a one-factor model of {m} items is not identified.",
            "It needs three items or more; for two items report their correlation.",
        )
    many = matrices.reshape(-1, m, m)
    reason, scale = _examine(many)
    usable = reason == 0
    sd = scale[usable]
    correlation = many[usable] / (sd[:, :, None] * sd[:, None, :])
    first = _start(correlation) if start is None else _warm(start, correlation, sd)
    fitted = minimise_one_factor(correlation, *first, float(np.log(lower)))
    reason[np.flatnonzero(usable)[~fitted.converged]] = ONE_FACTOR_REASONS.index("the fit did not converge")
    return _record(fitted, sd, usable, reason, matrices.shape[:-2])


def _record(
    fitted: Minimum, sd: Array, usable: BoolArray, reason: IntArray, shape: tuple[int, ...]
) -> OneFactor:
    m = sd.shape[1]
    kept = np.flatnonzero(usable)[fitted.converged]
    loadings = np.full((len(usable), m), np.nan)
    uniquenesses, discrepancy = loadings.copy(), np.full(len(usable), np.nan)
    heywood = np.zeros((len(usable), m), dtype=bool)
    done = fitted.converged
    turned = fitted.loadings * np.where(fitted.loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    loadings[kept] = (turned * sd)[done]
    uniquenesses[kept] = (np.exp(fitted.log_unique) * sd**2)[done]
    discrepancy[kept] = fitted.discrepancy[done]
    heywood[kept] = fitted.at_bound[done]
    record = OneFactor(
        loadings=loadings.reshape(*shape, m),
        uniquenesses=uniquenesses.reshape(*shape, m),
        omega=omega_total(loadings, uniquenesses).reshape(shape),
        discrepancy=discrepancy.reshape(shape),
        heywood=heywood.reshape(*shape, m),
        reason=reason.reshape(shape),
        n_iterations=fitted.n_iterations,
    )
    for name in ("loadings", "uniquenesses", "omega", "discrepancy", "heywood", "reason"):
        getattr(record, name).flags.writeable = False
    return record


def _examine(matrices: Array) -> tuple[IntArray, Array]:
    """Return why each matrix cannot be fitted (0 where it can) and the items' standard deviations."""
    variances = np.einsum("rii->ri", matrices)
    reason = np.zeros(len(matrices), dtype=np.int64)
    missing = ~np.isfinite(matrices).all(axis=(1, 2))
    flat = ~missing & (variances <= 0).any(axis=1)
    scale = np.sqrt(np.where(variances > 0, variances, 1.0))
    safe = np.where((missing | flat)[:, None, None], np.eye(matrices.shape[1]), matrices)
    least = np.linalg.eigvalsh(safe / (scale[:, :, None] * scale[:, None, :]))[:, 0]
    reason[least < _SINGULAR] = ONE_FACTOR_REASONS.index("the covariance matrix is not positive definite")
    reason[flat] = ONE_FACTOR_REASONS.index("an item has no variance")
    reason[missing] = ONE_FACTOR_REASONS.index("a covariance is missing")
    return reason, scale


def _start(correlation: Array) -> tuple[Array, Array]:
    """Return Joreskog's start: unique shares from the squared multiple correlations, then one eigenvector."""
    m = correlation.shape[1]
    unique = (1 - 0.5 / m) / np.einsum("rii->ri", np.linalg.inv(correlation))
    root = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlation / (root[:, :, None] * root[:, None, :]))
    loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:] - 1, 0.05)) * root
    return loadings, np.log(unique)


def _warm(start: OneFactor, correlation: Array, sd: Array) -> tuple[Array, Array]:
    """Return one fit as the start of each replicate, in standardised units."""
    if start.loadings.shape != correlation.shape[1:2] or int(start.reason):
        return _start(correlation)
    return start.loadings / sd, np.log(start.uniquenesses / sd**2)
