"""Models: one public function each, one result for all."""

from __future__ import annotations

from peerstats.models._linear import linear
from peerstats.models._logistic import logistic
from peerstats.models._multinomial import multinomial
from peerstats.models._result import ModelResult

__all__ = ["ModelResult", "linear", "logistic", "multinomial"]
