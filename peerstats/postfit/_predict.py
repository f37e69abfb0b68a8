"""Predicted probabilities of every outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import frame_like, read_frame
from peerstats.numerics import BLOCK_ROWS, multinomial_probabilities

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit

__all__ = ["predict"]


def predict(fit: ModelFit, data: Any, *, strict: bool = True) -> Any:
    """Predict the probability of every outcome for each row.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    data : frame
        Rows with the variables of the formula's right side.
    strict : bool
        Whether a level that the fit has not seen, or a value that is not finite, is an error; else such a
        row has no prediction.

    Returns
    -------
    frame
        The caller's kind, one row per row of `data` in the same order, a pandas index kept. One column per
        outcome level, the base first; null where a variable is missing.

    Raises
    ------
    InputError
        If a variable is not in the data or, under `strict`, a value cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import predict
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 30, 40, 40] * 5})
    >>> predict(ps.logistic("job ~ age", jobs).fit, pd.DataFrame({"age": [30, None]})).round(3)
       other  peer
    0    0.5   0.5
    1    NaN   NaN
    """
    frame = read_frame(data, "predict")
    coded = fit.design.code(frame, "predict", strict=strict)
    n = len(frame)
    beta = np.ascontiguousarray(fit.coefficients.T)
    out = np.empty((len(fit.outcome_levels), n))
    for start in range(0, n, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, n)
        out[:, start:stop] = multinomial_probabilities(beta, fit.design.matrix(coded, start, stop))
    names = [str(level) for level in fit.outcome_levels]
    return frame_like(frame, dict(zip(names, out, strict=True)))
