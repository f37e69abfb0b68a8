"""Reliability from polychoric correlations, and the nearest matrix where they do not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._one_factor import OneFactor, one_factor

if TYPE_CHECKING:
    from peerstats.numerics._polychoric import Polychoric
    from peerstats.typing import Array, BoolArray

__all__ = ["OrdinalReliability", "ordinal_reliability", "smooth_correlation"]

# The tolerance of psych's cor.smooth: smaller eigenvalues become a hundred times it.
_EIGENVALUE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrdinalReliability:
    """Ordinal alpha and omega; `...` is the shape of the polychoric matrices, () or (R,).

    Attributes
    ----------
    alpha : (...) array
        m / (m - 1) x (1 - m / sum of the matrix).
    omega : (...) array
        Omega total of the one-factor model of the matrix; NaN where there is no fit.
    smoothed : (...) bool array
        Matrices that were replaced by the nearest positive definite one.
    fit : OneFactor
        The one-factor models: reasons and Heywood cases.
    """

    alpha: Array
    omega: Array
    smoothed: BoolArray
    fit: OneFactor


def smooth_correlation(correlation: Array) -> tuple[Array, BoolArray]:
    """Return the nearest positive definite correlation matrices by smoothing of eigenvalues.

    Parameters
    ----------
    correlation : (..., m, m) array
        Symmetric matrices with 1 on the diagonal.

    Returns
    -------
    smoothed : (..., m, m) array
        Eigenvalues below 1e-12 are set to 1e-10, all are scaled to sum to m, and the matrix is scaled to a
        diagonal of 1. Matrices that were positive definite, or have NaN, are as they were.
    changed : (...) bool array
        Which were changed.

    Notes
    -----
    R: ``psych::cor.smooth(x)``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import smooth_correlation
    >>> odd = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    >>> smoothed, changed = smooth_correlation(odd)
    >>> np.round(smoothed[0], 3).tolist(), bool(changed)
    ([1.0, 0.5, -0.5], True)
    """
    finite = np.asarray(np.isfinite(correlation).all(axis=(-2, -1)))
    values, vectors = np.linalg.eigh(
        np.where(np.expand_dims(finite, (-2, -1)), correlation, np.eye(correlation.shape[-1]))
    )
    changed = np.asarray(values[..., 0] < np.finfo(float).eps)
    raised = np.where(values < _EIGENVALUE, 100 * _EIGENVALUE, values)
    raised *= values.shape[-1] / raised.sum(axis=-1, keepdims=True)
    made = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    sd = np.sqrt(np.einsum("...ii->...i", made))
    made /= sd[..., :, None] * sd[..., None, :]
    return np.where(np.expand_dims(changed, (-2, -1)), made, correlation), changed


def ordinal_reliability(poly: Polychoric, *, smooth: bool = False) -> OrdinalReliability:
    """Return ordinal alpha and omega of polychoric correlations.

    Parameters
    ----------
    poly : Polychoric
        From `polychoric`, of three items or more.
    smooth : bool
        Whether a matrix that is not positive definite is replaced by the nearest one (`smooth_correlation`).
        Otherwise its omega is NaN; its alpha is that of the matrix as it is.

    Returns
    -------
    OrdinalReliability
        Alpha, omega, which matrices were replaced, and the one-factor models.

    Notes
    -----
    These are reliabilities of the sum of the latent normal variables behind the answers, not of the sum of
    the answers (Zumbo, Gadermann and Zeisser 2007). R:
    ``psych::alpha(psych::polychoric(x, correct = 0)$rho)``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ordinal_reliability, polychoric
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.normal(size=(500, 1)) + rng.normal(size=(500, 4))
    >>> found = ordinal_reliability(polychoric(np.digitize(latent, [-1.0, 0.0, 1.0])))
    >>> round(float(found.alpha), 2), round(float(found.omega), 2)
    (0.77, 0.77)
    """
    matrix = poly.correlation
    changed: BoolArray = np.zeros(matrix.shape[:-2], dtype=bool)
    if smooth:
        matrix, changed = smooth_correlation(matrix)
    m = matrix.shape[-1]
    fit = one_factor(matrix)
    alpha = m / (m - 1) * (1 - m / matrix.sum(axis=(-2, -1)))
    return OrdinalReliability(alpha=np.asarray(alpha), omega=fit.omega, smoothed=np.asarray(changed), fit=fit)
