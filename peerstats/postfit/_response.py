"""What a fit expects of a row: the one place that knows which model expects what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import (
    identity_response,
    multinomial_response,
    ordinal_response,
    population_response,
)

if TYPE_CHECKING:
    from typing import Protocol

    from peerstats.numerics import Expected
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

    class Respond(Protocol):
        """From (E, m) linear predictors to what is expected of their rows."""

        def __call__(self, eta: Array, /, *, curved: bool = False) -> Expected:
            """Return values and derivatives."""


__all__ = ["Response", "response"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Response:
    """The linear predictors of a fit, and what it expects at them.

    Parameters
    ----------
    names : tuple of str
        What is expected: the outcome levels, the base or lowest first, or "estimate". Q of them.
    beta : (E, k) float array
        Coefficients of the design's columns, one row per linear predictor.
    extra : (T,) float array
        Other parameters: thresholds, or the spread of a random intercept.
    respond : callable
        From (E, m) linear predictors to `Expected`.
    covariance : (Ek + T, Ek + T) float array
        Covariance of `beta.ravel()` and `extra`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import response
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> response(ps.logistic("job ~ 1", jobs).fit).names
    ('other', 'peer')
    """

    names: tuple[str, ...]
    beta: Array
    extra: Array
    respond: Respond
    covariance: Array

    def at(self, x: Array, offset: Array | None = None, *, curved: bool = False) -> Expected:
        """Return what is expected of some rows.

        Parameters
        ----------
        x : (k, m) float array
            The rows of the design.
        offset : (m,) float array, optional
            Known part of their linear predictors.
        curved : bool
            Whether second derivatives are asked for.

        Returns
        -------
        Expected
            Values and derivatives.
        """
        eta = self.beta @ x
        return self.respond(eta if offset is None else eta + offset, curved=curved)


def response(fit: ModelFit, *, typical: bool = False) -> Response:
    """Return what a fit expects of a row.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    typical : bool
        Whether a logit with a random intercept is taken at an intercept of 0; else averaged over the groups.

    Returns
    -------
    Response
        Linear predictors and what is expected at them.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import response
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> response(ps.logistic("job ~ 1", jobs).fit).at(np.ones((1, 1))).value.ravel().round(4)
    array([0.25, 0.75])
    """
    beta = np.ascontiguousarray(fit.coefficients.T)
    names = tuple(str(level) for level in fit.outcome_levels) or ("estimate",)
    extra = np.empty(0)
    covariance = fit.covariance
    if not fit.outcome_levels:
        respond: Respond = identity_response
    elif fit.n_thresholds:
        extra, beta = beta[0, -fit.n_thresholds :], beta[:, : -fit.n_thresholds]
        respond = partial(ordinal_response, thresholds=extra)
    elif fit.random is not None and fit.random.joint is not None and not typical:
        extra = np.array([fit.random.sd.estimate])
        respond = partial(population_response, sigma=fit.random.sd.estimate)
        covariance = fit.random.joint
    else:
        respond = multinomial_response
    return Response(names=names, beta=beta, extra=extra, respond=respond, covariance=covariance)
