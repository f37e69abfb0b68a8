"""The record of an official wage table: figures, and the state of each cell."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText, new_frame
from peerstats.norms._oews_codes import EMPTY, FIGURES, STATES, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array, IntArray

__all__ = ["OewsTable"]

_WIDTH = 100
_KEYS = ("occ_code", "area", "naics", "own_code", "o_group")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OewsTable:
    r"""Occupational employment and wages of one or more years, areas and industries.

    Made by `read_oews`; answered from by `oews`, `oews_percentiles` and `occupation_wages` as their `data`.

    Parameters
    ----------
    source : str
        The file.
    words : mapping of str to CodedText
        Text columns of n rows: codes and titles of areas, industries and occupations. Codes keep their
        leading zeros.
    years : (n,) int array
        The May that the row describes.
    figures : mapping of str to (n,) float array
        NaN where no figure is published.
    cells : mapping of str to (n,) int array
        State of each figure: 0 published, 1 unavailable, 2 employment unavailable, 3 top-coded, 4 under
        0.5 per cent, 5 empty or no such column.
    notes : tuple of str
        What was read from where, renamed, restored or left out.

    Notes
    -----
    The files hold codes among their figures: ``*`` no wage estimate, ``**`` no employment estimate, ``#`` at
    or above the year's top code, ``~`` under 0.5 per cent of establishments. They are states of a cell here,
    and never numbers.

    Where the agency does not publish the detailed level, one occupation stands twice, as broad and as
    detailed. Both rows are kept, told apart by `o_group`; what picks one occupation takes one of them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> text = "OCC_CODE,OCC_TITLE,AREA,TOT_EMP,H_MEAN,MEAN_PRSE,H_PCT90\n21-1094,CHW,01,**,21.5,2.0,#\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "state_M2020.csv")
    ...     _ = path.write_text(text)
    ...     table = ps.read_oews(path)
    >>> table.data[["year", "area", "occ_code", "tot_emp", "h_mean"]]
       year area occ_code  tot_emp  h_mean
    0  2020   01  21-1094      NaN    21.5
    >>> table.states[["tot_emp", "h_mean", "h_pct90"]]
                      tot_emp     h_mean    h_pct90
    0  employment unavailable  published  top-coded
    """

    source: str
    words: Mapping[str, CodedText]
    years: IntArray
    figures: Mapping[str, Array]
    cells: Mapping[str, np.ndarray[Any, np.dtype[np.int8]]]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.years)

    @property
    def data(self) -> Any:
        """One row for each area, industry, ownership and occupation, as a pandas frame.

        Made anew at each use: keep it where it is used more than once.
        """
        words: dict[str, Any] = {name: self.words[name] for name in WORDS}
        return new_frame({"year": self.years, **words, **{name: self.figures[name] for name in FIGURES}})

    @property
    def states(self) -> Any:
        """What each figure is, row by row beside `data`: published, unavailable, top-coded and so on."""
        cells: dict[str, Any] = {name: CodedText(codes=self.cells[name], words=STATES) for name in FIGURES}
        keys: dict[str, Any] = {name: self.words[name] for name in _KEYS}
        return new_frame({"year": self.years, **keys, **cells})

    def __repr__(self) -> str:
        """Return what the table covers, as plain text."""
        return _to_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return what the table covers, without its rows, as values that JSON can hold.

        Returns
        -------
        dict
            Keys schema, kind, source, n_rows, years, n_areas, n_occupations, n_states (cells by state) and
            notes.
        """
        return {
            "schema": 1,
            "kind": "oews_table",
            "source": self.source,
            "n_rows": len(self),
            "years": np.unique(self.years).tolist(),
            "n_areas": _n_distinct(self, "area"),
            "n_occupations": _n_distinct(self, "occ_code"),
            "n_states": _count_states(self),
            "notes": list(self.notes),
        }


def _n_distinct(table: OewsTable, name: str) -> int:
    return len(np.unique(table.words[name].codes))


def _count_states(table: OewsTable) -> dict[str, int]:
    counts = sum(
        (np.bincount(cells, minlength=len(STATES)) for cells in table.cells.values()),
        start=np.zeros(len(STATES), dtype=np.int64),
    )
    return {state: int(n) for state, n in zip(STATES, counts, strict=True)}


def _to_text(table: OewsTable) -> str:
    facts = table.to_dict()
    years = " ".join(f"May {year}" for year in facts["years"][:1] + facts["years"][1:][-1:]).replace(
        " May", " to May"
    )
    cells = ", ".join(
        f"{n:,} {state}" for state, n in facts["n_states"].items() if n and STATES.index(state) != EMPTY
    )
    lines = [
        f"OEWS, {years}: {table.source}",
        f"  rows       {len(table):,}; areas {facts['n_areas']:,}, occupations {facts['n_occupations']:,}",
        f"  cells      {cells}",
    ]
    for note in table.notes:
        lines += textwrap.wrap(
            note, _WIDTH, initial_indent="  note       ", subsequent_indent=" " * 13, break_on_hyphens=False
        )
    return "\n".join(lines)
