"""The array evaluator of a scoring plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.scoring._codes import smallest_type

if TYPE_CHECKING:
    from peerstats.instruments import Instrument, ResponseModel, Scale
    from peerstats.numerics import BifactorModel
    from peerstats.scoring._codes import Codes
    from peerstats.scoring._groups import RespondentGroups
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["REASONS", "ScaleScores", "evaluate", "lookup_table", "score_patterns"]

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
    reason: Codes
    std_error: Array | None = None
    unrounded: Array | None = None


def _totals(codes: Codes, scale: Scale, top: int) -> tuple[Codes, Codes]:
    """Return the sum of the answered items after reversal, 0 the lowest answer, and how many were answered.

    A missing answer is -1: the sums take it along, and its count takes it out again. That needs no mask, and
    the smallest integers that hold the sums are added 16 to 64 at a time.
    """
    n_items = len(scale.items)
    total = np.zeros(len(codes), dtype=smallest_type(n_items * (top + 1), -n_items * (top + 1)))
    missing = np.zeros(len(codes), dtype=smallest_type(n_items))
    for item in scale.items:
        code = codes[:, item]
        gone = (code < 0).view(np.int8)
        missing += gone
        if item in scale.reverse:
            total += top
            total -= code
            # top + 1 stands there for a missing answer
            total -= gone * total.dtype.type(top + 1)
        else:
            total += code
            total += gone
    return total, n_items - missing


def _reasons(count: Codes, least: int, groups: RespondentGroups | None) -> Codes:
    reason = (count < least) * np.int8(_TOO_FEW)
    reason -= (count == 0) * np.int8(_TOO_FEW - _NONE_ANSWERED)
    if groups is not None:
        for trouble, code in (
            (groups.age_group == -1, _NO_AGE),
            (groups.age_group == -2, _TOO_YOUNG),  # noqa: PLR2004  (the code that _groups gives)
            (groups.mode == -1, _NO_MODE),
        ):
            reason[(reason == 0) & trouble] = code
    return reason


def _model(irt: ResponseModel, age_group: int, mode: int) -> BifactorModel:
    from peerstats.numerics import BifactorModel  # noqa: PLC0415  (means and sums do not wait for scipy)

    here = (age_group, mode)
    return BifactorModel(
        slopes=irt.slopes[here],
        cuts=irt.cuts[here],
        factor=irt.factor,
        mean=irt.mean[here],
        variance=irt.variance[here],
        grid=irt.grid,
    )


def lookup_table(instrument: Instrument, age_group: int, mode: int) -> tuple[Array, Array]:
    """Return the published score of each raw total of a scoring group, and its standard error."""
    assert instrument.lookup is not None  # noqa: S101  (the schema refuses the method without it)
    scores = instrument.lookup.scores[age_group, mode]
    if instrument.irt is None:
        return scores, np.full(len(scores), np.nan)
    from peerstats.numerics import expected_scores_by_sum  # noqa: PLC0415  (as above)

    errors = expected_scores_by_sum(_model(instrument.irt, age_group, mode))[1]
    return scores, instrument.irt.spread * errors


def score_patterns(irt: ResponseModel, patterns: Codes, age_group: int, mode: int) -> tuple[Array, Array]:
    """Return the unrounded score of each keyed answer pattern of a scoring group, and its standard error."""
    from peerstats.numerics import expected_scores  # noqa: PLC0415  (as above)

    expected, error = expected_scores(patterns, _model(irt, age_group, mode))
    return irt.centre + irt.spread * expected, irt.spread * error


def _keyed(codes: Codes, scale: Scale, top: int) -> Codes:
    """Return the codes of a scale's items after reversal; -1 still means no answer."""
    keyed = codes[:, scale.items]
    for place, item in enumerate(scale.items):
        if item in scale.reverse:
            keyed[:, place] = np.where(codes[:, item] < 0, -1, top - codes[:, item])
    return keyed


def _cells(groups: RespondentGroups, scored: BoolArray) -> list[tuple[int, int, IntArray]]:
    """List the scoring groups that occur, each with the rows to score."""
    rows = np.flatnonzero(scored)
    if not len(rows):
        return []
    n_modes = int(groups.mode.max()) + 1
    cell = groups.age_group[rows] * n_modes + groups.mode[rows]
    return [(*divmod(int(here), n_modes), rows[cell == here]) for here in np.flatnonzero(np.bincount(cell))]


def _by_lookup(instrument: Instrument, scale: Scale, codes: Codes, groups: RespondentGroups) -> ScaleScores:
    total, count = _totals(codes, scale, instrument.high - instrument.low)
    reason = _reasons(count, len(scale.items), groups)
    score, std_error = np.full((2, len(total)), np.nan)
    for age_group, mode, rows in _cells(groups, reason == 0):
        raw = total[rows]
        scores, errors = lookup_table(instrument, age_group, mode)
        score[rows], std_error[rows] = scores[raw], errors[raw]
    return ScaleScores(score=score, reason=reason, std_error=None if instrument.irt is None else std_error)


def _by_irt(instrument: Instrument, scale: Scale, codes: Codes, groups: RespondentGroups) -> ScaleScores:
    irt = instrument.irt
    assert irt is not None  # noqa: S101  (the schema refuses the method without it)
    pattern = _keyed(codes, scale, instrument.high - instrument.low)
    reason = _reasons((pattern >= 0).sum(axis=1), 1, groups)
    unrounded, std_error = np.full((2, len(codes)), np.nan)
    for age_group, mode, rows in _cells(groups, reason == 0):
        unrounded[rows], std_error[rows] = score_patterns(irt, pattern[rows], age_group, mode)
    return ScaleScores(score=np.rint(unrounded), reason=reason, std_error=std_error, unrounded=unrounded)


def _by_items(plan: ScoringPlan, scale: Scale, codes: Codes) -> ScaleScores:
    low, n_items = plan.instrument.low, len(scale.items)
    total, count = _totals(codes, scale, plan.instrument.high - low)
    reason = _reasons(count, scale.min_answered, None)
    score = total.astype(np.float64)
    if low:
        score += np.multiply(count, low, dtype=np.float64)
    # a sum over fewer answers is the person's mean for every item, so scores stay comparable
    if plan.method == "sum":
        score *= n_items
    with np.errstate(invalid="ignore"):  # nobody's answers over none are withheld anyway
        score /= n_items if count.min() == n_items else count
    np.copyto(score, np.nan, where=reason != 0)
    return ScaleScores(score=score, reason=reason)


def evaluate(plan: ScoringPlan, codes: Codes, groups: RespondentGroups | None) -> dict[str, ScaleScores]:
    """Score every scale of a plan.

    Parameters
    ----------
    plan : ScoringPlan
        The plan.
    codes : (n, m) int array
        Answers counted from the instrument's lowest, 0; -1 where there is none.
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
        return {s.name: convert(plan.instrument, s, codes, groups) for s in plan.scales}
    return {s.name: _by_items(plan, s, codes) for s in plan.scales}
