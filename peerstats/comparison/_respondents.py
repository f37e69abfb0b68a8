"""The sample of a comparison: its rows, weights and design, and means of what is computed for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import (
    frame_like,
    is_textual,
    nw,
    read_frame,
    read_numbers,
    read_words,
    row_name,
    with_columns,
)
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats.design import SurveyDesign
from peerstats.errors import InputError
from peerstats.estimates import estimate
from peerstats.numerics import MeanEstimate, mean_estimate
from peerstats.scoring import ScoreResult

if TYPE_CHECKING:
    from peerstats.estimates import EstimateResult
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Respondents", "read_respondents"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Respondents:
    """A sample of n rows.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    scored : ScoreResult or None
        Where its scores come from.
    weights : (n,) float array
        Full-sample weights; ones without any.
    weight_kind : str
        none, sampling or frequency.
    design : SurveyDesign or None
        Strata, PSUs, replicates; None where weights are all there is.
    line : str
        Weights or design in words.
    call : str
        The public call, for messages.
    """

    frame: nw.DataFrame[Any]
    scored: ScoreResult | None
    weights: Array
    weight_kind: str
    design: SurveyDesign | None
    line: str
    call: str

    @property
    def counted(self) -> BoolArray:
        """Rows with a weight above zero: the others are out of the sample."""
        return np.asarray(self.weights > 0)

    def values(self, column: str) -> Array:
        """Read a column of finite numbers, NaN where missing."""
        check_columns([column], self.frame.columns, self.call)
        if is_textual(self.frame[column]):
            raise InputError(
                f"{self.call}(): column {column!r} holds text, and a comparison of it needs numbers.",
                "Turn the text into numbers first; take off currency signs and commas.",
            )
        found = read_numbers(self.frame, [column], self.call)[:, 0]
        infinite = np.isinf(found)
        if infinite.any():
            raise InputError(
                f"{self.call}(): column {column!r} is infinite in "
                f"{row_name(self.frame, int(np.argmax(infinite)))} ({int(infinite.sum()):,} such values).",
                "Recode it to null if the value is missing.",
            )
        if not (self.counted & ~np.isnan(found)).any():
            raise InputError(
                f"{self.call}(): column {column!r} has no value.", "Check the column and the weights."
            )
        return found

    def levels(self, column: str, use: str) -> tuple[IntArray, list[str]]:
        """Read a column of groups as codes, -1 where missing, and the groups' names."""
        check_columns([column], self.frame.columns, self.call, use=use)
        codes, found = read_words(self.frame, column)
        return codes, [str(each) for each in found]

    def groups(self, by: str | None) -> tuple[list[tuple[str, BoolArray]], int]:
        """Return each group's name and rows, and how many rows belong to none."""
        if by is None:
            return [("all", np.ones(len(self.frame), dtype=bool))], 0
        codes, names = self.levels(by, "grouping column")
        lost = int(((codes < 0) & self.counted).sum())
        return [(name, codes == i) for i, name in enumerate(names) if (codes == i).any()], lost

    def mean(self, values: Array) -> MeanEstimate:
        """Estimate the mean of an (n,) array over the rows where it is not NaN, as a domain of the sample."""
        counted = self.counted
        if self.design is None:
            weights = None if self.weight_kind == "none" else self.weights[counted]
            known = np.where(np.isnan(values), 0.0, values)[counted]
            return mean_estimate(known, weights, self.weight_kind, ~np.isnan(values)[counted])
        found = self.estimate(values).numbers
        n, mean, error, df = (float(found[name][0]) for name in ("n", "estimate", "std_error", "df"))
        return MeanEstimate(n=int(n), mean=mean, sd=np.nan, std_error=error, df=df)

    def estimate(self, values: Array, **asked: Any) -> EstimateResult:
        """Estimate a statistic of an (n,) array by `peerstats.estimate`."""
        if self.design is None:
            # only what is needed: a column added to a wide frame costs more than the estimate
            columns = {"value": values, "weight": self.weights}
            if self.weight_kind == "none":
                return estimate(frame_like(self.frame, columns), "value", **asked)
            kind: Any = self.weight_kind
            return estimate(
                frame_like(self.frame, columns), "value", weights="weight", weight_kind=kind, **asked
            )
        name = "value"
        while name in self.frame.columns:
            name += "_"
        return estimate(with_columns(self.frame, {name: values}), name, design=self.design, **asked)


def read_respondents(
    data: Any,
    *,
    weights: str | None,
    weight_kind: str,
    design: SurveyDesign | None,
    call: str,
) -> Respondents:
    """Read a sample with its weights or its design.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent.
    weights, weight_kind : str or None
        Column of weights, and what they mean.
    design : SurveyDesign or None
        In their place: a design.
    call : str
        The public call, for messages.

    Returns
    -------
    Respondents
        The sample.

    Raises
    ------
    InputError
        If weights or design do not fit, or both are given.
    """
    check_choice(weight_kind, WEIGHT_KINDS, "weight_kind", call)
    scored = data if isinstance(data, ScoreResult) else None
    frame = read_frame(scored.attach() if scored is not None else data, call)
    if design is None:
        if weights is None and weight_kind != "sampling":
            raise InputError(
                f"{call}(): weight_kind={weight_kind!r} without weights.", "Name their column: weights=."
            )
        w = np.ones(len(frame)) if weights is None else read_weights(frame, weights, weight_kind, call)
        kind = "none" if weights is None else weight_kind
        line = "no weights" if weights is None else f"{weight_kind} weights {weights}"
    else:
        if not isinstance(design, SurveyDesign):
            raise InputError(
                f"{call}(): design= is a {type(design).__name__}, not a SurveyDesign.",
                "Make one: SurveyDesign(...); a raking's is result.design.",
            )
        if weights is not None or weight_kind != "sampling":
            raise InputError(
                f"{call}(): weights= or weight_kind= beside design=.",
                "A design names its weights itself: SurveyDesign(weights=...).",
            )
        arrays = design.read(frame, call)
        w, kind, line = arrays.weights, "sampling", f"{arrays.description}; {arrays.variance} errors"
    return Respondents(
        frame=frame, scored=scored, weights=w, weight_kind=kind, design=design, line=line, call=call
    )
