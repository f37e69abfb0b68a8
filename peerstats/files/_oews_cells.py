"""Cells into columns: words as codes of distinct ones, figures as floats with a state for what is none."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from peerstats._core.frames import CodedText
from peerstats.errors import InputError
from peerstats.norms import OEWS_SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peerstats.typing import Array

__all__ = ["FigureColumn", "WordColumn", "as_text", "read_cell", "recode"]

# A code on its way through an array of floats: far below zero, where no figure is.
_STAND_IN = {symbol: -1e300 * (1 + state) for symbol, state in OEWS_SYMBOLS.items()}
_BELOW = -1e299
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


def as_text(cell: Any) -> str:
    """Return a cell as text: whole numbers without a decimal point, true as TRUE."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


class WordColumn:
    """Collects a text column chunk by chunk.

    Parameters
    ----------
    name : str
        The column.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._place: dict[Any, int] = {}
        self._alike = True  # until a chunk has two different cells: comparing them is then skipped
        self._chunks: list[np.ndarray[Any, np.dtype[np.int32]]] = []

    def add(self, cells: Sequence[Any]) -> None:
        """Take a chunk's cells."""
        n, place = len(cells), self._place
        if self._alike:
            self._alike = cells.count(cells[0]) == n
            if self._alike:
                self._chunks.append(np.full(n, place.setdefault(cells[0], len(place)), dtype=np.int32))
                return
        try:
            codes = np.fromiter(map(place.__getitem__, cells), np.int32, n)
        except KeyError:
            for cell in dict.fromkeys(cells):
                place.setdefault(cell, len(place))
            codes = np.fromiter(map(place.__getitem__, cells), np.int32, n)
        self._chunks.append(codes)

    def finish(self) -> CodedText:
        """Return the column; cells that read alike as text are one word."""
        codes = np.concatenate(self._chunks)
        self._chunks.clear()
        return recode(CodedText(codes=codes, words=[as_text(cell) for cell in self._place]))


def recode(column: CodedText) -> CodedText:
    """Join words that are the same text."""
    words = list(dict.fromkeys(column.words))
    if len(words) == len(column.words):
        return column
    place = {word: i for i, word in enumerate(words)}
    to = np.array([place[word] for word in column.words], dtype=np.int32)
    return CodedText(codes=to[column.codes], words=words)


class FigureColumn:
    """Collects a column of figures and codes chunk by chunk.

    Parameters
    ----------
    name : str
        The column.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._chunks: list[Array] = []
        self._alike = True  # as for words
        self._coded = False  # whether a code was met: the try without codes is then skipped

    def add(self, cells: Sequence[Any]) -> None:
        """Take a chunk's cells."""
        self._alike = self._alike and cells.count(cells[0]) == len(cells)
        self._chunks.append(np.full(len(cells), read_cell(cells[0])) if self._alike else self._read(cells))

    def _read(self, cells: Sequence[Any]) -> Array:
        n, code = len(cells), cast("Callable[[Any, Any], Any]", _STAND_IN.get)
        if not self._coded:
            try:
                return np.fromiter(map(float, cells), np.float64, n)
            except (ValueError, TypeError):
                self._coded = True
        try:
            return np.fromiter(map(float, map(code, cells, cells)), np.float64, n)
        except (ValueError, TypeError):
            return np.fromiter(map(read_cell, cells), np.float64, n)

    def put(self, rows: np.ndarray[Any, np.dtype[np.int32]], values: Array, n: int) -> None:
        """Take figures at some of n rows, as `read_cell` reads them; the others are empty."""
        column = np.full(n, _STAND_IN[""])
        column[rows] = values
        self._chunks.append(column)

    def finish(self, file: str, call: str) -> tuple[Array, np.ndarray[Any, np.dtype[np.int8]]]:
        """Return the figures, NaN where there is none, and the state of each cell."""
        values = np.concatenate(self._chunks)
        self._chunks.clear()
        bad = np.flatnonzero(~np.isfinite(values) | ((values < 0) & (values > _BELOW)))
        if len(bad):
            raise InputError(
                f"{call}(): column {self.name} of {file} has a cell that is neither a figure nor one of the "
                f"agency's codes, in row {bad[0] + 1} below the header ({len(bad)} such cells).",
                "Figures are plain numbers from zero on, without a currency sign; codes are *, **, # and ~.",
            )
        coded = values < _BELOW
        states = np.zeros(len(values), dtype=np.int8)
        states[coded] = np.rint(values[coded] / -1e300 - 1).astype(np.int8)
        values[coded] = np.nan
        return values, states


def read_cell(cell: Any) -> float:
    """Read a cell, with blanks around it or commas within; NaN where it is no figure."""
    text = str(cell).strip()
    if text in _STAND_IN:
        return _STAND_IN[text]
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return math.nan
