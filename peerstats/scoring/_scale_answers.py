"""Answers by scale, after reversal: of an instrument, of scores, or of one scale named on the spot."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw, read_frame, read_numbers, row_name
from peerstats.errors import InputError
from peerstats.instruments import as_instrument
from peerstats.scoring._answers import read_answers
from peerstats.scoring._plan import compile_plan, item_columns
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peerstats.instruments import Instrument
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array

__all__ = ["Answers", "ScaleAnswers", "check_range", "read_scale_answers", "said_by"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleAnswers:
    """The answers to one scale.

    Attributes
    ----------
    name : str
        The scale.
    items : tuple of str
        Names of its items, m of them.
    keyed : (n, m) array
        Answers after reversal, NaN where there is none.
    reversed : tuple of int
        Which items were reversed, by their place in the scale.
    low, high : float or None
        Lowest and highest answer, where known.
    """

    name: str
    items: tuple[str, ...]
    keyed: Array
    reversed: tuple[int, ...]
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """The answers of a call.

    Attributes
    ----------
    frame : narwhals DataFrame
        The caller's rows.
    scales : tuple of ScaleAnswers
        By scale.
    instrument : Instrument or None
        The instrument, where there is one.
    scored : ScoreResult or None
        The scores, where the call was given them.
    summed : bool
        Whether a scale's score is the sum of its answers, not their mean.
    """

    frame: nw.DataFrame[Any]
    scales: tuple[ScaleAnswers, ...]
    instrument: Instrument | None
    scored: ScoreResult | None
    summed: bool


@contextmanager
def said_by(call: str) -> Iterator[None]:
    """Let an error of scoring begin with the call that the user made."""
    try:
        yield
    except InputError as error:
        step = error.next_step
        raise InputError(
            error.problem.replace("score():", f"{call}():"),
            None if step is None else step.replace("score()", f"{call}()"),
        ) from None


def _of_plan(
    plan: ScoringPlan, frame: nw.DataFrame[Any], labels: Mapping[str, int] | None
) -> tuple[ScaleAnswers, ...]:
    answers = read_answers(words_to_codes(frame, plan, labels), plan)
    low, high = plan.instrument.low, plan.instrument.high
    found = []
    for scale in plan.scales:
        turned = tuple(place for place, item in enumerate(scale.items) if item in scale.reverse)
        keyed = answers[:, list(scale.items)]
        keyed[:, turned] = low + high - keyed[:, turned]
        found.append(
            ScaleAnswers(
                name=scale.name,
                items=tuple(plan.columns[item] for item in scale.items),
                keyed=keyed,
                reversed=turned,
                low=low,
                high=high,
            )
        )
    return tuple(found)


def check_range(
    answers: Array, names: Sequence[str], frame: nw.DataFrame[Any], ends: tuple[float, float], call: str
) -> None:
    """Raise unless the answers of items that no instrument describes lie between the ends."""
    low, high = ends
    if not low < high:
        raise InputError(
            f"{call}(): low={low:g} is not below high={high:g}.", "Give the lowest and the highest answer."
        )
    bad = (answers < low) | (answers > high) | np.isinf(answers)
    if bad.any():
        column = int(np.argmax(bad.any(axis=0)))
        row = int(np.argmax(bad[:, column]))
        raise InputError(
            f"{call}(): item column {names[column]!r} is answered {low:g} to {high:g}; "
            f"{row_name(frame, row)} holds {answers[row, column]:g} ({int(bad.sum())} such answers).",
            "Declare codes that mean 'no answer' in missing_codes=, or correct low= and high=.",
        )


def _on_the_spot(
    frame: nw.DataFrame[Any],
    names: Sequence[str],
    *,
    reverse: Sequence[str],
    low: float | None,
    high: float | None,
    missing_codes: Sequence[float | str],
    call: str,
) -> ScaleAnswers:
    """Read one scale that no instrument describes."""
    if isinstance(names, str) or not names:
        raise InputError(f"{call}(): items={names!r} is no list of columns.", "Give items=['q1', 'q2', ...].")
    check_columns(names, frame.columns, call, use="item column")
    odd = [name for name in reverse if name not in names]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if odd or twice:
        said = (
            f"reverse= names {odd[0]!r}, which is" if odd else f"items= names {twice[0]!r} twice, and it is"
        )
        raise InputError(f"{call}(): {said} not an item of its own.", "Name each item once in items=.")
    if reverse and (low is None or high is None):
        raise InputError(
            f"{call}(): reverse={list(reverse)!r} needs the range of the answers.",
            "Give low= and high=: the range seen in a file may be too narrow.",
        )
    answers = read_numbers(frame, list(names), call, use="item column")
    answers[np.isin(answers, [code for code in missing_codes if not isinstance(code, str)])] = np.nan
    ends = -np.inf if low is None else low, np.inf if high is None else high
    check_range(answers, names, frame, ends, call)
    turned = tuple(place for place, name in enumerate(names) if name in reverse)
    if low is not None and high is not None:
        answers[:, turned] = low + high - answers[:, turned]
    return ScaleAnswers(name="scale", items=tuple(names), keyed=answers, reversed=turned, low=low, high=high)


def _refuse(given: Mapping[str, Any], why: str, call: str) -> None:
    named = [name for name, value in given.items() if value is not None and value != ()]
    if named:
        raise InputError(f"{call}(): {named[0]}= is given, {why}.", f"Leave out {named[0]}=.")


def read_scale_answers(
    data: Any,
    instrument: str | Instrument | None,
    *,
    items: str | Sequence[str] | Mapping[object, str] | None,
    reverse: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    order: str | None = None,
    coded_from: int | None = None,
    missing_codes: Sequence[float | str] = (),
    labels: Mapping[str, int] | None = None,
    call: str,
) -> Answers:
    """Read the answers of a call by scale.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent, or scores, which bring their own rows, instrument and coding.
    instrument : str, Instrument or None
        The instrument; None for scores, and for one scale of the columns in `items`.
    items : str, sequence of str, mapping or None
        The item columns, as `score` takes them.
    reverse : sequence of str
        Reverse-keyed columns of a scale without an instrument.
    low, high : float or None
        Lowest and highest answer of a scale without an instrument.
    order, coded_from, missing_codes, labels : various
        As in `score`.
    call : str
        The public call, for messages.

    Returns
    -------
    Answers
        The answers after reversal.

    Raises
    ------
    InputError
        If a column is missing, an answer is out of range, or arguments do not go together.
    """
    coding = {"order": order, "coded_from": coded_from, "labels": labels}
    spot = {"reverse": tuple(reverse), "low": low, "high": high}
    if isinstance(data, ScoreResult):
        everything = {"instrument": instrument, "items": items, **coding, **spot}
        _refuse(everything | {"missing_codes": tuple(missing_codes)}, "and the scores bring their own", call)
        plan = data.plan
        with said_by(call):
            scales = _of_plan(plan, data.frame, data.labels)
        return Answers(
            frame=data.frame,
            scales=scales,
            instrument=plan.instrument,
            scored=data,
            summed=plan.method == "sum",
        )
    frame = read_frame(data, call)
    if instrument is None:
        _refuse(coding, "which needs an instrument", call)
        scale = _on_the_spot(
            frame,
            items if items is not None and not isinstance(items, dict) else [],  # type: ignore[arg-type]  # checked there
            reverse=reverse,
            low=low,
            high=high,
            missing_codes=missing_codes,
            call=call,
        )
        return Answers(frame=frame, scales=(scale,), instrument=None, scored=None, summed=False)
    _refuse(spot, "and the instrument brings its own key", call)
    inst = as_instrument(instrument, call)
    if items is None:
        raise InputError(
            f"{call}(): {inst.key!r} needs items=.", "Say how your columns are named, for example 'q_{}'."
        )
    with said_by(call):
        plan = compile_plan(
            inst,
            columns=item_columns(items, inst, frame.columns),
            method=inst.methods[0],
            order=order,
            min_answered=None,
            coded_from=coded_from,
            missing_codes=missing_codes,
            bands=False,
        )
        scales = _of_plan(plan, frame, labels)
    return Answers(frame=frame, scales=scales, instrument=inst, scored=None, summed=inst.methods[0] == "sum")
