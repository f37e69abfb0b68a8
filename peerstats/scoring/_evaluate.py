"""The array evaluator of a scoring plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import BifactorModel, expected_scores, expected_scores_by_sum

if TYPE_CHECKING:
    from peerstats.instruments import Instrument, ResponseModel, Scale
    from peerstats.scoring._groups import RespondentGroups
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, IntArray

__all__ = ["REASONS", "ScaleScores", "evaluate"]

# Why a score was withheld, by code; 0 is a score.
REASONS = (
    None,
    "no item answered",
    "too few items answered",
    "age group missing",
    "younger than the first age group",
    "mode missing",
)
_NONE_ANSWERED, _TOO_FEW, _NO_AGE, _TOO_YOUNG, _NO_MODE = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleScores:
    """The scores of one scale.

    Attributes
    ----------
    score : (n,) array
        NaN where it was withheld.
    reason : (n,) int array
        Position in `REASONS`.
    std_error : (n,) array or None
        Standard error of each score, where the method has one.
    unrounded : (n,) array or None
        The score before rounding, where the method rounds.
    """

    score: Array
    reason: IntArray
    std_error: Array | None = None
    unrounded: Array | None = None


def _totals(answers: Array, scale: Scale, mirror: int) -> tuple[Array, IntArray]:
    """Return the sum of the answered items after reversal, and how many were answered."""
    total = np.zeros(len(answers))
    count = np.zeros(len(answers), dtype=np.int64)
    for item in scale.items:
        answer = mirror - answers[:, item] if item in scale.reverse else answers[:, item]
        known = ~np.isnan(answer)
        np.add(total, answer, out=total, where=known)
        count += known
    return total, count


def _reasons(count: IntArray, least: int, groups: RespondentGroups | None) -> IntArray:
    reason = np.where(count == 0, _NONE_ANSWERED, np.where(count < least, _TOO_FEW, 0))
    if groups is not None:
        for trouble, code in (
            (groups.age_group == -1, _NO_AGE),
            (groups.age_group == -2, _TOO_YOUNG),  # noqa: PLR2004  (the code that _groups gives)
            (groups.mode == -1, _NO_MODE),
        ):
            reason[(reason == 0) & trouble] = code
    return reason


def _model(irt: ResponseModel, age_group: int, mode: int) -> BifactorModel:
    here = (age_group, mode)
    return BifactorModel(
        slopes=irt.slopes[here],
        cuts=irt.cuts[here],
        factor=irt.factor,
        mean=irt.mean[here],
        variance=irt.variance[here],
        grid=irt.grid,
    )


def _cells(groups: RespondentGroups, scored: Array) -> list[tuple[int, int, IntArray]]:
    """List the scoring groups that occur, each with the rows to score."""
    found = []
    for age_group in np.unique(groups.age_group[scored]):
        for mode in np.unique(groups.mode[scored]):
            rows = np.flatnonzero(scored & (groups.age_group == age_group) & (groups.mode == mode))
            if len(rows):
                found.append((int(age_group), int(mode), rows))
    return found


def _by_lookup(instrument: Instrument, scale: Scale, answers: Array, groups: RespondentGroups) -> ScaleScores:
    total, count = _totals(answers - instrument.low, scale, instrument.high - instrument.low)
    reason = _reasons(count, len(scale.items), groups)
    score, std_error = np.full((2, len(total)), np.nan)
    for age_group, mode, rows in _cells(groups, reason == 0):
        raw = total[rows].astype(np.int64)
        score[rows] = instrument.lookup.scores[age_group, mode, raw]  # type: ignore[union-attr]  # schema checked
        if instrument.irt is not None:
            by_sum = expected_scores_by_sum(_model(instrument.irt, age_group, mode))[1]
            std_error[rows] = instrument.irt.spread * by_sum[raw]
    return ScaleScores(score=score, reason=reason, std_error=None if instrument.irt is None else std_error)


def _by_irt(instrument: Instrument, scale: Scale, answers: Array, groups: RespondentGroups) -> ScaleScores:
    irt = instrument.irt
    assert irt is not None  # noqa: S101  (the schema refuses the method without it)
    keyed = answers - instrument.low
    keyed[:, scale.reverse] = instrument.high - instrument.low - keyed[:, scale.reverse]
    pattern = np.where(np.isnan(keyed), -1, keyed).astype(np.int64)[:, scale.items]
    reason = _reasons((pattern >= 0).sum(axis=1), 1, groups)
    unrounded, std_error = np.full((2, len(pattern)), np.nan)
    for age_group, mode, rows in _cells(groups, reason == 0):
        expected, error = expected_scores(pattern[rows], _model(irt, age_group, mode))
        unrounded[rows] = irt.centre + irt.spread * expected
        std_error[rows] = irt.spread * error
    return ScaleScores(score=np.rint(unrounded), reason=reason, std_error=std_error, unrounded=unrounded)


def _by_items(plan: ScoringPlan, scale: Scale, answers: Array) -> ScaleScores:
    instrument = plan.instrument
    total, count = _totals(answers, scale, instrument.low + instrument.high)
    reason = _reasons(count, scale.min_answered, None)
    mean = np.full(len(total), np.nan)
    np.divide(total, count, out=mean, where=reason == 0)
    # a sum over fewer answers is the person's mean for every item, so scores stay comparable
    return ScaleScores(score=mean * len(scale.items) if plan.method == "sum" else mean, reason=reason)


def evaluate(plan: ScoringPlan, answers: Array, groups: RespondentGroups | None) -> dict[str, ScaleScores]:
    """Score every scale of a plan.

    Parameters
    ----------
    plan : ScoringPlan
        The plan.
    answers : (n, m) array
        Answers on the instrument's codes; NaN where there is none.
    groups : RespondentGroups or None
        Scoring groups, where the instrument has them.

    Returns
    -------
    dict of str to ScaleScores
        By scale, in the instrument's order.
    """
    if plan.method in ("lookup", "irt"):
        assert groups is not None  # noqa: S101  (read_groups gives them to every instrument with a conversion)
        convert = _by_lookup if plan.method == "lookup" else _by_irt
        return {s.name: convert(plan.instrument, s, answers, groups) for s in plan.scales}
    return {s.name: _by_items(plan, s, answers) for s in plan.scales}
