"""Area under the ROC curve, weighted, with each row's part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray

__all__ = ["AreaUnderCurve", "area_under_curve"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaUnderCurve:
    """An area under the ROC curve.

    Parameters
    ----------
    area : float
        Share of pairs, one row with the outcome and one without, that the score orders rightly; ties count
        half.
    placement : (n,) float array
        Share of the other side's rows that each row is on the right side of.
    false_positive, true_positive : (c,) float arrays
        The curve: shares above each distinct score, from 0 to 1.
    """

    area: float
    placement: Array
    false_positive: Array
    true_positive: Array


def area_under_curve(score: Array, event: BoolArray, w: Array) -> AreaUnderCurve:
    """Compute the area under the ROC curve.

    Parameters
    ----------
    score : (n,) float array
        Higher for rows thought to have the outcome.
    event : (n,) bool array
        Whether they have it.
    w : (n,) float array
        Positive weights.

    Returns
    -------
    AreaUnderCurve
        Area, placements and curve.

    Notes
    -----
    The weighted Mann-Whitney statistic, by one sort. The placements are DeLong's structural components
    (1988, *Biometrics* 44, 837).

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import area_under_curve
    >>> event = np.array([False, True, False, True])
    >>> area_under_curve(np.array([0.1, 0.4, 0.4, 0.8]), event, np.ones(4)).area
    0.875
    """
    values, place = np.unique(score, return_inverse=True)
    place = place.ravel()
    with_it = np.bincount(place, np.where(event, w, 0.0), minlength=len(values))
    without = np.bincount(place, np.where(event, 0.0, w), minlength=len(values))
    below_without = (np.cumsum(without) - without / 2) / without.sum()
    above_with = (np.cumsum(with_it[::-1])[::-1] - with_it / 2) / with_it.sum()
    placement = np.where(event, below_without[place], above_with[place])
    return AreaUnderCurve(
        area=float(np.average(below_without, weights=with_it)),
        placement=placement,
        false_positive=np.concatenate([[0.0], np.cumsum(without[::-1]) / without.sum()]),
        true_positive=np.concatenate([[0.0], np.cumsum(with_it[::-1]) / with_it.sum()]),
    )
