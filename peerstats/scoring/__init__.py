"""Scores of questionnaires."""

from peerstats.scoring._plan import item_columns
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._score import score

__all__ = ["ScoreResult", "item_columns", "score"]
