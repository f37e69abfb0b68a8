"""From cells of text to columns: numbers, text, what is missing, and what to say about it.

A cell is stripped of blanks at its ends. An empty cell is missing, and so is one that `na` lists. A column is
one of numbers if all its other cells are: 17, -1.5, .5, 2e3. What would change as a number stays text: 00501
(a zip code), 12345678901234567 (an identifier: more digits than a number holds).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText
from peerstats._core.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

__all__ = ["CellRules", "Told", "looks_decimal_comma", "text_column"]

_MOST_DIGITS = 15  # what a double holds without loss
_LARGEST_WHOLE = 2**53  # up to it a double tells each whole number from the next
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_ZERO = re.compile(r"[+-]?0\d")
_NEARLY = 0.9  # a column of which so many cells are numbers was meant as one: its first other cell is told


@dataclass(slots=True, kw_only=True, eq=False)
class Told:
    """What happened to columns, collected for one note each.

    Attributes
    ----------
    na : dict of str to [cells, columns]
        Words read as missing.
    kept_as_text : list of str
        Columns of digits that stay text, for a leading zero or their length.
    nearly : list of (name, cell, row, cells)
        Columns that a few cells keep from being numbers.
    comma : list of str
        Columns with a decimal comma.
    maybe_comma : list of str
        Columns that look so, where the comma was not asked for.
    thousands : list of str
        Columns of text that look like numbers with a comma before each three digits.
    """

    na: dict[str, list[int]] = field(default_factory=dict)
    kept_as_text: list[str] = field(default_factory=list)
    nearly: list[tuple[str, str, int, int]] = field(default_factory=list)
    comma: list[str] = field(default_factory=list)
    maybe_comma: list[str] = field(default_factory=list)
    thousands: list[str] = field(default_factory=list)

    def notes(self, place: Callable[[int], str]) -> list[str]:
        """Return the notes; `place` names a row by where it stands in the file."""
        made = [
            f"{word!r} was read as missing in {counted(cells, 'cell')} of {counted(columns, 'column')}; "
            "na=() keeps it."
            for word, (cells, columns) in self.na.items()
        ]
        if self.kept_as_text:
            made.append(
                "Kept as text, because a number would lose digits (a 0 in front, or more than "
                f"{_MOST_DIGITS}): {_some(self.kept_as_text)}."
            )
        if self.comma:
            made.append(f"Numbers with a decimal comma: {_some(self.comma)}.")
        if self.maybe_comma:
            made.append(
                f"Text that looks like numbers with a decimal comma: {_some(self.maybe_comma)}; say "
                "decimal=','."
            )
        if self.thousands:
            made.append(
                "Text that looks like numbers with a comma before thousands (decimal=',' takes it for "
                f"decimals): {_some(self.thousands)}."
            )
        made += [
            f"{name!r} is text because of {counted(cells, 'cell')} without a number, the first {cell!r} "
            f"{place(row)}."
            for name, cell, row, cells in self.nearly[:5]
        ]
        if len(self.nearly) > 5:  # noqa: PLR2004
            made.append(f"So it is with {counted(len(self.nearly) - 5, 'column')} more.")
        return made


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:3]))
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""  # noqa: PLR2004
    return f"{shown}{more}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellRules:
    """How cells are read.

    Attributes
    ----------
    na : frozenset of str
        Words that mean missing.
    decimal : {".", ","}
        The decimal mark.
    codes : frozenset of str
        User-missing codes that are text: they keep no column from being numbers.
    """

    na: frozenset[str]
    decimal: str = "."
    codes: frozenset[str] = frozenset()


def looks_decimal_comma(distinct: Collection[str]) -> bool:
    """Return whether all cells are numbers under a decimal comma, and one of them not by thousands."""
    cells = [x.strip() for x in distinct if x.strip()]
    commas = [x for x in cells if "," in x]
    return any(not _THOUSANDS.fullmatch(x) for x in commas) and all(map(_COMMA.fullmatch, cells))


def _looks_thousands(distinct: Collection[str]) -> bool:
    cells = [x.strip() for x in distinct if x.strip()]
    commas = [x for x in cells if "," in x]
    return (
        bool(commas)
        and all(map(_THOUSANDS.fullmatch, commas))
        and all(_NUMBER.fullmatch(x.replace(",", "")) for x in cells)
    )


def _as_number(cell: str, decimal: str) -> float | None:
    pattern = _NUMBER if decimal == "." else _COMMA
    if not pattern.fullmatch(cell):
        return None
    return float(cell if decimal == "." else cell.replace(",", "."))


def _would_lose(cell: str) -> bool:
    digits = cell.lstrip("+-0")
    return bool(_ZERO.match(cell)) or (digits.isdigit() and len(digits) > _MOST_DIGITS)


def text_column(name: str, cells: Sequence[str], rules: CellRules, told: Told) -> tuple[Any, bool]:
    """Turn one column of text into numbers where all of it is numbers.

    Parameters
    ----------
    name : str
        Its name, for notes.
    cells : sequence of str, n of them
        The cells.
    rules : CellRules
        How they are read.
    told : Told
        Where notes are collected.

    Returns
    -------
    values : (n,) array or CodedText
        Integers where all cells are whole and none is missing, floats where they are numbers, else texts and
        None. Where the column would be numbers but for user-missing codes of text, numbers and texts.
    numeric : bool
        Whether they are numbers.
    """
    distinct = set(cells)
    table = {cell: _value(cell.strip(), rules) for cell in distinct}
    others = {cell for cell, x in table.items() if isinstance(x, str) and x not in rules.codes}
    numbers = [cell for cell, x in table.items() if isinstance(x, float)]
    exact = not any(_would_lose(cell.strip()) for cell in numbers)
    _tell_missing(cells, distinct, rules, told)
    if numbers and exact and not others:
        if rules.decimal == "," and any("," in cell for cell in numbers):
            told.comma.append(name)
        return _numbers(cells, table), True
    if numbers and not others:
        told.kept_as_text.append(name)
    elif rules.decimal == "." and others and looks_decimal_comma(distinct - rules.na):
        told.maybe_comma.append(name)
    elif rules.decimal == "." and others and _looks_thousands(distinct - rules.na):
        told.thousands.append(name)
    elif numbers:
        _tell_nearly(name, cells, table, others, told)
    if all(value is None for value in table.values()):
        return np.full(len(cells), np.nan), True
    return _texts(cells, {cell: None if x is None else cell.strip() for cell, x in table.items()}), False


def _value(cell: str, rules: CellRules) -> float | str | None:
    if not cell or cell in rules.na:
        return None
    number = _as_number(cell, rules.decimal)
    return cell if number is None else number


def _texts(cells: Sequence[str], table: dict[str, str | None]) -> CodedText:
    place = {cell: i for i, cell in enumerate(table)}
    codes = np.fromiter(map(place.__getitem__, cells), np.int64, len(cells))
    return CodedText(codes=codes, words=list(table.values()))


def _numbers(cells: Sequence[str], table: dict[str, Any]) -> Any:
    if any(isinstance(value, str) for value in table.values()):
        return np.array([table[cell] for cell in cells], dtype=object)
    if all(x is not None and x.is_integer() and abs(x) <= _LARGEST_WHOLE for x in table.values()):
        ints = {cell: int(value) for cell, value in table.items()}
        return np.fromiter(map(ints.__getitem__, cells), np.int64, len(cells))
    floats = {cell: np.nan if value is None else value for cell, value in table.items()}
    return np.fromiter(map(floats.__getitem__, cells), np.float64, len(cells))


def _tell_missing(cells: Sequence[str], distinct: set[str], rules: CellRules, told: Told) -> None:
    for cell in distinct:
        word = cell.strip()
        if word and word in rules.na:
            count = told.na.setdefault(word, [0, 0])
            count[0] += sum(x == cell for x in cells)
            count[1] += 1


def _tell_nearly(
    name: str, cells: Sequence[str], table: dict[str, Any], others: set[str], told: Told
) -> None:
    n_odd = sum(cell in others for cell in cells)
    n_filled = sum(table[cell] is not None for cell in cells)
    if n_odd <= (1 - _NEARLY) * n_filled:
        first = next(i for i, cell in enumerate(cells) if cell in others)
        told.nearly.append((name, cells[first].strip(), first, n_odd))
