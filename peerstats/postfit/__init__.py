"""After the fit: the record of a model, its coefficients as columns, its predictions."""

from __future__ import annotations

from peerstats.postfit._adjusted_means import AdjustedMeansResult, adjusted_means
from peerstats.postfit._averaging import Averaging
from peerstats.postfit._contrasts import contrasts
from peerstats.postfit._contrasts_result import ContrastsResult
from peerstats.postfit._effects_result import EffectsResult
from peerstats.postfit._fitted import FitSource, Fitted
from peerstats.postfit._margins import MarginsResult, margins
from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._predict import predict
from peerstats.postfit._random_intercept import RandomIntercept, variance_columns
from peerstats.postfit._response import Response, response
from peerstats.postfit._tidy import coefficient_columns, covariance_columns, fit_columns, ratio_word

__all__ = [
    "AdjustedMeansResult",
    "Averaging",
    "ContrastsResult",
    "EffectsResult",
    "FitSource",
    "Fitted",
    "MarginsResult",
    "ModelFit",
    "RandomIntercept",
    "Response",
    "adjusted_means",
    "coefficient_columns",
    "contrasts",
    "covariance_columns",
    "fit_columns",
    "margins",
    "predict",
    "ratio_word",
    "response",
    "variance_columns",
]
