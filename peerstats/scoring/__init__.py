"""Scores of questionnaires, and what they mean."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach

if _TYPE_CHECKING:
    from peerstats.scoring._agreement import AgreementResult, agreement_limits
    from peerstats.scoring._cfa import cfa
    from peerstats.scoring._cfa_result import CfaResult
    from peerstats.scoring._change import reliable_change
    from peerstats.scoring._change_result import ChangeResult
    from peerstats.scoring._composite import CompositeResult, burnout_composite
    from peerstats.scoring._icc import IccResult, icc
    from peerstats.scoring._lazy_result import LazyScoreResult
    from peerstats.scoring._levels import LevelResult, burnout_levels
    from peerstats.scoring._match import MatchResult, worklife_match
    from peerstats.scoring._plan import item_columns
    from peerstats.scoring._profiles import ProfileResult, burnout_profiles
    from peerstats.scoring._quality import response_quality
    from peerstats.scoring._quality_result import QualityResult
    from peerstats.scoring._reliability import reliability
    from peerstats.scoring._reliability_result import ReliabilityResult
    from peerstats.scoring._result import ScoreResult
    from peerstats.scoring._score import score

# Where each name lives: a name loads its own module only. A test holds this equal to the imports above.
_HOMES = {
    "_agreement": (
        "AgreementResult",
        "agreement_limits",
    ),
    "_cfa": ("cfa",),
    "_cfa_result": ("CfaResult",),
    "_change": ("reliable_change",),
    "_change_result": ("ChangeResult",),
    "_composite": (
        "CompositeResult",
        "burnout_composite",
    ),
    "_icc": (
        "IccResult",
        "icc",
    ),
    "_lazy_result": ("LazyScoreResult",),
    "_levels": (
        "LevelResult",
        "burnout_levels",
    ),
    "_match": (
        "MatchResult",
        "worklife_match",
    ),
    "_plan": ("item_columns",),
    "_profiles": (
        "ProfileResult",
        "burnout_profiles",
    ),
    "_quality": ("response_quality",),
    "_quality_result": ("QualityResult",),
    "_reliability": ("reliability",),
    "_reliability_result": ("ReliabilityResult",),
    "_result": ("ScoreResult",),
    "_score": ("score",),
}

if not _TYPE_CHECKING:
    __getattr__, __dir__, _ = _attach(__name__, _HOMES)

__all__ = [
    "AgreementResult",
    "CfaResult",
    "ChangeResult",
    "CompositeResult",
    "IccResult",
    "LazyScoreResult",
    "LevelResult",
    "MatchResult",
    "ProfileResult",
    "QualityResult",
    "ReliabilityResult",
    "ScoreResult",
    "agreement_limits",
    "burnout_composite",
    "burnout_levels",
    "burnout_profiles",
    "cfa",
    "icc",
    "item_columns",
    "reliability",
    "reliable_change",
    "response_quality",
    "score",
    "worklife_match",
]
