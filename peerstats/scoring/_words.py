"""Answers written as words: each text answer becomes its code before the numbers are read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import closest
from peerstats._core.frames import is_null, is_textual, new_column, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats._core.frames import nw
    from peerstats.instruments import Instrument
    from peerstats.scoring._plan import ScoringPlan

__all__ = ["words_to_codes"]


def _fold(word: str) -> str:
    """Ignore letter case and spacing."""
    return " ".join(word.split()).casefold()


def _codes(plan: ScoringPlan, item: int, labels: Mapping[str, int] | None) -> dict[str, float]:
    """Return the file's code of each word that answers an item; NaN for words that mean no answer."""
    instrument = plan.instrument
    table: dict[str, float] = dict.fromkeys(map(_fold, plan.missing_words), math.nan)
    if labels is not None:
        return table | {_fold(word): code + plan.shift for word, code in labels.items()}
    for anchors in instrument.anchors:
        if item in anchors.items:
            table |= {_fold(word): instrument.low + k + plan.shift for k, word in enumerate(anchors.words)}
    return table


def _check_labels(labels: Mapping[str, int], instrument: Instrument) -> None:
    for word, code in labels.items():
        if not isinstance(code, int) or not instrument.low <= code <= instrument.high:
            raise InputError(
                f"score(): labels= gives {word!r} the code {code!r}; {instrument.key!r} is answered "
                f"{instrument.low} to {instrument.high}.",
                "Give each label one of the instrument's own codes.",
            )


def _stop(
    plan: ScoringPlan, frame: nw.DataFrame[Any], column: str, row: int, cell: str, known: Any
) -> InputError:
    words = [word for word in known if word]
    near = closest(cell, words)
    if near:
        advice = f"Closest answers: {', '.join(map(repr, near))}; or give labels={{word: code}}."
    elif words:
        advice = f"Its answers are {', '.join(map(repr, words))}; or give labels={{word: code}}."
    else:
        advice = "Turn the text into numbers first, or give labels={word: code}."
    return InputError(
        f"score(): item column {column!r} of {plan.instrument.key!r} must hold numbers or the words of its "
        f"answers; {row_name(frame, row)} holds {cell!r}.",
        advice,
    )


def words_to_codes(
    frame: nw.DataFrame[Any], plan: ScoringPlan, labels: Mapping[str, int] | None
) -> nw.DataFrame[Any]:
    """Turn the item columns that hold text into numbers.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    plan : ScoringPlan
        Columns, coding and words that mean no answer.
    labels : mapping of str to int or None
        The words of the answers and their codes; None for the instrument's own.

    Returns
    -------
    narwhals DataFrame
        The same rows; columns without text are untouched, cells that are numbers stay.

    Raises
    ------
    InputError
        If a cell holds a word that is no answer; the closest answers are named.
    """
    if labels is not None:
        _check_labels(labels, plan.instrument)
    recoded = []
    for item, column in enumerate(plan.columns):
        if not is_textual(frame[column]):
            continue
        table = _codes(plan, item, labels)
        empty = is_null(frame[column])
        codes = np.full(len(frame), np.nan)
        for row, cell in enumerate(frame[column].to_list()):
            if empty[row]:
                continue
            if not isinstance(cell, str):
                codes[row] = float(cell)
            elif _fold(cell) in table:
                codes[row] = table[_fold(cell)]
            elif cell.strip():
                raise _stop(plan, frame, column, row, cell, table)
        recoded.append(new_column(frame, column, codes))
    return frame.with_columns(*recoded) if recoded else frame
