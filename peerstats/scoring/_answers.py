"""Answers as numbers: declared coding, declared missing codes, nothing out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_numbers, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array

__all__ = ["coding_note", "read_answers"]

_MANY = 50  # answers that a code should have turned up in before its absence is worth a word


def _stop_at_bad_answers(plan: ScoringPlan, frame: nw.DataFrame[Any], values: Array, bad: Any) -> None:
    instrument = plan.instrument
    low, high = instrument.low + plan.shift, instrument.high + plan.shift
    column = int(np.argmax(bad.any(axis=0)))
    row = int(np.argmax(bad[:, column]))
    value = values[row, column]
    n_columns = int(bad.any(axis=0).sum())
    where = f"{n_columns} columns" if n_columns > 1 else "this column"
    odd = np.unique(values[bad])
    codes = ", ".join(f"{v:g}" for v in odd[:6])
    if high in values and np.isin(odd, [high + 1]).all() and not (values == low).any():
        advice = f"If the file is coded {low + 1} to {high + 1}, say coded_from={low + 1}."
    else:
        advice = (
            f"Declare codes that mean 'no answer', missing_codes=[{codes}], "
            "or the file's lowest code, coded_from=."
        )
    raise InputError(
        f"score(): item column {plan.columns[column]!r} of {instrument.key!r} is answered {low} to {high}; "
        f"{row_name(frame, row)} holds {value:g} ({int(bad.sum())} such answers in {where}).",
        advice,
    )


def read_answers(frame: nw.DataFrame[Any], plan: ScoringPlan) -> Array:
    """Read the item columns as answers on the instrument's own codes.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    plan : ScoringPlan
        Columns, coding and missing codes.

    Returns
    -------
    (n, m) array
        Answers from the instrument's lowest to its highest code; NaN where there is none.

    Raises
    ------
    InputError
        If an answer is out of range, is no whole number, or is text.
    """
    values = read_numbers(frame, plan.columns, "score", use="item column")
    for code in plan.missing_codes:
        values[values == code] = np.nan
    low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
    bad = (values < low) | (values > high) | ((values != np.rint(values)) & ~np.isnan(values))
    if bad.any():
        _stop_at_bad_answers(plan, frame, values, bad)
    if plan.shift:
        values -= plan.shift
    return values


def coding_note(plan: ScoringPlan, answers: Array, *, declared: bool) -> tuple[str, ...]:
    """Say that the lowest code never occurs where its absence may mean another coding."""
    given = int(np.count_nonzero(~np.isnan(answers)))
    low = plan.instrument.low
    if declared or given < _MANY or (answers == low).any():
        return ()
    return (
        f"No answer is {low} among {given:,}; if the file is coded from {low + 1}, say coded_from={low + 1}.",
    )
