"""Models: one public function each, one result for all."""

from __future__ import annotations

from peerstats.models._blocks import blocks
from peerstats.models._blocks_result import BlocksResult
from peerstats.models._brant import brant_test
from peerstats.models._brant_result import BrantResult
from peerstats.models._coefficient_plot import coefficient_plot
from peerstats.models._linear import linear
from peerstats.models._load import load_fit
from peerstats.models._logistic import logistic
from peerstats.models._mixed_linear import mixed_linear
from peerstats.models._mixed_logistic import mixed_logistic
from peerstats.models._multinomial import multinomial
from peerstats.models._ordinal import ordinal
from peerstats.models._result import ModelResult
from peerstats.models._separation import separation
from peerstats.models._separation_result import SeparationResult
from peerstats.models._side_by_side import side_by_side
from peerstats.models._side_by_side_result import SideBySide

__all__ = [
    "BlocksResult",
    "BrantResult",
    "ModelResult",
    "SeparationResult",
    "SideBySide",
    "blocks",
    "brant_test",
    "coefficient_plot",
    "linear",
    "load_fit",
    "logistic",
    "mixed_linear",
    "mixed_logistic",
    "multinomial",
    "ordinal",
    "separation",
    "side_by_side",
]
