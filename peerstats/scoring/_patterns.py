"""The eight patterns of high and low on three burnout dimensions, and the profiles they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.scoring._boundaries import ROLES, Boundary
from peerstats.scoring._placement import Placement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import IntArray

__all__ = ["CONVENTIONS", "RULE", "UNNAMED", "place_profiles"]

_NAMED = ("Engaged", "Ineffective", "Overextended", "Disengaged", "Burnout")
_BOTH = "exhausted and cynical, yet efficacious"
_TIRED = "exhausted and not efficacious, not cynical"
_AWAY = "cynical and not efficacious, not exhausted"
UNNAMED = (_BOTH, _TIRED, _AWAY)

# Profile of each pattern, numbered 4 exhausted + 2 cynical + 1 efficacious; Leiter and Maslach (2016) name
# five of them.
RULE = ("Ineffective", "Engaged", _AWAY, "Disengaged", _TIRED, "Overextended", "Burnout", _BOTH)

# What becomes of the patterns that the paper does not name; the two conventions are recalled, not confirmed.
CONVENTIONS: Mapping[str, Mapping[str, str]] = {
    "separate": {},
    "publisher": {_BOTH: "Burnout"},
    "customary": {_BOTH: "Burnout", _TIRED: "Overextended", _AWAY: "Disengaged"},
}


def _missing(scored: ScoreResult) -> tuple[IntArray, tuple[str | None, ...]]:
    """Return which of the three scores each respondent lacks, by number, and the words for it."""
    scales = [scored.plan.instrument.roles[role] for role in ROLES]
    lacks = [np.isnan(scored.scales[scale].score) for scale in scales]
    code: IntArray = (4 * lacks[0] + 2 * lacks[1] + 1 * lacks[2]).astype(np.int64)
    words: list[str | None] = [None]
    for i in range(1, 7):
        absent = [scale for scale, bit in zip(scales, (4, 2, 1), strict=True) if i & bit]
        words.append(f"no score of {' and '.join(absent)}")
    return code, (*words, "no score")


def place_profiles(
    scored: ScoreResult, boundaries: tuple[Boundary, ...], ties: str, unnamed: str
) -> tuple[Placement, IntArray]:
    """Return each respondent's profile, and the respondents of each pattern."""
    reason, reasons = _missing(scored)
    high = [b.high(scored, ties) for b in boundaries]
    pattern = (4 * high[0] + 2 * high[1] + 1 * high[2]).astype(np.int64)
    fold = CONVENTIONS[unnamed]
    categories = (*_NAMED, *(word for word in UNNAMED if word not in fold))
    profile = np.array([categories.index(fold.get(word, word)) for word in RULE])[pattern]
    patterns = np.bincount(pattern[reason == 0], minlength=len(RULE))
    patterns.flags.writeable = False
    placement = Placement(
        name="profile",
        column="profile",
        categories=categories,
        code=np.where(reason == 0, profile, -1),
        reason=reason,
        reasons=reasons,
    )
    return placement, patterns
