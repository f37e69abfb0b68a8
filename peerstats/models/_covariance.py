"""The record of a covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Covariance"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance:
    """A covariance of coefficients.

    Parameters
    ----------
    matrix : (p, p) float array
        The covariance.
    df : (p,) float array or None
        Degrees of freedom of each coefficient, where each has its own.
    notes : tuple of str
        What to keep in mind.
    df_design : float or None
        Degrees of freedom that the covariance itself brings: those of replicate weights.
    n_replicates : int or None
        Replicates that it was computed from.
    """

    matrix: Array
    df: Array | None
    notes: tuple[str, ...]
    df_design: float | None = None
    n_replicates: int | None = None
