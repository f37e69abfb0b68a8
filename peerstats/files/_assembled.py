"""From columns as a file has them to a survey: user-missing codes found, counted and set aside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.files._codebook import Codebook
from peerstats.files._survey import Survey
from peerstats.files._variable import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.files._survey import MissingCells
    from peerstats.files._variable import Variable
    from peerstats.typing import BoolArray

__all__ = ["FileContents", "assemble"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileContents:
    """A file's cells and what it says about them, before user-missing codes are set aside.

    Attributes
    ----------
    frame : pandas DataFrame
        The cells, n rows.
    variables : mapping of str to Variable
        One for each column, without counts.
    file_kind : str
        What the file is.
    file_label : str
        Its title.
    notes : tuple of str
        How it was read.
    """

    frame: Any
    variables: Mapping[str, Variable]
    file_kind: str
    file_label: str = ""
    notes: tuple[str, ...] = ()


def _python(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _masked(series: Any, variable: Variable) -> tuple[BoolArray, Any] | None:
    """Find the cells that hold user-missing codes, and the column without them; None if there are none."""
    if getattr(series.dtype, "kind", "O") in "fiu":
        values = np.asarray(series, dtype=float)
        gone = np.zeros(len(values), dtype=bool)
        for low, high in variable.missing:
            if not isinstance(low, str):
                gone |= (values >= low) & (values <= high)
        return (gone, np.where(gone, np.nan, values)) if gone.any() else None
    cells = series.tolist()
    gone = np.array([isinstance(x, str | int | float) and variable.is_missing(x) for x in cells], dtype=bool)
    if not gone.any():
        return None
    kept = [None if out else cell for cell, out in zip(cells, gone, strict=True)]
    if any(isinstance(cell, str) for cell in kept):
        return gone, type(series)(kept, dtype=series.dtype)
    # Stata's .a to .z stand among numbers: without them the column is one of numbers
    return gone, np.array([np.nan if cell is None else cell for cell in kept], dtype=float)


def _tally(values: list[Any]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    try:
        return dict(sorted(counts.items()))
    except TypeError:
        return dict(sorted(counts.items(), key=lambda each: str(each[0])))


def _label_counts(series: Any, variable: Variable) -> dict[Any, int]:
    found = series.value_counts().to_dict()
    return {value: int(found.get(value, 0)) for value in variable.valid_labels}


def assemble(contents: FileContents, source: str, *, keep_missing_codes: bool = False) -> Survey:
    """Set user-missing codes aside, count everything and close the codebook.

    Parameters
    ----------
    contents : FileContents
        What a reader found.
    source : str
        Name of the file.
    keep_missing_codes : bool
        Leave user-missing codes in the data.

    Returns
    -------
    Survey
        Data and codebook.
    """
    frame = contents.frame
    n_rows = len(frame)
    changed: dict[str, Any] = {}
    cells: dict[str, MissingCells] = {}
    tallies: dict[str, dict[Any, int]] = {}
    for name, variable in contents.variables.items():
        found = _masked(frame[name], variable) if variable.missing else None
        if found is None:
            continue
        gone, kept = found
        positions = np.flatnonzero(gone)
        codes = [_python(x) for x in frame[name].iloc[positions].tolist()]
        tallies[name] = _tally(codes)
        if not keep_missing_codes:
            changed[name] = kept
            cells[name] = (positions, tuple(codes))
    blank = frame.isna().sum().to_dict()
    if changed:
        frame = type(frame)({name: changed.get(name, frame[name]) for name in frame.columns})
    variables = tuple(
        replace(
            variable,
            kind=kind_of(frame[name]) if name in changed else variable.kind,
            values=MappingProxyType(dict(variable.values)),
            missing_counts=MappingProxyType(tallies.get(name, {})),
            counts=MappingProxyType(_label_counts(frame[name], variable) if variable.values else {}),
            n_blank=int(blank[name]),
            n=n_rows - int(blank[name]) - sum(tallies.get(name, {}).values()),
        )
        for name, variable in contents.variables.items()
    )
    book = Codebook(
        variables=variables,
        source=source,
        file_kind=contents.file_kind,
        file_label=contents.file_label,
        n_rows=n_rows,
        notes=contents.notes,
    )
    return Survey(data=frame, codebook=book, missing_cells=MappingProxyType(cells))
