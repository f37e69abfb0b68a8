"""Rows that a fit was not made from, with their outcome: what a validation reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from peerstats._core.checks import check_columns
from peerstats._core.frames import read_frame, read_numbers, read_words, tidy_backend
from peerstats.errors import InputError
from peerstats.numerics import BLOCK_ROWS
from peerstats.postfit._response import response
from peerstats.postfit._used import UsedRows

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit

__all__ = ["new_rows"]


def new_rows(fit: ModelFit, data: Any, call: str) -> tuple[UsedRows, int, str]:
    """Read rows with their outcome, and what a fit of two outcomes expects of them.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    data : frame
        Rows with the formula's columns, and the fit's weights, clusters and offset if it has them.
    call : str
        The public call, for messages.

    Returns
    -------
    rows : UsedRows
        The rows without a missing value.
    n_missing : int
        Rows left out.
    backend : str
        Library of their frame.

    Raises
    ------
    InputError
        If a column is missing, holds a level that the fit has not seen, or a weight that is none.
    """
    frame = read_frame(data, call)
    own = [name for name in (fit.weights, fit.cluster, fit.offset) if name is not None]
    check_columns([fit.outcome, *own], frame.columns, call)
    codes, words = read_words(frame, fit.outcome)
    unknown = [word for word in words if word not in fit.outcome_levels]
    if unknown:
        raise InputError(
            f"{call}(): the outcome {fit.outcome!r} holds {unknown[0]!r}.",
            f"The levels of the fit are {list(fit.outcome_levels)}.",
        )
    y = np.array([*(fit.outcome_levels.index(word) for word in words), -1])[codes]
    numbers = {
        name: read_numbers(frame, [name], call)[:, 0]
        for name in (fit.weights, fit.offset)
        if name is not None
    }
    w = np.ones(len(y)) if fit.weights is None else numbers[fit.weights]
    if (w < 0).any() or np.isinf(w).any():
        raise InputError(
            f"{call}(): the weights {fit.weights!r} hold {w[(w < 0) | np.isinf(w)][0]}.",
            "Weights are finite and not negative.",
        )
    offset = None if fit.offset is None else numbers[fit.offset]
    coded = fit.design.code(frame, call)
    layout = fit.design.layout()
    beta = response(fit).beta[0]
    eta = np.concatenate(
        [
            beta @ layout.matrix(coded, start, min(start + BLOCK_ROWS, len(y)))
            for start in range(0, len(y), BLOCK_ROWS)
        ]
    )
    eta = eta if offset is None else eta + offset
    cluster = None if fit.cluster is None else read_words(frame, fit.cluster)[0]
    lacks = (y < 0) | ~np.isfinite(eta) | np.isnan(w)
    if cluster is not None:
        lacks |= cluster < 0
    kept = ~lacks & (w > 0)
    if not kept.any() or len(np.unique(y[kept])) < 2:  # noqa: PLR2004
        raise InputError(
            f"{call}(): the rows have one outcome or none.", "Give rows with both, and with the predictors."
        )
    share = expit(eta[kept])
    rows = UsedRows(
        value=np.stack([1.0 - share, share]),
        eta=eta[None, kept],
        y=y[kept],
        w=w[kept],
        cluster=None if cluster is None else np.unique(cluster[kept], return_inverse=True)[1].ravel(),
    )
    return rows, int(lacks.sum()), tidy_backend(frame)
