"""The coefficients of reliability by name, each as a kernel of covariance matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from peerstats.numerics import (
    ONE_FACTOR_REASONS,
    alpha,
    alpha_by_weights,
    lambda_2,
    one_factor,
    standardised_alpha,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.typing import Array

__all__ = ["COEFFICIENTS", "Coefficient", "Fit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A coefficient in the full sample, and how to compute it for replicates.

    Attributes
    ----------
    value : float
        The coefficient; NaN where there is none.
    reason : str or None
        Why there is none.
    kernel : callable
        From (R, m, m) matrices to (R,) values.
    at_bound : tuple of int
        Items whose unique variance stands at its bound: Heywood cases.
    """

    value: float
    reason: str | None
    kernel: Callable[[Array], Array]
    at_bound: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coefficient:
    """A coefficient of reliability.

    Attributes
    ----------
    label : str
        Its name in print.
    matrix : {"covariance", "polychoric"}
        What it is computed from.
    raw : bool
        Whether it is the reliability of the sum (or mean) of the answers as they stand, so that an error of
        measurement in their units belongs to it.
    fit : callable
        From the full sample's matrix to a `Fit`.
    by_weights : callable or None
        From answers and (n, R) weights to (R,) values: a shorter way where no other coefficient needs the
        matrices.
    """

    label: str
    matrix: Literal["covariance", "polychoric"]
    raw: bool
    fit: Callable[[Array], Fit]
    by_weights: Callable[[Array, Array], Array] | None = None


def _no_variance(covariance: Array) -> str:
    still = np.flatnonzero(~(np.diagonal(covariance) > 0))
    if len(still) == len(covariance):
        return "no item has any variance"
    return "an item has no variance" if len(still) else "the sum of the items has no variance"


def _direct(kernel: Callable[[Array], Array], *, standardised: bool = False) -> Callable[[Array], Fit]:
    """Fit a coefficient that is a formula."""

    def fit(matrix: Array) -> Fit:
        value = float(kernel(matrix))
        reason = None
        if np.isnan(value):
            still = not (np.diagonal(matrix) > 0).all()
            reason = "an item has no variance" if standardised and still else _no_variance(matrix)
        return Fit(value=value, reason=reason, kernel=kernel)

    return fit


def _omega(matrix: Array) -> Fit:
    """Fit omega total; replicates start at the full sample's model."""
    if len(matrix) < 3:  # noqa: PLR2004  (two items have one covariance for two loadings)
        nothing = "two items do not determine a factor"
        return Fit(value=np.nan, reason=nothing, kernel=lambda r: np.full(r.shape[:-2], np.nan))
    whole = one_factor(matrix)
    start = whole if int(whole.reason) == 0 else None
    return Fit(
        value=float(whole.omega),
        reason=ONE_FACTOR_REASONS[int(whole.reason)],
        kernel=lambda replicates: one_factor(replicates, start=start).omega,
        at_bound=tuple(np.flatnonzero(whole.heywood).tolist()),
    )


COEFFICIENTS: dict[str, Coefficient] = {
    "alpha": Coefficient(
        label="alpha", matrix="covariance", raw=True, fit=_direct(alpha), by_weights=alpha_by_weights
    ),
    "standardised_alpha": Coefficient(
        label="standardised alpha",
        matrix="covariance",
        raw=False,
        fit=_direct(standardised_alpha, standardised=True),
    ),
    "lambda_2": Coefficient(label="lambda-2", matrix="covariance", raw=True, fit=_direct(lambda_2)),
    "omega": Coefficient(label="omega total", matrix="covariance", raw=True, fit=_omega),
    "ordinal_alpha": Coefficient(label="ordinal alpha", matrix="polychoric", raw=False, fit=_direct(alpha)),
    "ordinal_omega": Coefficient(label="ordinal omega", matrix="polychoric", raw=False, fit=_omega),
}
