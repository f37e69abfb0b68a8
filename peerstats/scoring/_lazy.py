"""The lazy evaluator of a scoring plan: expressions on the engine's own frame.

It follows the plan as the array evaluator does; a law holds the two equal.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw
from peerstats._core.lazy_frames import fetch, lazy_table, left_join
from peerstats.scoring._answers import no_lowest_answer
from peerstats.scoring._codes import smallest_type
from peerstats.scoring._evaluate import REASONS, lookup_table, score_patterns
from peerstats.scoring._lazy_checks import check_answers
from peerstats.scoring._lazy_columns import lazy_answers, lazy_groups
from peerstats.scoring._lazy_result import PRIVATE, LazyScoreResult
from peerstats.scoring._placement import at_or_above

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.instruments import Bands, Instrument, Scale
    from peerstats.instruments._records import Groups
    from peerstats.scoring._groups import GroupSpec
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, IntArray

__all__ = ["score_lazy"]

_LARGEST = 2**62  # of the whole numbers that digits are packed into: the engines' are signed, of 64 bits


def _own(name: str) -> nw.Expr:
    return nw.col(PRIVATE + name)


def _mirrored(plan: ScoringPlan, scale: Scale, item: int) -> nw.Expr:
    """Return an item's answers after reversal, still on the file's codes."""
    answer = _own(f"item_{item}")
    if item not in scale.reverse:
        return answer
    return plan.instrument.low + plan.instrument.high + 2 * plan.shift - answer


def _total(plan: ScoringPlan, scale: Scale) -> nw.Expr:
    """Sum the answered items after reversal, on the instrument's codes."""
    total = reduce(add, (_mirrored(plan, scale, item).fill_null(0) for item in scale.items))
    return total - plan.shift * _answered(scale) if plan.shift else total


def _answered(scale: Scale) -> nw.Expr:
    """Return the count of answers in a type wide enough for products."""
    return _own(f"count_{scale.name}").cast(nw.Int64)


def _count(scale: Scale) -> nw.Expr:
    narrow = nw.Int8 if smallest_type(len(scale.items)) is np.int8 else nw.Int64
    return reduce(add, ((~_own(f"item_{item}").is_null()).cast(narrow) for item in scale.items))


def _reason(count: nw.Expr, least: int, *, in_groups: bool) -> nw.Expr:
    """Say why a score is withheld, in the array evaluator's order; null where it is not."""
    none, few, no_age, young, no_mode = (nw.lit(word) for word in REASONS[1:])
    unanswered = nw.when(count < least).then(nw.when(count == 0).then(none).otherwise(few))
    if not in_groups:
        return unanswered
    age, mode = _own("age_group"), _own("mode")
    by_mode = nw.when(mode.is_null()).then(no_mode)
    by_age = nw.when(age.is_null()).then(no_age).otherwise(nw.when(age < 0).then(young).otherwise(by_mode))
    return unanswered.otherwise(by_age)


def _by_items(frame: nw.LazyFrame[Any], plan: ScoringPlan) -> nw.LazyFrame[Any]:
    """Add means or sums."""
    columns: dict[str, nw.Expr] = {}
    for scale in plan.scales:
        count, total = _own(f"count_{scale.name}"), _own(f"total_{scale.name}")
        whole = total * len(scale.items) if plan.method == "sum" else total
        columns[PRIVATE + scale.name] = nw.when(count >= scale.min_answered).then(whole / count)
        columns[f"{PRIVATE}{scale.name}_reason"] = _reason(count, scale.min_answered, in_groups=False)
    return frame.with_columns(**columns)


def _cell(groups: Groups) -> nw.Expr:
    """Return the number of each respondent's scoring group, modes within ages."""
    return _own("age_group") * len(groups.mode) + _own("mode")


