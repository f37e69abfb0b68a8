"""Predicted probabilities of every outcome, or predicted values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import frame_like, read_frame, read_numbers
from peerstats.numerics import BLOCK_ROWS, multinomial_probabilities

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["predict"]


def predict(fit: ModelFit, data: Any, *, strict: bool = True) -> Any:
    """Predict the probability of every outcome, or a linear model's outcome, for each row.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    data : frame
        Rows with the variables of the formula's right side, and the offset if the fit has one.
    strict : bool
        Whether a level that the fit has not seen, or a value that is not finite, is an error; else such a
        row has no prediction.

    Returns
    -------
    frame
        The caller's kind, one row per row of `data` in the same order, a pandas index kept. One column per
        outcome level, the base first; of a linear model one column, estimate. Null where a variable is
        missing.

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
    offset = None if fit.offset is None else _read_offset(frame, fit.offset)
    n = len(frame)
    beta = np.ascontiguousarray(fit.coefficients.T)
    names = [str(level) for level in fit.outcome_levels] or ["estimate"]
    out = np.empty((len(names), n))
    for start in range(0, n, BLOCK_ROWS):
        rows = slice(start, min(start + BLOCK_ROWS, n))
        x = fit.design.matrix(coded, rows.start, rows.stop)
        if fit.outcome_levels:
            out[:, rows] = multinomial_probabilities(beta, x, None if offset is None else offset[rows])
        else:
            out[:, rows] = beta @ x
    return frame_like(frame, dict(zip(names, out, strict=True)))


def _read_offset(frame: nw.DataFrame[Any], name: str) -> Array:
    check_columns([name], frame.columns, "predict", use="offset column")
    return read_numbers(frame, [name], "predict", use="offset column")[:, 0]
