"""What a model expects of a row, as a function of its linear predictors, with derivatives.

Margins, predictions and their errors are written once on these: a model is its linear predictors eta (E of
them), its other parameters (T of them: thresholds, the spread of a random intercept), and what it expects of
a row (Q values: a probability for each outcome, or one value).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from peerstats.numerics._mixed_predictions import mixed_logit_population
from peerstats.numerics._multinomial import log_total

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Expected", "identity_response", "multinomial_response", "ordinal_response", "population_response"]

_STEP = 1e-4  # of a difference of derivatives in eta and sigma: its error is of the order of 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """What is expected of some rows, and how it changes.

    Parameters
    ----------
    value : (Q, m) float array
        Probability of each outcome, or the one value.
    slope : (Q, E, m) float array
        Its derivative by each linear predictor.
    curvature : (Q, E, E, m) float array or None
        Its second derivative; None where it was not asked for.
    extra : (Q, T, m) float array
        Its derivative by each other parameter.
    extra_slope : (Q, E, T, m) float array or None
        That of the slope; None where it was not asked for.
    """

    value: Array
    slope: Array
    curvature: Array | None
    extra: Array
    extra_slope: Array | None


def identity_response(eta: Array, *, curved: bool = False) -> Expected:
    """Return what a linear model expects: its (1, m) linear predictor."""
    m = eta.shape[1]
    return Expected(
        value=eta,
        slope=np.ones((1, 1, m)),
        curvature=np.zeros((1, 1, 1, m)) if curved else None,
        extra=np.empty((1, 0, m)),
        extra_slope=np.empty((1, 1, 0, m)) if curved else None,
    )


def multinomial_response(eta: Array, *, curved: bool = False) -> Expected:
    """Return the probabilities of a multinomial logit, the base first.

    Parameters
    ----------
    eta : (J-1, m) float array
        Log odds against the base.
    curved : bool
        Whether second derivatives are asked for.

    Returns
    -------
    Expected
        With Q = J and E = J - 1.

    Notes
    -----
    With p the probabilities: dp_q / d eta_e = p_q ((q = e) - p_e), and the second derivative by e and f is
    p_q [((q = e) - p_e)((q = f) - p_f) - p_e ((e = f) - p_f)].

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import multinomial_response
    >>> multinomial_response(np.zeros((2, 1))).value.ravel().round(4)
    array([0.3333, 0.3333, 0.3333])
    """
    n_other, m = eta.shape
    logs, others = log_total(eta)
    p = np.vstack([np.exp(-logs), others])
    away = np.empty((n_other + 1, n_other, m))
    away[:] = -others
    for e in range(n_other):
        away[e + 1, e] += 1.0
    curvature = None
    if curved:
        within = away[1:]  # (e = f) - p_f
        curvature = p[:, None, None] * (away[:, :, None] * away[:, None] - others[:, None] * within)
    return Expected(
        value=p,
        slope=p[:, None] * away,
        curvature=curvature,
        extra=np.empty((n_other + 1, 0, m)),
        extra_slope=np.empty((n_other + 1, n_other, 0, m)) if curved else None,
    )


def ordinal_response(eta: Array, thresholds: Array, *, curved: bool = False) -> Expected:
    """Return the probabilities of a proportional-odds model, the lowest level first.

    Parameters
    ----------
    eta : (1, m) float array
        Linear predictor, without an intercept.
    thresholds : (J-1,) float array
        Rising thresholds: logit P(y <= j) = threshold_j - eta.
    curved : bool
        Whether second derivatives are asked for.

    Returns
    -------
    Expected
        With Q = J, E = 1 and T = J - 1.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ordinal_response
    >>> ordinal_response(np.zeros((1, 1)), np.array([0.0, 1.0])).value.ravel().round(4)
    array([0.5   , 0.2311, 0.2689])
    """
    n_cut, m = len(thresholds), eta.shape[1]
    z = thresholds[:, None] - eta
    below = expit(z)
    density = below * expit(-z)
    bend = density * (1.0 - 2.0 * below)
    edge = np.zeros((1, m))

    def between(values: Array) -> Array:
        return np.diff(np.vstack([edge, values, edge]), axis=0)

    # the upper tail on its own, so that a small probability keeps its digits
    value = np.empty((n_cut + 1, m))
    value[0], value[-1] = below[0], expit(-z[-1])
    gap = np.diff(thresholds)[:, None]
    value[1:-1] = expit(z[1:]) * expit(-z[:-1]) * -np.expm1(-gap)
    extra = np.zeros((n_cut + 1, n_cut, m))
    extra_slope = np.zeros((n_cut + 1, 1, n_cut, m)) if curved else None
    for t in range(n_cut):
        extra[t, t], extra[t + 1, t] = density[t], -density[t]
        if extra_slope is not None:
            extra_slope[t, 0, t], extra_slope[t + 1, 0, t] = -bend[t], bend[t]
    return Expected(
        value=value,
        slope=-between(density)[:, None],
        curvature=between(bend)[:, None, None] if curved else None,
        extra=extra,
        extra_slope=extra_slope,
    )


def population_response(eta: Array, sigma: float, *, curved: bool = False) -> Expected:
    """Return the two probabilities of a logit with a random intercept, averaged over the groups.

    Parameters
    ----------
    eta : (1, m) float array
        Linear predictor at an intercept of 0.
    sigma : float
        Standard deviation of the random intercept.
    curved : bool
        Whether second derivatives are asked for.

    Returns
    -------
    Expected
        With Q = 2, E = 1 and T = 1, the spread.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import population_response
    >>> population_response(np.ones((1, 1)), 2.0).value.ravel().round(4)
    array([0.3523, 0.6477])
    """
    here = mixed_logit_population(eta[0], sigma)
    curvature = extra_slope = None
    if curved:
        up, down = (mixed_logit_population(eta[0] + step, sigma) for step in (_STEP, -_STEP))
        by_eta = (up.by_eta - down.by_eta) / (2 * _STEP)
        by_both = (up.by_sigma - down.by_sigma) / (2 * _STEP)
        curvature = np.stack([-by_eta, by_eta])[:, None, None]
        extra_slope = np.stack([-by_both, by_both])[:, None, None]
    return Expected(
        value=np.stack([1.0 - here.probability, here.probability]),
        slope=np.stack([-here.by_eta, here.by_eta])[:, None],
        curvature=curvature,
        extra=np.stack([-here.by_sigma, here.by_sigma])[:, None],
        extra_slope=extra_slope,
    )
