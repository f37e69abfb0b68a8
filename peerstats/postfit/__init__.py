"""After the fit: the record of a model, its coefficients as columns, its predictions."""

from __future__ import annotations

from peerstats.postfit._fitted import FitSource, Fitted
from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._predict import predict
from peerstats.postfit._profile import Profile
from peerstats.postfit._random_intercept import RandomIntercept, variance_columns
from peerstats.postfit._response import Response, response
from peerstats.postfit._standardized import standardized_columns
from peerstats.postfit._tidy import (
    coefficient_columns,
    covariance_columns,
    fit_columns,
    is_natural_log,
    ratio_word,
)

__all__ = [
    "FitSource",
    "Fitted",
    "ModelFit",
    "Profile",
    "RandomIntercept",
    "Response",
    "coefficient_columns",
    "covariance_columns",
    "fit_columns",
    "is_natural_log",
    "predict",
    "ratio_word",
    "response",
    "standardized_columns",
    "variance_columns",
]
