"""Models: one public function each, one result for all."""

from __future__ import annotations

from peerstats.models._linear import linear
from peerstats.models._logistic import logistic
from peerstats.models._mixed_linear import mixed_linear
from peerstats.models._mixed_logistic import mixed_logistic
from peerstats.models._multinomial import multinomial
from peerstats.models._result import ModelResult
from peerstats.models._separation import separation
from peerstats.models._separation_result import SeparationResult

__all__ = [
    "ModelResult",
    "SeparationResult",
    "linear",
    "logistic",
    "mixed_linear",
    "mixed_logistic",
    "multinomial",
    "separation",
]
