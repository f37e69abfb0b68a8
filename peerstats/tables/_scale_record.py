"""What is known of a scale, and of two scales, in one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peerstats.numerics import CorrelationEstimate

__all__ = ["Reliability", "ScaleCorrelation", "ScaleDescription"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """A reliability coefficient and its limits.

    Attributes
    ----------
    estimate, low, high : float
        Coefficient and limits; NaN where there are none.
    reason : str or None
        Why there is no coefficient.
    """

    estimate: float
    low: float
    high: float
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleDescription:
    """One scale in one group.

    Attributes
    ----------
    scale, group : str
        Which.
    n, n_missing, n_items : int
        Respondents with and without a score, and items.
    mean, sd, minimum, maximum, skew : float
        Of the scores.
    alpha, omega : Reliability
        Reliability of the items.
    reason : str or None
        Why something is empty.
    """

    scale: str
    group: str
    n: int
    n_missing: int
    n_items: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    skew: float
    alpha: Reliability
    omega: Reliability
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleCorrelation:
    """Two scales in one group.

    Attributes
    ----------
    scale, other_scale, group : str
        Which.
    found : CorrelationEstimate
        The correlation and its limits.
    reason : str or None
        Why there is no correlation, or none with limits.
    """

    scale: str
    other_scale: str
    group: str
    found: CorrelationEstimate
    reason: str | None
