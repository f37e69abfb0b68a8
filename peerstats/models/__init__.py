"""Models: one public function each, one result for all."""

from __future__ import annotations

from peerstats.models._linear import linear
from peerstats.models._load import load_fit
from peerstats.models._logistic import logistic
from peerstats.models._mixed_linear import mixed_linear
from peerstats.models._mixed_logistic import mixed_logistic
from peerstats.models._multinomial import multinomial
from peerstats.models._result import ModelResult

__all__ = ["ModelResult", "linear", "load_fit", "logistic", "mixed_linear", "mixed_logistic", "multinomial"]
