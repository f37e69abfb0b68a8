"""Scores of questionnaires, and what they mean."""

from peerstats.scoring._composite import CompositeResult, burnout_composite
from peerstats.scoring._levels import LevelResult, burnout_levels
from peerstats.scoring._match import MatchResult, worklife_match
from peerstats.scoring._plan import item_columns
from peerstats.scoring._profiles import ProfileResult, burnout_profiles
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._score import score

__all__ = [
    "CompositeResult",
    "LevelResult",
    "MatchResult",
    "ProfileResult",
    "ScoreResult",
    "burnout_composite",
    "burnout_levels",
    "burnout_profiles",
    "item_columns",
    "score",
    "worklife_match",
]
