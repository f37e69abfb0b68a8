"""Scores of questionnaires, and what they mean."""

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
