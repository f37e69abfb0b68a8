"""Which rows should not be published, by the rules of the National Center for Health Statistics."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.estimates.parts import beta_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._gap import Gap

__all__ = ["screen_gaps", "screen_mean", "screen_share"]

# Parker and others (2017), National Center for Health Statistics data presentation standards for
# proportions, Vital Health Stat 2(175); its predecessor's rule of 30 % stands for means.
_FEWEST = 30
_NARROW, _WIDE, _RELATIVE = 0.05, 0.30, 1.30
_FEWEST_DF = 8
_RSE = 0.30
_LEVEL = 0.95  # the standards are of 95 % limits, whatever level the comparison has

_NOTE = (
    "Screen: shares by Parker and others (2017), Vital Health Stat 2(175), on Korn and Graubard's 95 % "
    "limits; means and medians by n under 30 or a relative standard error over 30 %."
)


def screen_mean(n: float, estimate: float, std_error: float) -> str:
    """Say why a mean should not be published, or with care.

    Parameters
    ----------
    n : float
        Respondents.
    estimate, std_error : float
        The estimate and its error.

    Returns
    -------
    str
        The reasons; empty where nothing speaks against it.
    """
    told = [f"n under {_FEWEST}"] if n < _FEWEST else []
    if std_error > _RSE * abs(estimate):
        told.append("relative standard error over 30 %")
    return "; ".join(told)


def screen_share(share: float, std_error: float, n: float, df: float) -> str:
    """Say why a share should not be published, or with care.

    Parameters
    ----------
    share, std_error : float
        The share and its error.
    n : float
        Respondents.
    df : float
        The design's degrees of freedom; infinite for independent respondents.

    Returns
    -------
    str
        "suppress: ..." or "review: ..." or "complement: ..."; empty where nothing speaks against it.

    Notes
    -----
    Suppressed where n or the effective n, p (1 - p) / SE^2 and at most n, is under 30, or Korn and Graubard's
    95 % limits are .30 wide or more, or over .05 and over 130 % of the share. Reviewed where nobody or
    everybody is counted, or the design has under 8 degrees of freedom. The complement has its own relative
    width.
    """
    inside = 0 < share < 1
    effective = min(n, share * (1 - share) / std_error**2) if inside and std_error > 0 else n
    if min(n, effective) < _FEWEST:
        return f"suppress: {'n' if n < _FEWEST else 'effective n'} under {_FEWEST}"
    sizes = np.array([effective]), np.array([float(n)])
    freedom = np.array([n - 1.0 if math.isinf(df) else df])
    low, high = beta_limits(np.array([share]), sizes[0], sizes[1], freedom, _LEVEL)
    width = float(high[0] - low[0])
    reasons = (
        (width >= _WIDE, f"suppress: limits {_WIDE:.2f} wide or more"),
        (width > _NARROW and width > _RELATIVE * share, "suppress: limits wider than 130 % of the share"),
        (not inside, "review: a share of 0 or 1"),
        (df < _FEWEST_DF, f"review: under {_FEWEST_DF} degrees of freedom"),
        (width > _NARROW and width > _RELATIVE * (1 - share), "complement: limits wider than 130 % of it"),
    )
    return next((words for holds, words in reasons if holds), "")


def screen_gaps(gaps: Sequence[Gap]) -> tuple[tuple[Gap, ...], tuple[str, ...]]:
    """Mark the rows that should not be published, or with care, and say by which rules if there are any."""
    done = []
    for gap in gaps:
        sample = gap.sample
        if gap.quantity == "proportion" or gap.quantity.startswith("share"):
            words = screen_share(sample.mean, sample.std_error, sample.n, sample.df)
        else:
            words = screen_mean(sample.n, sample.mean, sample.std_error)
        done.append(replace(gap, screen=words))
    return tuple(done), (_NOTE,) if any(gap.screen for gap in done) else ()
