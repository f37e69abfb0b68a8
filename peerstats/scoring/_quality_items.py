"""Items for response quality: an instrument's, or columns that the caller names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import read_numbers
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.scoring._answers import coding_note
from peerstats.scoring._codes import read_codes
from peerstats.scoring._plan import compile_plan, item_columns
from peerstats.scoring._scale_answers import check_range, said_by
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.instruments import Instrument
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, IntArray

__all__ = ["QualityItems", "ad_hoc_items", "instrument_items", "plan_items"]

_CALL = "response_quality"
_LEAST = 2  # one answer has neither a run nor a spread


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QualityItems:
    """Answers of all respondents, before and after reversal.

    Attributes
    ----------
    key, title : str
        Instrument, or what stands for it.
    names : tuple of str
        Columns in the order in which the items were given.
    given, keyed : (n, m) array
        Answers as given, and after reversal; NaN where there is none.
    scales : mapping of str to int array
        Positions of each scale's items.
    line : str
        How they were read.
    notes : tuple of str
        What a reader should know.
    """

    key: str
    title: str
    names: tuple[str, ...]
    given: Array
    keyed: Array
    scales: Mapping[str, IntArray]
    line: str
    notes: tuple[str, ...]


def instrument_items(
    frame: nw.DataFrame[Any],
    instrument: Instrument,
    *,
    items: Any,
    order: str | None,
    coded_from: int | None,
    missing_codes: Sequence[float | str],
    labels: Mapping[str, int] | None,
) -> QualityItems:
    """Read the items of an instrument, with the rules of `score`."""
    if items is None:
        raise InputError(
            f"{_CALL}(): {instrument.key!r} needs items=.",
            "Say how your columns are named, for example items='q_{}'.",
        )
    with said_by(_CALL):
        plan = compile_plan(
            instrument,
            columns=item_columns(items, instrument, frame.columns),
            method=instrument.methods[0],
            order=order,
            min_answered=None,
            coded_from=coded_from,
            missing_codes=missing_codes,
            bands=False,
        )
    return plan_items(frame, plan, labels=labels, declared=coded_from is not None)


def plan_items(
    frame: nw.DataFrame[Any], plan: ScoringPlan, *, labels: Mapping[str, int] | None, declared: bool
) -> QualityItems:
    """Read the items of a scoring plan."""
    instrument = plan.instrument
    with said_by(_CALL):
        codes = read_codes(words_to_codes(frame, plan, labels), plan)
    given = np.where(codes < 0, np.nan, codes + float(instrument.low))
    keyed = given.copy()
    for scale in plan.scales:
        reverse = list(scale.reverse)
        keyed[:, reverse] = instrument.low + instrument.high - keyed[:, reverse]
    low, high = instrument.low + plan.shift, instrument.high + plan.shift
    reversed_items = sum(len(scale.reverse) for scale in plan.scales)
    said = (
        ()
        if instrument.confirmed
        else (f"The key of {instrument.key!r} is not confirmed. To confirm it, {instrument.confirm}.",)
    )
    return QualityItems(
        key=instrument.key,
        title=instrument.title,
        names=plan.columns,
        given=given,
        keyed=keyed,
        scales={scale.name: np.array(scale.items, dtype=np.int64) for scale in plan.scales},
        line=f"{len(plan.columns)} items, answers coded {low}-{high}, {reversed_items} reverse-keyed",
        notes=said + coding_note(plan, codes, declared=declared),
    )


def _named_columns(items: Any) -> dict[str, list[str]]:
    if items is None or isinstance(items, str):
        raise InputError(
            f"{_CALL}(): items={items!r} names no columns, and there is no instrument.",
            "Name the instrument, or give items=[...] or items={'scale': [...], ...}.",
        )
    scales = {str(k): list(v) for k, v in items.items()} if isinstance(items, Mapping) else {"": list(items)}
    named = [name for part in scales.values() for name in part]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{_CALL}(): items= names column {twice!r} twice.", "Name each item once.")
    return scales


def ad_hoc_items(
    frame: nw.DataFrame[Any],
    *,
    items: Any,
    missing_codes: Sequence[float | str],
    reverse: Sequence[str],
    low: float | None,
    high: float | None,
) -> QualityItems:
    """Read columns that the caller names: a list, or lists by scale."""
    scales = _named_columns(items)
    names = [name for part in scales.values() for name in part]
    check_columns(names, frame.columns, _CALL, use="item column")
    check_columns(reverse, names, _CALL, use="reverse= column")
    by_scale = isinstance(items, Mapping)
    if by_scale:
        # scales may take turns in a questionnaire: a file holds the items as they were asked
        names.sort(key=frame.columns.index)
    if len(names) < _LEAST:
        raise InputError(
            f"{_CALL}(): items= names {len(names)} column.", "Response quality needs two items or more."
        )
    if reverse and (low is None or high is None):
        raise InputError(
            f"{_CALL}(): reverse={list(reverse)!r} needs the range of the answers.",
            "Give low= and high=: the range seen in a file may be too narrow.",
        )
    words = [code for code in missing_codes if isinstance(code, str)]
    if words:
        raise InputError(
            f"{_CALL}(): missing_codes= holds the word {words[0]!r}, and no instrument is named.",
            "Turn the answers into numbers first.",
        )
    given = read_numbers(frame, names, _CALL, use="item column")
    given[np.isin(given, [float(code) for code in missing_codes])] = np.nan
    ends = -np.inf if low is None else low, np.inf if high is None else high
    check_range(given, names, frame, ends, _CALL)
    keyed = given.copy()
    if low is not None and high is not None:
        turned = [names.index(name) for name in reverse]
        keyed[:, turned] = low + high - keyed[:, turned]
    places = {scale: [names.index(name) for name in part] for scale, part in scales.items()}
    return QualityItems(
        key="items",
        title=", ".join(scale for scale in scales if scale) or f"{names[0]} to {names[-1]}",
        names=tuple(names),
        given=given,
        keyed=keyed,
        scales={scale: np.array(part, dtype=np.int64) for scale, part in places.items()},
        line=(
            f"{counted(len(names), 'item')} in the order {'of the data' if by_scale else 'named'}, "
            f"{len(reverse)} reverse-keyed"
        ),
        notes=(),
    )
