"""Columns of a result in the words of the codebook, before they are printed or drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats._core.labels import Words
    from peerstats.results._column import Column

__all__ = ["cells_in_words", "columns_in_words"]

# Columns of a result whose cells are columns of the data
_NAMES = ("column", "denominator", "item", "other_item", "margin")


def cells_in_words(
    words: Words, cells: Mapping[str, Any], levels: Mapping[str, str | Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return the cells of a result with labels in the place of names and values.

    Parameters
    ----------
    words : Words
        What columns and values are called.
    cells : mapping of str to sequence
        Columns of the result. Groups, and columns that name columns of the data, are known by their keys.
    levels : mapping of str to (str or sequence of str), optional
        Columns whose cells are values of a column of the data: its name, or that of each cell.

    Returns
    -------
    dict of str to sequence
        The same columns in words; as they are without a codebook.

    Examples
    --------
    >>> from peerstats._core.labels import Words
    >>> from peerstats.results import cells_in_words
    >>> cells_in_words(Words(None), {"group": ["1", "2"]})
    {'group': ['1', '2']}
    """
    found = dict(cells)
    if not words:
        return found
    for key, of in (levels or {}).items():
        given = cells[key]
        names = [of] * len(given) if isinstance(of, str) else of
        found[key] = [
            None if value is None else words.level(name, value)
            for name, value in zip(names, given, strict=True)
        ]
    for key in found:
        if key in _NAMES:
            named = [name for name in cells[key] if name is not None]
            said = dict(zip(named, words.names(named), strict=True))
            found[key] = [None if name is None else said[name] for name in cells[key]]
        elif key == "group":
            found[key] = words.groups(cells[key])
    return found


def columns_in_words(words: Words, columns: Sequence[Column]) -> list[Column]:
    """Return the columns of a table, that of the groups headed by what they are groups of.

    Parameters
    ----------
    words : Words
        What columns are called.
    columns : sequence of Column
        The columns.

    Returns
    -------
    list of Column
        The same columns.

    Examples
    --------
    >>> from peerstats._core.labels import Words
    >>> from peerstats.results import Column, columns_in_words
    >>> columns_in_words(Words(None), [Column(key="group", label="group")])[0].label
    'group'
    """
    return [
        replace(column, label=words.heading(column.label)) if column.key == "group" else column
        for column in columns
    ]
