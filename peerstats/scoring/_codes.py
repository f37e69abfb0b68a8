"""Answers as small whole numbers, 0 the lowest: checked and read in one pass over each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from peerstats._core.frames import numeric_columns, read_numbers, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array

__all__ = ["Codes", "bad_answer_advice", "read_codes", "smallest_type"]

Codes: TypeAlias = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

_ROWS = 32_768  # rows at a time: their answers stay in the cache, whether rows or columns lie side by side


def smallest_type(*values: int) -> type[np.signedinteger[Any]]:
    """Return the smallest integer type that holds every value."""
    types: tuple[type[np.signedinteger[Any]], ...] = (np.int8, np.int16, np.int32, np.int64)
    return next(t for t in types if np.iinfo(t).min <= min(values) and max(values) <= np.iinfo(t).max)


def _wide(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a column side by side as 64-bit integers or floats, in which every code fits."""
    if values.dtype in (np.float64, np.int64):
        return np.ascontiguousarray(values)
    whole = values.dtype.kind in "bi" or (values.dtype.kind == "u" and values.itemsize < np.int64(0).itemsize)
    return values.astype(np.int64 if whole else np.float64)


def _read_whole(values: np.ndarray[Any, Any], out: Codes, low: int, high: int) -> bool:
    """Write integers to `out`; return False at one that is no answer."""
    if values.min() < low or values.max() > high:
        return False
    np.copyto(out, values, casting="unsafe")
    if low:
        out -= low
    return True


def _read_floats(values: Array, out: Codes, low: int, high: int) -> bool:
    """Write floats to `out`, -1 for NaN; return False at one that is no answer."""
    if np.fmin.reduce(values) < low or np.fmax.reduce(values) > high:
        return False
    gone = np.isnan(values)
    n_gone = np.count_nonzero(gone)
    if np.count_nonzero(np.rint(values) == values) + n_gone != len(values):
        return False
    np.copyto(out, values, casting="unsafe")
    if low:
        out -= low
    if n_gone:
        # every bit set is -1, whatever the processor makes of NaN as an integer
        out |= -gone.view(np.int8)
    return True


def _read_part(
    values: np.ndarray[Any, Any], out: Codes, low: int, high: int, missing_codes: tuple[float, ...]
) -> bool:
    """Write the codes of one part of a column to `out`; return False at a number that is no answer."""
    values = _wide(values)
    if missing_codes:
        given = values
        values = values.astype(np.float64)
        for code in missing_codes:
            values[given == code] = np.nan
    return (_read_floats if values.dtype.kind == "f" else _read_whole)(values, out, low, high)


def bad_answer_advice(plan: ScoringPlan, odd: list[float], *, low_used: bool, high_used: bool) -> str:
    """Say how to go on after numbers that are no answers: declare the coding, or the missing codes."""
    low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
    if high_used and not low_used and set(odd) == {high + 1}:
        return f"If the file is coded {low + 1} to {high + 1}, say coded_from={low + 1}."
    codes = ", ".join(f"{value:g}" for value in odd[:6])
    return (
        f"Declare codes that mean 'no answer', missing_codes=[{codes}], "
        "or the file's lowest code, coded_from=."
    )


def _stop_at_bad_answers(frame: nw.DataFrame[Any], plan: ScoringPlan) -> InputError:
    instrument = plan.instrument
    low, high = instrument.low + plan.shift, instrument.high + plan.shift
    values = read_numbers(frame, plan.columns, "score", use="item column")
    values[np.isin(values, plan.missing_codes)] = np.nan
    bad = (values < low) | (values > high) | ((values != np.rint(values)) & ~np.isnan(values))
    column = int(np.argmax(bad.any(axis=0)))
    row = int(np.argmax(bad[:, column]))
    n_columns = int(bad.any(axis=0).sum())
    where = f"{n_columns} columns" if n_columns > 1 else "this column"
    return InputError(
        f"score(): item column {plan.columns[column]!r} of {instrument.key!r} is answered {low} to {high}; "
        f"{row_name(frame, row)} holds {values[row, column]:g} "
        f"({int(bad.sum())} such answers in {where}).",
        bad_answer_advice(
            plan,
            np.unique(values[bad]).tolist(),
            low_used=bool((values == low).any()),
            high_used=bool((values == high).any()),
        ),
    )


def read_codes(frame: nw.DataFrame[Any], plan: ScoringPlan) -> Codes:
    """Read the item columns as codes counted from the instrument's lowest answer.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    plan : ScoringPlan
        Columns, coding and missing codes.

    Returns
    -------
    (n, m) int array
        0 for the lowest answer, -1 where there is none; of the smallest integer type, column-major.

    Raises
    ------
    InputError
        If an answer is out of range, is no whole number, or is text.
    """
    low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
    dtype = smallest_type(-1, low, high, high - low)
    codes = np.empty((len(frame), len(plan.columns)), dtype=dtype, order="F")
    columns = list(numeric_columns(frame, plan.columns, "score", use="item column"))
    with np.errstate(invalid="ignore"):  # NaN becomes an integer, and then -1
        for start in range(0, len(codes), _ROWS):
            here = slice(start, start + _ROWS)
            for j, values in enumerate(columns):
                if not _read_part(values[here], codes[here, j], low, high, plan.missing_codes):
                    raise _stop_at_bad_answers(frame, plan)
    return codes
