"""Whether a logit's linear predictor is all that is needed: the link test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics import ArrayRows, fit_multinomial, multinomial_probabilities
from peerstats.postfit._used import total_covariance

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows
    from peerstats.typing import Array

__all__ = ["link_test", "logit_on"]

_LEAST = 3  # distinct predictors: two are fitted by a straight line


def logit_on(
    x: Array, rows: UsedRows, totals: Callable[[Array], Array] | None, offset: Array | None = None
) -> tuple[Array, Array]:
    """Fit a logit of the rows' outcome on a few columns.

    Parameters
    ----------
    x : (q, m) float array
        The columns.
    rows : UsedRows
        Outcomes and weights.
    totals : callable or None
        From (m, q) values to the covariance of their weighted sums; None for model-based errors.
    offset : (m,) float array, optional
        Known part of the linear predictor.

    Returns
    -------
    coefficients : (q,) float array
        The coefficients; NaN if no maximum was reached.
    covariance : (q, q) float array
        Their covariance.
    """
    data = ArrayRows(x=x, y=rows.y, w=rows.w, offset=offset)
    found = fit_multinomial(data, 2, np.abs(x).max(axis=1), float(rows.w.sum()))
    if not found.converged:
        return np.full(len(x), np.nan), np.full((len(x), len(x)), np.nan)
    bread = found.inverse_information
    if totals is None:
        return found.beta, bread
    p = multinomial_probabilities(found.beta[None], x, offset)[1]
    return found.beta, bread @ totals((x * (rows.y - p)).T) @ bread


def link_test(fit: ModelFit, rows: UsedRows, source: FitSource) -> tuple[float, float, float]:
    """Refit on the linear predictor and its square.

    Parameters
    ----------
    fit : ModelFit
        A fit of two outcomes.
    rows : UsedRows
        Its rows.
    source : FitSource
        Where they come from.

    Returns
    -------
    coefficient, std_error, statistic : float
        Of the square.

    Raises
    ------
    InputError
        If the linear predictor has fewer than three distinct values.

    Notes
    -----
    Pregibon (1980), *Applied Statistics* 29, 15; Stata ``linktest``. The predictor is centred and scaled
    before it is squared, which leaves the square's test as it is. With robust errors those of the refit are
    linearised as well.
    """
    eta = rows.eta[0]
    if len(np.unique(np.round(eta, 10))) < _LEAST:
        raise InputError(
            "link_test(): the linear predictor has fewer than three distinct values.",
            "Its square tells nothing that it does not.",
        )
    scale = float(eta.std())
    z = (eta - eta.mean()) / scale

    def totals(values: Array) -> Array:
        return total_covariance(source, values, rows.w, rows.cluster)

    columns = np.stack([np.ones_like(z), z, z * z])
    beta, covariance = logit_on(columns, rows, None if fit.variance == "model" else totals)
    coefficient, error = float(beta[2]) / scale**2, float(np.sqrt(covariance[2, 2])) / scale**2
    return coefficient, error, coefficient / error
