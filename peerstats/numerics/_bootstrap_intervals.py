"""Intervals from the bootstrap distribution of an estimate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["acceleration", "bca_interval", "percentile_interval"]

_NONE = (math.nan, math.nan)


def percentile_interval(replicates: Array, conf_level: float) -> tuple[float, float]:
    """Compute the percentile interval.

    Parameters
    ----------
    replicates : (R,) array
        The estimate by replicate; those that are not finite are left out.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Quantiles of the replicates by R's ``quantile(type = 7)``; NaN where fewer than two are finite.
    """
    kept = replicates[np.isfinite(replicates)]
    if len(kept) < 2:  # noqa: PLR2004  (nothing to tell apart)
        return _NONE
    tail = (1 - conf_level) / 2
    low, high = np.quantile(kept, (tail, 1 - tail))
    return float(low), float(high)


def acceleration(jackknife: Array, times: Array) -> Array:
    """Compute the acceleration of BCa intervals from jackknife replicates.

    Parameters
    ----------
    jackknife : (J, p) array
        p statistics by replicate.
    times : (J,) array
        How many equal replicates each stands for.

    Returns
    -------
    (p,) array
        sum of d^3 / (6 (sum of d^2)^(3/2)), d being the mean of the replicates minus each; 0 where the
        replicates do not differ.
    """
    kept = np.isfinite(jackknife)
    weight = np.where(kept, times[:, None], 0.0)
    values = np.where(kept, jackknife, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        d = np.where(kept, (weight * values).sum(axis=0) / weight.sum(axis=0) - values, 0.0)
        found = (weight * d**3).sum(axis=0) / (6 * (weight * d**2).sum(axis=0) ** 1.5)
    return np.where(np.isfinite(found), found, 0.0)


def bca_interval(
    replicates: Array, estimate: float, acceleration: float, conf_level: float
) -> tuple[float, float]:
    """Compute the bias-corrected and accelerated interval.

    Parameters
    ----------
    replicates : (R,) array
        The estimate by replicate; those that are not finite are left out.
    estimate : float
        The estimate in the full sample.
    acceleration : float
        From the jackknife.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of float
        The limits; NaN where all replicates lie on one side of the estimate.

    Notes
    -----
    Efron (1987), Journal of the American Statistical Association 82(397), 171-185. Replicates equal to the
    estimate count half on each side.
    """
    kept = replicates[np.isfinite(replicates)]
    if len(kept) < 2 or math.isnan(estimate):  # noqa: PLR2004  (nothing to tell apart)
        return _NONE
    bias = float(ndtri(np.mean(kept < estimate) + np.mean(kept == estimate) / 2))
    if not math.isfinite(bias):
        return _NONE
    tail = (1 - conf_level) / 2
    z = bias + ndtri(np.array([tail, 1 - tail]))
    low, high = np.quantile(kept, ndtr(bias + z / (1 - acceleration * z)))
    return float(low), float(high)
