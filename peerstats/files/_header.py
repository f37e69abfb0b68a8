"""Column names of a survey file: what is refused, what is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peerstats._core.checks import check_choice
from peerstats._core.words import counted
from peerstats.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["column_names"]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def column_names(
    cells: Sequence[str], source: str, call: str, *, duplicates: str
) -> tuple[list[str], list[str]]:
    """Make the names of columns from a header row.

    Parameters
    ----------
    cells : sequence of str
        The header's cells.
    source : str
        Name of the file, for messages.
    call : str
        The public call, for messages.
    duplicates : {"refuse", "number"}
        What becomes of a name that stands twice.

    Returns
    -------
    names : list of str
        One for each cell, all different; an empty cell in the third place becomes "column_3".
    notes : list of str
        What was made up.

    Raises
    ------
    SourceError
        If a name stands twice and is not to be numbered, no cell is a name, or most are empty.
    """
    check_choice(duplicates, ("refuse", "number"), "duplicates", call)
    names = [cell.strip() for cell in cells]
    blank = [i for i, name in enumerate(names) if not name]
    _check_header(names, len(blank), source, call)
    places: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if name:
            places.setdefault(name, []).append(i + 1)
    taken = set(places)
    notes = _number_copies(names, places, taken, source, call, refuse=duplicates == "refuse")
    for i in blank:
        names[i] = f"column_{i + 1}" if f"column_{i + 1}" not in taken else _free(f"column_{i + 1}", taken)
        taken.add(names[i])
    if blank:
        notes.append(
            f"{counted(len(blank), 'column')} without a name, called after the place, the first "
            f"{names[blank[0]]!r}."
        )
    return names, notes


def _check_header(names: Sequence[str], n_blank: int, source: str, call: str) -> None:
    if n_blank > 1 and 2 * n_blank >= len(names):
        raise SourceError(
            f"{call}(): {n_blank} of the {len(names)} names in the header of {source} are empty.",
            "A title or merged cells stand above the names: say in which row the names are, for example "
            "header=2.",
        )
    if all(_is_number(name) for name in names if name):
        raise SourceError(
            f"{call}(): the first row of {source} holds numbers only, and must hold the columns' names.",
            "Put a row of names on top, or say in which row they are: header=2.",
        )


def _number_copies(
    names: list[str],
    places: dict[str, list[int]],
    taken: set[str],
    source: str,
    call: str,
    *,
    refuse: bool,
) -> list[str]:
    """Put a number behind each name that stands before, in place; say so."""
    twice = {name: at for name, at in places.items() if len(at) > 1}
    if twice and refuse:
        name, at = next(iter(twice.items()))
        rest = f", and {len(twice) - 1} more names stand twice" if len(twice) > 1 else ""
        raise SourceError(
            f"{call}(): {source} has more than one column {name!r}: columns {', '.join(map(str, at))}{rest}.",
            "Rename them in the file, or say duplicates='number' for the names "
            f"{name!r}, '{name}_2' and so on.",
        )
    for name, at in twice.items():
        for place in at[1:]:
            names[place - 1] = _free(name, taken)
    if not twice:
        return []
    n, some = sum(len(at) - 1 for at in twice.values()), ", ".join(map(repr, list(twice)[:3]))
    more = " and others" if len(twice) > 3 else ""  # noqa: PLR2004
    return [f"{counted(n, 'column')} whose name stood before, numbered: {some}{more}."]


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    taken.add(f"{name}_{number}")
    return f"{name}_{number}"
