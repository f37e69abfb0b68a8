"""What the caller of a model asks for, as one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from peerstats.design._columns import Level
    from peerstats.design._survey_design import SurveyDesign

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """The arguments of a model's call, but for the data.

    Parameters
    ----------
    call : str
        The public call, which is the model's name.
    formula : str
        Outcome and terms.
    numbers : bool
        Whether the outcome is numbers; else it is levels.
    ordered : bool
        Whether its levels have an order, whose thresholds take the intercept's place.
    base : str, int, bool or None
        Outcome level that the others are compared with.
    weights, cluster, group, offset : str or None
        Names of columns; `group` is that of a random intercept.
    weight_kind : {"sampling", "frequency", "precision"}
        Kind of the weights; precision weights are for models of numbers.
    survey : SurveyDesign or None
        The survey design, instead of weights and clusters.
    where : str, sequence of bool or None
        Rows to model.
    levels : mapping or None
        Reference levels.
    missing : {"drop", "raise"}
        What is done about rows with missing values.
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
    penalty : {"firth"} or None
        Penalty of the likelihood.
    """

    call: str
    formula: str
    numbers: bool = False
    ordered: bool = False
    base: Level | None = None
    weights: str | None = None
    weight_kind: str = "sampling"
    cluster: str | None = None
    group: str | None = None
    offset: str | None = None
    survey: SurveyDesign | None = None
    where: Any = None
    levels: Mapping[str, Any] | None = None
    missing: str = "drop"
    variance: str = "auto"
    df: str = "design"
    conf_level: float = 0.95
    n_replicates: int | None = None
    rng: np.random.Generator | int | None = None
    penalty: str | None = None

    @property
    def clusters(self) -> str | None:
        """Column of the clusters, or of the groups, which are coded alike."""
        return self.cluster if self.group is None else self.group

    @property
    def word(self) -> str:
        """What the call names that column."""
        return "cluster" if self.group is None else "group"
