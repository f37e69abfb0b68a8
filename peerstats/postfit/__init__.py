"""After the fit: the record of a model, its coefficients as columns, its predictions and tests."""

from __future__ import annotations

from peerstats.postfit._compare_models import compare_models
from peerstats.postfit._fitted import FitSource, Fitted
from peerstats.postfit._iia import judge_independence
from peerstats.postfit._model_comparison import ModelComparison
from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._predict import predict
from peerstats.postfit._random_intercept import RandomIntercept, variance_columns
from peerstats.postfit._response import Response, response
from peerstats.postfit._test_result import TestResult
from peerstats.postfit._tests import judge_merging, judge_terms
from peerstats.postfit._tidy import coefficient_columns, covariance_columns, fit_columns, ratio_word

__all__ = [
    "FitSource",
    "Fitted",
    "ModelComparison",
    "ModelFit",
    "RandomIntercept",
    "Response",
    "TestResult",
    "coefficient_columns",
    "compare_models",
    "covariance_columns",
    "fit_columns",
    "judge_independence",
    "judge_merging",
    "judge_terms",
    "predict",
    "ratio_word",
    "response",
    "variance_columns",
]
