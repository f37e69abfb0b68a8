"""What the caller of a model asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from peerstats.design import SurveyDesign

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller of a model asked for, beyond the rows.

    Parameters
    ----------
    model : str
        The public call.
    formula : str
        Its formula.
    weights, cluster, offset : str or None
        Names of columns.
    variance : str
        Kind of the errors, or "auto".
    df : {"design", "residual"}
        How degrees of freedom are counted.
    conf_level : float
        Confidence level of the intervals.
    n_replicates : int or None
        Bootstrap replicates.
    rng : Generator, int or None
        Where their draws come from.
    survey : SurveyDesign or None
        The survey design.
    """

    model: str
    formula: str
    weights: str | None
    cluster: str | None
    offset: str | None
    variance: str
    df: str
    conf_level: float
    n_replicates: int | None = None
    rng: np.random.Generator | int | None = None
    survey: SurveyDesign | None = None
