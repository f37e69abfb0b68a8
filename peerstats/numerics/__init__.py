"""Arrays in, frozen records out; numpy and scipy only."""

from peerstats.numerics._collinear import (
    Collinearity,
    DesignScale,
    TurnedRows,
    find_collinearity,
    measure_design,
)
from peerstats.numerics._irt import BifactorModel, expected_scores, expected_scores_by_sum
from peerstats.numerics._moments import MeanEstimate, mean_estimate
from peerstats.numerics._multinomial import (
    BLOCK_ROWS,
    ArrayRows,
    Block,
    Rows,
    fit_multinomial,
    multinomial_kernel,
    multinomial_loglik_null,
    multinomial_probabilities,
    multinomial_scores,
)
from peerstats.numerics._newton import Maximum, Sums, maximise
from peerstats.numerics._sandwich import clustered_meat, meat, sandwich, sandwich_factor

__all__ = [
    "BLOCK_ROWS",
    "ArrayRows",
    "BifactorModel",
    "Block",
    "Collinearity",
    "DesignScale",
    "Maximum",
    "MeanEstimate",
    "Rows",
    "Sums",
    "TurnedRows",
    "clustered_meat",
    "expected_scores",
    "expected_scores_by_sum",
    "find_collinearity",
    "fit_multinomial",
    "maximise",
    "mean_estimate",
    "measure_design",
    "meat",
    "multinomial_kernel",
    "multinomial_loglik_null",
    "multinomial_probabilities",
    "multinomial_scores",
    "sandwich",
    "sandwich_factor",
]