def _by_lookup(
    frame: nw.LazyFrame[Any], instrument: Instrument, groups: Groups, scale: Scale
) -> nw.LazyFrame[Any]:
    """Join the published score of each scoring group and raw total."""
    count, reason = _own(f"count_{scale.name}"), f"{PRIVATE}{scale.name}_reason"
    cells = [(age, mode) for age in range(len(groups.age_group)) for mode in range(len(groups.mode))]
    scores, errors = (
        np.concatenate(columns)
        for columns in zip(*(lookup_table(instrument, *cell) for cell in cells), strict=True)
    )
    raw = _own(f"total_{scale.name}") - instrument.low * _answered(scale)
    key = (_cell(groups) * (len(scores) // len(cells)) + raw).cast(nw.Int64)
    frame = frame.with_columns(**{reason: _reason(count, len(scale.items), in_groups=True)})
    frame = frame.with_columns(**{f"{PRIVATE}key_{scale.name}": nw.when(nw.col(reason).is_null()).then(key)})
    columns = {f"key_{scale.name}": np.arange(len(scores)), scale.name: scores}
    if instrument.irt is not None:
        columns[f"{scale.name}_std_error"] = errors
    return _join(frame, columns, [f"key_{scale.name}"])


def _join(
    frame: nw.LazyFrame[Any], columns: Mapping[str, Array | IntArray], keys: Sequence[str]
) -> nw.LazyFrame[Any]:
    table = lazy_table(frame, {PRIVATE + name: values for name, values in columns.items()})
    return left_join(frame, table, [PRIVATE + key for key in keys])


def _digits(plan: ScoringPlan, groups: Groups, scale: Scale) -> list[tuple[nw.Expr, int]]:
    """List a respondent's scoring group and keyed answers, each with how many values it takes."""
    instrument = plan.instrument
    base = instrument.high - instrument.low + 2  # the last digit is a missing answer
    keyed = (
        (_mirrored(plan, scale, item) - (instrument.low + plan.shift)).fill_null(base - 1).cast(nw.Int64)
        for item in scale.items
    )
    n_cells = len(groups.age_group) * len(groups.mode)
    return [(_cell(groups).cast(nw.Int64), n_cells), *((digit, base) for digit in keyed)]


def _packed(digits: list[tuple[nw.Expr, int]]) -> list[list[tuple[nw.Expr, int]]]:
    """Split the digits so that each part makes one whole number of the engine."""
    parts: list[list[tuple[nw.Expr, int]]] = [[]]
    size = 1
    for digit, base in digits:
        if size * base >= _LARGEST:
            parts.append([])
            size = 1
        parts[-1].append((digit, base))
        size *= base
    return parts


def _unpacked(keys: Sequence[IntArray], parts: list[list[tuple[nw.Expr, int]]]) -> IntArray:
    """Return the digits of each key as columns."""
    columns = []
    for key, part in zip(keys, parts, strict=True):
        rest, found = key, []
        for _, base in part[::-1]:
            rest, digit = np.divmod(rest, base)
            found.append(digit)
        columns += found[::-1]
    return np.stack(columns, axis=1)


def _score_digits(instrument: Instrument, groups: Groups, digits: IntArray) -> tuple[Array, Array]:
    """Score each distinct scoring group and answer pattern by the array kernel."""
    assert instrument.irt is not None  # noqa: S101  (the schema refuses the method without it)
    cell, pattern = digits[:, 0], digits[:, 1:]
    pattern[pattern == instrument.high - instrument.low + 1] = -1
    unrounded, std_error = np.full((2, len(cell)), np.nan)
    for here in np.unique(cell):
        rows = np.flatnonzero(cell == here)
        age_group, mode = divmod(int(here), len(groups.mode))
        unrounded[rows], std_error[rows] = score_patterns(instrument.irt, pattern[rows], age_group, mode)
    return unrounded, std_error


def _by_irt(frame: nw.LazyFrame[Any], plan: ScoringPlan, groups: Groups, scale: Scale) -> nw.LazyFrame[Any]:
    """Join the score of each distinct answer pattern; patterns and scoring groups are all that is read."""
    reason = f"{PRIVATE}{scale.name}_reason"
    parts = _packed(_digits(plan, groups, scale))
    names = [f"key{k}_{scale.name}" for k in range(len(parts))]
    packed = {
        PRIVATE + name: reduce(lambda key, digit: key * digit[1] + digit[0], part, nw.lit(0))
        for name, part in zip(names, parts, strict=True)
    }
    frame = frame.with_columns(**{reason: _reason(_own(f"count_{scale.name}"), 1, in_groups=True)})
    frame = frame.with_columns(
        **{name: nw.when(nw.col(reason).is_null()).then(key) for name, key in packed.items()}
    )
    found = fetch(
        frame.filter(nw.col(reason).is_null()).group_by(list(packed)).agg(nw.len().alias(f"{PRIVATE}n"))
    )
    keys = [found[name].to_numpy().astype(np.int64) for name in packed]
    unrounded, std_error = _score_digits(plan.instrument, groups, _unpacked(keys, parts))
    columns = {
        **dict(zip(names, keys, strict=True)),
        scale.name: np.rint(unrounded),
        f"{scale.name}_unrounded": unrounded,
        f"{scale.name}_std_error": std_error,
    }
    return _join(frame, columns, names)


def _scored(frame: nw.LazyFrame[Any], plan: ScoringPlan) -> nw.LazyFrame[Any]:
    """Add the scores to a frame that holds answers, counts and totals."""
    instrument = plan.instrument
    if plan.method in ("mean", "sum"):
        return _by_items(frame, plan)
    assert instrument.groups is not None  # noqa: S101  (the schema refuses the methods without them)
    for scale in plan.scales:
        if plan.method == "lookup":
            frame = _by_lookup(frame, instrument, instrument.groups, scale)
        else:
            frame = _by_irt(frame, plan, instrument.groups, scale)
    return frame


def _banded(frame: nw.LazyFrame[Any], bands: Bands | None) -> nw.LazyFrame[Any]:
    """Add the name of each score's band."""
    if bands is None:
        return frame
    score = _own(bands.scale)
    named = nw.lit(bands.names[0])
    for name, lower in zip(bands.names[1:], bands.lower, strict=True):
        named = nw.when(at_or_above(score, lower)).then(nw.lit(name)).otherwise(named)
    return frame.with_columns(**{f"{PRIVATE}{bands.scale}_band": nw.when(~score.is_null()).then(named)})


def score_lazy(
    frame: nw.LazyFrame[Any],
    plan: ScoringPlan,
    *,
    age: str | None,
    age_group: GroupSpec | None,
    mode: GroupSpec | None,
    declared: bool,
    notes: tuple[str, ...] = (),
) -> LazyScoreResult:
    """Score every scale of a plan in the frame's own engine.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The data.
    plan : ScoringPlan
        The plan.
    age, age_group, mode
        As in `score`.
    declared : bool
        Whether the caller declared the coding.
    notes : tuple of str
        What a reader should know beside the instrument's own notes.

    Returns
    -------
    LazyScoreResult
        Scores as a query; nothing of a respondent was read but, for a response model, distinct patterns.

    Raises
    ------
    InputError
        If an answer, an age or a group cannot be used.
    """
    groups = lazy_groups(frame, plan.instrument, age=age, age_group=age_group, mode=mode)
    answers = lazy_answers(frame, plan)
    checked = check_answers(frame, plan, answers, groups)
    columns = {f"item_{j}": answer for j, answer in enumerate(answers)}
    if groups is not None:
        columns |= {"age_group": groups.age_group, "mode": groups.mode}
    staged = frame.with_columns(**{PRIVATE + name: column for name, column in columns.items()})
    staged = staged.with_columns(**{f"{PRIVATE}count_{s.name}": _count(s) for s in plan.scales})
    if plan.method != "irt":
        staged = staged.with_columns(**{f"{PRIVATE}total_{s.name}": _total(plan, s) for s in plan.scales})
    if not (declared or checked.low_used):
        given = checked.n * len(answers) - sum(checked.n_missing)
        notes += no_lowest_answer(plan, given)
    scored = _banded(_scored(staged, plan), plan.bands)
    return LazyScoreResult(plan=plan, notes=notes, n=checked.n, frame=frame, scored=scored)
