"""The search for the maximum of a confirmatory factor model of simple structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._one_factor import FEWEST_ITEMS, one_factor

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["CfaPoint", "cfa_information", "minimise_cfa", "pressed"]

_MOST_STEPS = 200
_HALVINGS = 40
_PATIENCE = 25  # scoring steps; where the model fits badly they shrink slowly, and Newton's take over
_WIDTH = 1e-5  # of the differences of the gradient that stand for its derivative: right to about 1e-9
# Scoring steps shrink by a factor each: this leaves estimates right to 1e-9 on the standardised scale.
_TOLERANCE = 1e-11
_SINGULAR = 1e-12  # share of the largest eigenvalue below which a direction is not determined
_START = 0.7  # loading and factor correlation that a pair of items is begun with


@dataclass(slots=True, eq=False)
class CfaPoint:
    """A point of the search.

    Attributes
    ----------
    loadings, unique : (m,) array
        Loadings and unique variances.
    phi : (f, f) array
        Factor correlations.
    """

    loadings: Array
    phi: Array
    unique: Array

    def implied(self, factor: IntArray) -> Array:
        """Return the covariances that the model implies."""
        sigma: Array = np.outer(self.loadings, self.loadings) * self.phi[np.ix_(factor, factor)]
        sigma[np.diag_indices_from(sigma)] += self.unique
        return sigma

    def moved(self, step: Array, lower: float) -> CfaPoint:
        """Return the point a step away, no unique variance below `lower`."""
        m, phi = len(self.loadings), self.phi.copy()
        a, b = np.triu_indices(len(phi), 1)
        phi[a, b] = phi[b, a] = phi[a, b] + step[m:-m]
        return CfaPoint(self.loadings + step[:m], phi, np.maximum(self.unique + step[-m:], lower))


def _start(correlation: Array, factor: IntArray) -> CfaPoint:
    """Begin with each factor's own one-factor model, and correlations of their item sums without error."""
    m, f = len(factor), int(factor.max()) + 1
    loadings = np.full(m, _START)
    for k in range(f):
        own = np.flatnonzero(factor == k)
        if len(own) >= FEWEST_ITEMS:
            alone = one_factor(correlation[np.ix_(own, own)])
            if not int(alone.reason):
                loadings[own] = alone.loadings
        else:
            first, second = correlation[own[0], own[1]], np.sqrt(abs(correlation[own[0], own[1]]))
            loadings[own] = np.maximum(second, 0.3) * np.array([1.0, np.sign(first) or 1.0])
    sums = np.zeros((m, f))
    sums[np.arange(m), factor] = np.sign(loadings)
    common = np.abs(loadings) @ (sums != 0)
    phi = np.clip(sums.T @ correlation @ sums / np.outer(common, common), -0.9, 0.9)
    np.fill_diagonal(phi, 1.0)
    if np.linalg.eigvalsh(phi)[0] <= 0:
        phi = np.eye(f)
    return CfaPoint(loadings, phi, np.maximum(1 - loadings**2, 0.1))


def _objective(at: CfaPoint, correlation: Array, factor: IntArray) -> float:
    sigma = at.implied(factor)
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        return np.inf
    return float(2 * np.log(np.diag(root)).sum() + np.trace(np.linalg.solve(sigma, correlation)))


def _pieces(at: CfaPoint, factor: IntArray) -> tuple[Array, Array, Array]:
    """Return Sigma^-1, the (m, f) loadings, and the (m, m) columns Lambda Phi of each item's factor."""
    precision: Array = np.asarray(np.linalg.inv(at.implied(factor)), dtype=float)
    lam = np.zeros((len(factor), len(at.phi)))
    lam[np.arange(len(factor)), factor] = at.loadings
    columns: Array = (lam @ at.phi)[:, factor]
    return precision, lam, columns


def _gradient(at: CfaPoint, correlation: Array, factor: IntArray) -> Array:
    """Return the derivative of the discrepancy: tr((Sigma^-1 - Sigma^-1 S Sigma^-1) dSigma)."""
    precision, lam, columns = _pieces(at, factor)
    rest = precision - precision @ correlation @ precision
    a, b = np.triu_indices(len(at.phi), 1)
    gradient: Array = np.concatenate(
        [2 * np.einsum("jk,kj->j", rest, columns), 2 * (lam.T @ rest @ lam)[a, b], np.diag(rest)]
    )
    return gradient


