"""After the fit: the record of a model, its coefficients as columns, its predictions."""

from __future__ import annotations

from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._predict import predict
from peerstats.postfit._profile import Profile
from peerstats.postfit._random_intercept import RandomIntercept, variance_columns
from peerstats.postfit._tidy import coefficient_columns, covariance_columns, fit_columns, ratio_word

__all__ = [
    "ModelFit",
    "Profile",
    "RandomIntercept",
    "coefficient_columns",
    "covariance_columns",
    "fit_columns",
    "predict",
    "ratio_word",
    "variance_columns",
]
