"""One aggregate query that checks every answer and age of a lazy frame before it is scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import nw
from peerstats._core.lazy_frames import fetch
from peerstats.errors import InputError
from peerstats.scoring._codes import bad_answer_advice
from peerstats.scoring._groups import OLDEST
from peerstats.scoring._lazy_columns import in_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.scoring._lazy_columns import LazyGroups
    from peerstats.scoring._plan import ScoringPlan

__all__ = ["Checked", "check_answers"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """What the aggregate query found.

    Attributes
    ----------
    n : int
        Respondents.
    n_missing : tuple of int
        Missing answers of each item.
    low_used : bool
        Whether the lowest code occurs.
    """

    n: int
    n_missing: tuple[int, ...]
    low_used: bool


def _is_bad(answer: nw.Expr, low: int, high: int) -> nw.Expr:
    return (answer < low) | (answer > high) | (answer != answer.floor())


def _stop_at_bad_answers(
    frame: nw.LazyFrame[Any], plan: ScoringPlan, answers: Sequence[nw.Expr]
) -> InputError:
    """Count the answers that are none, and give an example: an engine's rows have no names."""
    instrument = plan.instrument
    low, high = instrument.low + plan.shift, instrument.high + plan.shift
    wanted: dict[str, nw.Expr] = {}
    for j, answer in enumerate(answers):
        bad = _is_bad(answer, low, high)
        kept = nw.when(bad).then(answer)
        wanted |= {f"n{j}": bad.cast(nw.Int64).sum(), f"least{j}": kept.min(), f"most{j}": kept.max()}
        wanted |= {f"low{j}": (answer == low).any(), f"high{j}": (answer == high).any()}
    row = fetch(frame.select(**wanted)).rows(named=True)[0]
    columns = [j for j in range(len(answers)) if row[f"n{j}"]]
    first, where = columns[0], f"{len(columns)} columns" if len(columns) > 1 else "this column"
    odd = sorted({float(row[f"{end}{j}"]) for j in columns for end in ("least", "most")})
    return InputError(
        f"score(): item column {plan.columns[first]!r} of {instrument.key!r} is answered {low} to {high}; "
        f"another number stands in {in_rows(row[f'n{first}'])}, for example {row[f'most{first}']:g} "
        f"({sum(row[f'n{j}'] for j in columns):,} such answers in {where}).",
        bad_answer_advice(
            plan,
            odd,
            low_used=any(row[f"low{j}"] for j in range(len(answers))),
            high_used=any(row[f"high{j}"] for j in range(len(answers))),
        ),
    )


def _stop_at_bad_ages(frame: nw.LazyFrame[Any], groups: LazyGroups) -> InputError:
    assert groups.ages is not None  # noqa: S101  (only ages are checked)
    bad = (groups.ages < 0) | (groups.ages > OLDEST)
    row = fetch(frame.select(n=bad.cast(nw.Int64).sum(), most=nw.when(bad).then(groups.ages).max())).rows(
        named=True
    )[0]
    return InputError(
        f"score(): age column {groups.age_column!r} must hold years; another number stands in "
        f"{in_rows(row['n'])}, for example {row['most']:g}.",
        "Recode missing-value codes to null first; for age bands use age_group=.",
    )


def check_answers(
    frame: nw.LazyFrame[Any], plan: ScoringPlan, answers: Sequence[nw.Expr], groups: LazyGroups | None
) -> Checked:
    """Check every answer and age, and count the missing answers, in one aggregate query.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The data.
    plan : ScoringPlan
        The plan.
    answers : sequence of narwhals Expr
        Each item's answers (`lazy_answers`).
    groups : LazyGroups or None
        Scoring groups.

    Returns
    -------
    Checked
        Counts.

    Raises
    ------
    InputError
        If there is no row, an answer is out of range or no whole number, or an age is none.
    """
    low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
    schema = frame.collect_schema()
    items = range(len(answers))
    cleaned = {f"q{j}": answer for j, answer in enumerate(answers)}
    wanted: dict[str, nw.Expr] = {"n": nw.len()}
    for j in items:
        answer = nw.col(f"q{j}")
        wanted |= {f"n{j}": answer.count(), f"least{j}": answer.min(), f"most{j}": answer.max()}
        if not (schema[plan.columns[j]].is_integer() or schema[plan.columns[j]] == nw.Boolean):
            wanted[f"part{j}"] = (answer != answer.floor()).any()
    if groups is not None and groups.ages is not None:
        cleaned["age"] = groups.ages
        wanted |= {"youngest": nw.col("age").min(), "oldest": nw.col("age").max()}
    row = fetch(frame.select(**cleaned).select(**wanted)).rows(named=True)[0]
    if row["n"] == 0:
        raise InputError(
            f"score(): the data have 0 rows and {len(schema)} columns.",
            "Check that the file was read and that no filter removed everybody.",
        )
    extremes = [(row[f"least{j}"], row[f"most{j}"], row.get(f"part{j}")) for j in items if row[f"n{j}"]]
    if any(least < low or most > high or part for least, most, part in extremes):
        raise _stop_at_bad_answers(frame, plan, answers)
    youngest, oldest = (row.get(end) or 0 for end in ("youngest", "oldest"))
    if groups is not None and (youngest < 0 or oldest > OLDEST):
        raise _stop_at_bad_ages(frame, groups)
    return Checked(
        n=row["n"],
        n_missing=tuple(row["n"] - row[f"n{j}"] for j in items),
        low_used=any(least == low for least, _, _ in extremes),
    )