def cfa_information(loadings: Array, phi: Array, unique: Array, factor: IntArray) -> Array:
    """Return the expected information of one observation, tr(Sigma^-1 A Sigma^-1 B) / 2 for all pairs A, B.

    Parameters
    ----------
    loadings, unique : (m,) array
        Loadings and unique variances.
    phi : (f, f) array
        Factor correlations.
    factor : (m,) int array
        The factor of each item.

    Returns
    -------
    (q, q) array
        In the order of `CfaFit`.
    """
    at = CfaPoint(loadings, phi, unique)
    precision, lam, columns = _pieces(at, factor)
    m, q = len(factor), 2 * len(factor) + len(phi) * (len(phi) - 1) // 2
    a, b = np.triu_indices(len(phi), 1)
    p, ol = precision @ columns, precision @ lam
    g, oc = lam.T @ ol, lam.T @ p
    information = np.zeros((q, q))
    information[:m, :m] = precision * (columns.T @ p) + p * p.T
    information[:m, -m:] = precision * p.T
    information[:m, m:-m] = ol[:, a] * oc[b].T + ol[:, b] * oc[a].T
    information[m:-m, m:-m] = g[np.ix_(a, a)] * g[np.ix_(b, b)] + g[np.ix_(a, b)] * g[np.ix_(b, a)]
    information[m:-m, -m:] = (ol[:, a] * ol[:, b]).T
    information[-m:, -m:] = precision**2 / 2
    upper = np.triu(information)
    whole: Array = upper + np.triu(information, 1).T
    return whole


def pressed(at: CfaPoint, correlation: Array, factor: IntArray, lower: float) -> BoolArray:
    """Return which unique variances stand at their bound and press against it."""
    held: BoolArray = (at.unique <= lower) & (_gradient(at, correlation, factor)[-len(factor) :] > 0)
    return held


def _direction(
    at: CfaPoint, correlation: Array, factor: IntArray, gradient: Array, free: BoolArray, *, slow: bool
) -> Array:
    """Return the scoring step of the free parameters, or Newton's where scoring is slow."""
    if slow:
        q = len(gradient)
        ends = [
            _gradient(at.moved(side * row, 0.0), correlation, factor)
            for row in _WIDTH * np.eye(q)[free]
            for side in (1, -1)
        ]
        rows = (np.array(ends[::2]) - np.array(ends[1::2]))[:, free] / (2 * _WIDTH)
        observed = (rows + rows.T) / 2
        values, vectors = np.linalg.eigh(observed)
        if values[0] > _SINGULAR * values[-1]:
            newton: Array = -vectors @ ((vectors.T @ gradient[free]) / values)
            return newton
    expected = 2 * cfa_information(at.loadings, at.phi, at.unique, factor)[np.ix_(free, free)]
    # the pseudo-inverse leaves alone what the data do not determine
    step: Array = -np.linalg.pinv(expected, _SINGULAR) @ gradient[free]
    return step


def minimise_cfa(correlation: Array, factor: IntArray, lower: float) -> tuple[CfaPoint, float, int, bool]:
    """Minimise the discrepancy by Fisher scoring, and by Newton steps where that is slow.

    Parameters
    ----------
    correlation : (m, m) array
        A positive definite correlation matrix.
    factor : (m,) int array
        The factor of each item.
    lower : float
        Least unique variance.

    Returns
    -------
    point, discrepancy, steps, converged
        Where it is least, its value there, and how the search went.
    """
    at = _start(correlation, factor)
    m, value = len(factor), _objective(at, correlation, factor)
    taken, converged = 0, False
    while taken < _MOST_STEPS and not converged:
        taken += 1
        gradient = _gradient(at, correlation, factor)
        held = np.zeros(len(gradient), dtype=bool)
        held[-m:] = (at.unique <= lower) & (gradient[-m:] > 0)
        step = np.zeros(len(gradient))
        step[~held] = _direction(at, correlation, factor, gradient, ~held, slow=taken > _PATIENCE)
        for _ in range(_HALVINGS):
            trial = at.moved(step, lower)
            got = _objective(trial, correlation, factor)
            # rounding: a discrepancy is known to about 1e-13 of itself
            if got <= value + 1e-13 * (m + abs(value)):
                break
            step /= 2
        else:
            break
        converged = float(np.abs(step).max()) < _TOLERANCE
        at, value = trial, got
    discrepancy = value - float(np.linalg.slogdet(correlation)[1]) - m
    return at, max(discrepancy, 0.0), taken, converged
