"""Where each respondent falls: categories of a score, and why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.scoring._evaluate import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.instruments import Bands
    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import Array, IntArray

__all__ = ["Placement", "at_or_above", "band_of", "in_words", "place", "place_scale"]

# Cut-offs and scores meet after different roundings: a norm's mean + 0.1 SD, a mean of item answers.
# Neighbouring scores lie at least 1/54 apart, so nothing else is this close.
_TIE = 1e-9

_CONFIDENCE = {
    "V": "read in two independent sources",
    "1": "read in one source",
    "R": "recalled, not confirmed",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """The category of each respondent on one variable.

    Attributes
    ----------
    name : str
        The variable: a scale, or what the column is called.
    column : str
        Name of its column.
    categories : tuple of str
        Its categories in their order.
    code : (n,) int array
        Position in `categories`; -1 where it is withheld.
    reason : (n,) int array
        Position in `reasons`.
    reasons : tuple of str or None
        Why a category is withheld; the first is None.
    """

    name: str
    column: str
    categories: tuple[str, ...]
    code: IntArray
    reason: IntArray
    reasons: tuple[str | None, ...]

    def __post_init__(self) -> None:
        for name in ("code", "reason"):
            array = getattr(self, name).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)  # the record is frozen; only here may it be completed

    @property
    def counts(self) -> IntArray:
        """Respondents in each category."""
        counts: IntArray = np.bincount(self.code[self.code >= 0], minlength=len(self.categories))
        return counts

    def columns(self) -> dict[str, Any]:
        """Category and reason as columns of words."""
        words = np.array([*self.categories, None], dtype=object)
        return {
            self.column: words[self.code].tolist(),
            f"{self.column}_reason": np.array(self.reasons, dtype=object)[self.reason].tolist(),
        }

    def withheld(self) -> list[tuple[str | None, int]]:
        """List the reasons that occur, each with its respondents."""
        found, n = np.unique(self.reason[self.reason > 0], return_counts=True)
        return [(self.reasons[code], int(k)) for code, k in zip(found, n, strict=True)]


def at_or_above(scores: Any, cut: float, *, ties: str = "high") -> Any:
    """Tell where scores reach a cut; one that is on it, rounding apart, counts as `ties` says."""
    slack = _TIE * max(1.0, abs(cut))
    return scores >= cut - slack if ties == "high" else scores > cut + slack


def place(scores: Array, lower: Sequence[float]) -> IntArray:
    """Return the band of each score, the second and later beginning at `lower`; -1 where there is none."""
    code: IntArray = np.sum([at_or_above(scores, cut) for cut in lower], axis=0, dtype=np.int64)
    code[np.isnan(scores)] = -1
    return code


def in_words(confidence: str) -> str:
    """Spell out the marks in a confidence text of an instrument file."""
    return re.sub(r"(^|: )(V|1|R)\b", lambda found: found[1] + _CONFIDENCE[found[2]], confidence)


def place_scale(
    scored: ScoreResult, scale: str, word: str, categories: Sequence[str], code: IntArray
) -> Placement:
    """Make the placement of one scale's scores; who has no score has no category, for the same reason."""
    return Placement(
        name=scale,
        column=f"{scale}_{word}",
        categories=tuple(categories),
        code=code,
        reason=scored.scales[scale].reason.astype(np.int64),
        reasons=REASONS,
    )


def band_of(scores: Array, bands: Bands) -> list[str | None]:
    """Name the band of each score.

    Parameters
    ----------
    scores : (n,) array
        Scores; NaN where there is none.
    bands : Bands
        Names and lower edges.

    Returns
    -------
    list of str or None
        One a score; None where there is none.
    """
    words = np.array([*bands.names, None], dtype=object)
    named: list[str | None] = words[place(scores, bands.lower)].tolist()
    return named
