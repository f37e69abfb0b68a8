"""The numbers of a factor model, each with its error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from peerstats.numerics import omega_total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.numerics import CfaFit
    from peerstats.typing import Array

__all__ = ["Parameter", "factor_parameters"]


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One number of a factor model.

    Attributes
    ----------
    kind : str
        loading, unique variance, correlation (of two factors) or omega.
    factor, other_factor, item : str or None
        What it belongs to.
    estimate, std_error : float
        In the items' units; the error is NaN where there is none.
    standardised, standardised_std_error : float
        With items and factors of variance 1.
    """

    kind: str
    factor: str
    other_factor: str | None
    item: str | None
    estimate: float
    std_error: float
    standardised: float
    standardised_std_error: float

    def limits(self, conf_level: float, *, standardised: bool = False) -> tuple[float, float]:
        """Return the limits of the estimate, estimate -+ z x error."""
        estimate = self.standardised if standardised else self.estimate
        error = self.standardised_std_error if standardised else self.std_error
        half = float(ndtri((1 + conf_level) / 2)) * error
        return estimate - half, estimate + half


def _delta(gradient: Array, covariance: Array, at: list[int]) -> float:
    variance = gradient @ covariance[np.ix_(at, at)] @ gradient
    return float(np.sqrt(variance))


def factor_parameters(
    fit: CfaFit, covariance: Array, factors: Sequence[str], items: Sequence[str]
) -> tuple[Parameter, ...]:
    """List the parameters of a fit with their errors.

    Parameters
    ----------
    fit : CfaFit
        The fit.
    covariance : (q, q) array
        Covariance of its estimates, in the order of `CfaFit`.
    factors, items : sequence of str
        Their names.

    Returns
    -------
    tuple of Parameter
        Loadings, factor correlations, unique variances, omegas.
    """
    m, q = len(items), len(covariance)
    errors = np.sqrt(np.diag(covariance))
    loadings, uniques = [], []
    for j, item in enumerate(items):
        load, unique = float(fit.loadings[j]), float(fit.uniquenesses[j])
        total = load**2 + unique
        name = factors[int(fit.factor[j])]
        at = [j, q - m + j]
        # derivatives of l / sqrt(l^2 + u) and of u / (l^2 + u) in l and u
        slope = np.array([unique, -load / 2]) / total**1.5
        share = np.array([-2 * load * unique, load**2]) / total**2
        standardised = load / np.sqrt(total), _delta(slope, covariance, at)
        loadings.append(Parameter("loading", name, None, item, load, float(errors[j]), *standardised))
        rest = float(errors[q - m + j]), unique / total, _delta(share, covariance, at)
        uniques.append(Parameter("unique variance", name, None, item, unique, *rest))
    correlations = []
    for place, (a, b) in enumerate(combinations(range(len(factors)), 2)):
        r, error = float(fit.factor_correlations[a, b]), float(errors[m + place])
        correlations.append(Parameter("correlation", factors[a], factors[b], None, r, error, r, error))
    omegas = [_omega(fit, covariance, k, name) for k, name in enumerate(factors)]
    return (*loadings, *correlations, *uniques, *omegas)


def _omega(fit: CfaFit, covariance: Array, k: int, name: str) -> Parameter:
    own = np.flatnonzero(fit.factor == k)
    load, unique = fit.loadings[own].sum(), fit.uniquenesses[own].sum()
    total = load**2 + unique
    slope = np.repeat([2 * load * unique, -(load**2)], len(own)) / total**2
    at = [*own.tolist(), *(len(covariance) - len(fit.loadings) + own).tolist()]
    omega = float(omega_total(fit.loadings[own], fit.uniquenesses[own]))
    return Parameter("omega", name, None, None, omega, _delta(slope, covariance, at), np.nan, np.nan)
