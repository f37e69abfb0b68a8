"""One column as numbers or as categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.frames import is_null, nw, read_words, row_name
from peerstats.errors import FormulaError

if TYPE_CHECKING:
    from peerstats.typing import BoolArray, IntArray

__all__ = ["Level", "as_held", "column_kind", "declared_levels", "read_levels"]

Level = str | int | float | bool


def as_held(named: Level, levels: list[Level]) -> Level:
    """Return a level as the data hold it, where it is named by its text."""
    if named in levels or not isinstance(named, str):
        return named
    labels = [str(level) for level in levels]
    return levels[labels.index(named)] if named in labels else named


def column_kind(frame: nw.DataFrame[Any], name: str, call: str) -> Literal["numeric", "category"]:
    """Say whether a column is numbers or categories.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    name : str
        The column.
    call : str
        The public call, for messages.

    Returns
    -------
    {"numeric", "category"}
        Text, booleans and categoricals are categories; numbers are numbers, 0 and 1 too.

    Raises
    ------
    FormulaError
        If the column holds dates or other things that are neither.
    """
    series = frame[name]
    if series.dtype.is_numeric():
        return "numeric"
    if series.dtype in (nw.Boolean, nw.String, nw.Categorical, nw.Enum):
        return "category"
    if series.dtype in (nw.Object, nw.Unknown):
        empty = is_null(series)
        kinds = {bool: 0, str: 0}
        for i, (value, gone) in enumerate(zip(series.to_list(), empty, strict=True)):
            if gone:
                continue
            if type(value) not in kinds:
                raise FormulaError(
                    f"{call}(): column {name!r} mixes kinds or holds objects; "
                    f"{row_name(frame, i)} holds {value!r}.",
                    "Make it a column of one kind: numbers, text, or True and False.",
                )
            kinds[type(value)] += 1
        if min(kinds.values()) == 0:
            return "category"
        raise FormulaError(f"{call}(): column {name!r} mixes text with True and False.", "Make it one kind.")
    raise FormulaError(
        f"{call}(): column {name!r} holds {series.dtype}, which is neither numbers nor categories.",
        "Make a column of numbers from it first, for example years since a date.",
    )


def declared_levels(frame: nw.DataFrame[Any], name: str) -> list[Level]:
    """Return the categories that a categorical column declares, used or not; else an empty list."""
    series = frame[name]
    return list(series.cat.get_categories().to_list()) if series.dtype in (nw.Categorical, nw.Enum) else []


def read_levels(
    frame: nw.DataFrame[Any], name: str, used: BoolArray
) -> tuple[IntArray, list[Level], list[Level]]:
    """Read a column as categories, its levels from the rows used only.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    name : str
        The column.
    used : (n,) bool array
        The rows used.

    Returns
    -------
    codes : (m,) int array
        Position of each used row's value in `levels`; -1 where it is missing.
    levels : list
        The levels that occur in the rows used, in the column's order, else sorted.
    unused : list
        Levels that are declared, or occur in other rows only.
    """
    codes, found = read_words(frame, name)
    codes = codes[used]
    present = np.zeros(len(found) + 1, dtype=bool)
    present[codes] = True  # the place behind the last level takes -1
    present = present[:-1]
    place = np.append(np.cumsum(present) - 1, -1)
    levels = [level for level, here in zip(found, present, strict=True) if here]
    known = declared_levels(frame, name) or found
    return place[codes], levels, [level for level in known if level not in levels]
