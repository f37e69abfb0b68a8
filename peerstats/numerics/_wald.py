"""Wald tests of several coefficients together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import chi2, f

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["JointTest", "joint_wald_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTest:
    """A test that some coefficients are all zero.

    Parameters
    ----------
    statistic : float
        F where degrees of freedom are finite, else chi-square.
    df : int
        Coefficients tested.
    df_residual : float
        Degrees of freedom of their errors; infinite for chi-square.
    p_value : float
        Its p-value.
    """

    statistic: float
    df: int
    df_residual: float
    p_value: float


def joint_wald_test(estimate: Array, covariance: Array, df: float) -> JointTest:
    """Test that q coefficients, or contrasts of them, are all zero.

    Parameters
    ----------
    estimate : (q,) float array
        The coefficients.
    covariance : (q, q) float array
        Their covariance.
    df : float
        Degrees of freedom of the errors; infinite for a chi-square test.

    Returns
    -------
    JointTest
        All NaN where the covariance is singular: more coefficients than clusters, for example.

    Notes
    -----
    W = b' V^-1 b is chi-square on q degrees of freedom, or W / q is F on q and `df`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import joint_wald_test
    >>> joint_wald_test(np.array([1.0, 2.0]), np.eye(2), np.inf).statistic
    5.0
    """
    q = len(estimate)
    scale = 1.0 / np.sqrt(np.diag(covariance))
    try:
        factor = cho_factor(covariance * scale[:, None] * scale, lower=True)
    except (np.linalg.LinAlgError, ValueError):
        return JointTest(statistic=np.nan, df=q, df_residual=df, p_value=np.nan)
    scaled = estimate * scale
    w = float(scaled @ cho_solve(factor, scaled))
    if np.isinf(df):
        return JointTest(statistic=w, df=q, df_residual=df, p_value=float(chi2.sf(w, q)))
    return JointTest(statistic=w / q, df=q, df_residual=df, p_value=float(f.sf(w / q, q, df)))
