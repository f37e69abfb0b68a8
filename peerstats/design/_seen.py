"""What a transform sees of the rows of a fit: all values, or sums over rows that stay elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from peerstats.design._transforms import Refuse
    from peerstats.typing import Array

__all__ = ["Moments", "Seen", "Values"]


class Seen(Protocol):
    """What can be asked of the values."""

    @property
    def n(self) -> int:
        """How many there are."""

    @property
    def mean(self) -> float:
        """Their mean."""

    @property
    def low(self) -> float:
        """The smallest."""

    @property
    def high(self) -> float:
        """The largest."""

    def spread(self, ddof: float) -> float:
        """Return the standard deviation, n - ddof below."""

    def values(self, name: str, refuse: Refuse) -> Array:
        """Return the values themselves, for the transform `name`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """Values that are at hand.

    Parameters
    ----------
    x : (n,) array
        The values, all finite.
    """

    x: Array

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.x)

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(self.x.mean())

    @property
    def low(self) -> float:
        """The smallest."""
        return float(self.x.min())

    @property
    def high(self) -> float:
        """The largest."""
        return float(self.x.max())

    def spread(self, ddof: float) -> float:
        """Return the standard deviation, n - ddof below."""
        return float(self.x.std(ddof=ddof))

    def values(self, name: str, refuse: Refuse) -> Array:
        """Return the values themselves."""
        del name, refuse
        return self.x


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Count, mean, squares and ends of values that are elsewhere.

    Parameters
    ----------
    n : int
        How many there are.
    mean : float
        Their mean.
    squares : float
        Sum of squares about it.
    low, high : float
        The smallest and the largest.
    """

    n: int
    mean: float
    squares: float
    low: float
    high: float

    @staticmethod
    def of(x: Array) -> Moments:
        """Return the moments of some values."""
        mean = float(x.mean())
        about = x - mean
        return Moments(
            n=len(x), mean=mean, squares=float(about @ about), low=float(x.min()), high=float(x.max())
        )

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of both: Chan, Golub and LeVeque (1983), The American Statistician 37, 242."""
        n, away = self.n + other.n, other.mean - self.mean
        return Moments(
            n=n,
            mean=self.mean + away * other.n / n,
            squares=self.squares + other.squares + away**2 * self.n * other.n / n,
            low=min(self.low, other.low),
            high=max(self.high, other.high),
        )

    def spread(self, ddof: float) -> float:
        """Return the standard deviation, n - ddof below."""
        return float(np.sqrt(self.squares / (self.n - ddof)))

    def values(self, name: str, refuse: Refuse) -> Array:
        """Refuse: sums do not tell values."""
        raise refuse(
            f"{name}() of rows that stay in Spark, whose quantiles are not known here,",
            f"Name the knots, for example {name}(column, knots=[{self._about(1)}, {self._about(2)}])"
            f"{' without constraints=' if name != 'bs' else ''}.",
        )

    def _about(self, third: int) -> str:
        return f"{self.low + (self.high - self.low) * third / 3:.3g}"
