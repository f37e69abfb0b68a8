"""Exports of Qualtrics: three header rows, choices as text or as numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from peerstats._core.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["TOLD", "header_rows", "question_labels", "row_notes", "seen_note", "value_labels"]

_IMPORT = re.compile(r'\s*\{\s*"ImportId"\s*:')
_SEEN = -99  # what "Recode seen but unanswered questions" writes unless another number is typed in
TOLD = ("Status", "Finished")  # the columns that row_notes reads
_PREVIEWS = {"survey preview", "1"}


def header_rows(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many rows stand above the answers: 3 or 2 in an export of Qualtrics, 1 in other files."""
    for place in (2, 1):
        if len(rows) > place and _is_import_row(rows[place]):
            return place + 1
    # workbooks have the names and the questions, and no third row
    names = rows[0] if rows else ()
    if len(rows) > 1 and len(rows[1]) == len(names):
        below = dict(zip(map(str, names), map(str, rows[1]), strict=True))
        if below.get("ResponseId") == "Response ID" and below.get("StartDate") == "Start Date":
            return 2
    return 1


def _is_import_row(row: Sequence[Any]) -> bool:
    cells = [cell for cell in row if str(cell).strip()]
    return bool(cells) and all(_IMPORT.match(str(cell)) for cell in cells)


def question_labels(names: Sequence[str], texts: Sequence[Any]) -> dict[str, str]:
    """Return the question of each column, its lines joined; empty where the row repeats the name."""
    made = {name: " ".join(str(text).split()) for name, text in zip(names, texts, strict=True)}
    return {name: "" if text == name else text for name, text in made.items()}


def row_notes(columns: Mapping[str, Any]) -> list[str]:
    """Say what the export holds besides finished answers: previews and unfinished rows."""
    notes = []
    cells = columns.get("Status")
    if cells is not None:
        n = sum(_word(cell) in _PREVIEWS for cell in cells)
        if n:
            notes.append(f"{counted(n, 'row')} of the survey's preview (Status) kept.")
    cells = columns.get("Finished")
    if cells is not None:
        n = sum(_word(cell) in {"false", "0"} for cell in cells)
        if n:
            notes.append(f"{counted(n, 'row')} unfinished (Finished), kept.")
    return notes


def seen_note(columns: Mapping[str, Any], missing: Any) -> list[str]:
    """Count cells of -99, which Qualtrics writes on request for a question seen and not answered."""
    if missing:
        return []
    held = {name: int((values == _SEEN).sum()) for name, values in columns.items() if _numeric(values)}
    n = sum(held.values())
    if not n:
        return []
    wide = counted(sum(map(bool, held.values())), "column")
    note = (
        f"{_SEEN} stands in {counted(n, 'cell')} of {wide}; Qualtrics writes it for questions seen and not "
        f"answered if asked to: say missing_codes=[{_SEEN}] if so."
    )
    return [note]


def _numeric(values: Any) -> bool:
    return getattr(getattr(values, "dtype", None), "kind", "O") in "fi"


def _word(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip().lower()


def value_labels(codes: Sequence[Any], texts: Sequence[Any]) -> dict[Any, str] | None:
    """Pair the numbers of one export with the words of the other, row by row.

    Parameters
    ----------
    codes : sequence, n of them
        A column of the numeric export; None where it is blank.
    texts : sequence, n of them
        The same rows of the text export.

    Returns
    -------
    dict of number to str or None
        A label for each number, in the order of the numbers; None if one number has two words, a number has
        none, or the words are the numbers.
    """
    found: dict[Any, str] = {}
    for code, text in zip(codes, texts, strict=True):
        if code is None or code != code:  # noqa: PLR0124  (NaN)
            continue
        if text is None or text != text or isinstance(text, float | int):  # noqa: PLR0124
            return None
        word = " ".join(str(text).split())
        if found.setdefault(code, word) != word:
            return None
    return dict(sorted(found.items())) if found else None
