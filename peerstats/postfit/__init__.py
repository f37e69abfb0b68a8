"""After the fit: the record of a model, its coefficients as columns, its predictions."""

from __future__ import annotations

from peerstats.postfit._adjusted_means import AdjustedMeansResult, adjusted_means
from peerstats.postfit._averaging import Averaging
from peerstats.postfit._calibration import CalibrationResult, calibration
from peerstats.postfit._compare_models import compare_models
from peerstats.postfit._contrasts import contrasts
from peerstats.postfit._contrasts_result import ContrastsResult
from peerstats.postfit._diagnostics import DiagnosticsResult, diagnostics
from peerstats.postfit._effects_result import EffectsResult
from peerstats.postfit._fit_file import read_fit, write_fit
from peerstats.postfit._fitted import FitSource, Fitted, need_source
from peerstats.postfit._goodness_of_fit import GoodnessResult, goodness_of_fit
from peerstats.postfit._iia import judge_independence
from peerstats.postfit._influence import InfluenceResult, influence
from peerstats.postfit._kept_labels import KeptLabels
from peerstats.postfit._margins import MarginsResult, margins
from peerstats.postfit._model_comparison import ModelComparison
from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._predict import predict
from peerstats.postfit._profile import Profile
from peerstats.postfit._random_intercept import RandomIntercept, variance_columns
from peerstats.postfit._response import Response, response
from peerstats.postfit._standardized import standardized_columns
from peerstats.postfit._test_result import TestResult
from peerstats.postfit._tests import judge_merging, judge_terms
from peerstats.postfit._tidy import (
    coefficient_columns,
    covariance_columns,
    fit_columns,
    is_natural_log,
    ratio_word,
)
from peerstats.postfit._vif import vif_columns

__all__ = [
    "AdjustedMeansResult",
    "Averaging",
    "CalibrationResult",
    "ContrastsResult",
    "DiagnosticsResult",
    "EffectsResult",
    "FitSource",
    "Fitted",
    "GoodnessResult",
    "InfluenceResult",
    "KeptLabels",
    "MarginsResult",
    "ModelComparison",
    "ModelFit",
    "Profile",
    "RandomIntercept",
    "Response",
    "TestResult",
    "adjusted_means",
    "calibration",
    "coefficient_columns",
    "compare_models",
    "contrasts",
    "covariance_columns",
    "diagnostics",
    "fit_columns",
    "goodness_of_fit",
    "influence",
    "is_natural_log",
    "judge_independence",
    "judge_merging",
    "judge_terms",
    "margins",
    "need_source",
    "predict",
    "ratio_word",
    "read_fit",
    "response",
    "standardized_columns",
    "variance_columns",
    "vif_columns",
    "write_fit",
]
