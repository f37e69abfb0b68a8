"""The difference of an estimate of the sample and independent official ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.numerics import MeanEstimate
    from peerstats.typing import Array

__all__ = ["tested_difference"]


def tested_difference(apart: MeanEstimate, variances: Array, dfs: Array, conf_level: float) -> dict[str, Any]:
    """Test a mean difference to which independent figures add their variances.

    Parameters
    ----------
    apart : MeanEstimate
        The sample's mean of what each respondent lies apart.
    variances, dfs : (k,) float arrays
        Variances of the figures, and the degrees of freedom they are known on, infinite if fixed or large.
    conf_level : float
        Confidence level.

    Returns
    -------
    dict
        difference, difference_std_error, difference_low, difference_high, statistic, df (Satterthwaite's) and
        p_value.
    """
    variance = apart.std_error**2 + float(np.sum(variances))
    std_error = math.sqrt(variance)
    below = apart.std_error**4 / apart.df + float((variances**2 / dfs).sum())
    df = variance**2 / below if below > 0 else math.inf
    reach = float(t_half_width(conf_level, df))
    statistic = apart.mean / std_error if std_error > 0 else math.nan
    return {
        "difference": apart.mean,
        "difference_std_error": std_error,
        "difference_low": apart.mean - reach * std_error,
        "difference_high": apart.mean + reach * std_error,
        "statistic": statistic,
        "df": df,
        "p_value": float(two_sided_p(statistic, df)),
    }
