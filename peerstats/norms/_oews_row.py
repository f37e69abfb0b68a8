"""One row of an official wage table: found by occupation, area, year, industry and ownership, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.bundled import read_rows
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import CodedText
from peerstats.errors import InputError
from peerstats.norms._oews_codes import (
    FIGURES,
    PUBLISHED,
    STATES,
    SYMBOLS,
    WORDS,
    meaning,
    postal,
    state_fips,
    where_to_get,
)
from peerstats.norms._oews_table import OewsTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import BoolArray

__all__ = ["NATIONAL", "OewsRow", "bundled_table", "check_table", "find_row", "look_up"]

NATIONAL = "99"
_MERGED = "21-1018"
_MERGED_FROM = 2017  # 21-1011 and 21-1014 are published together as 21-1018 from May 2017 on
_PARTS = ("21-1011", "21-1014")
_CROSS_INDUSTRY, _ALL_OWNERS = "000000", "1235"
_LEVELS = ("detailed", "broad", "minor", "major", "total")  # finest first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OewsRow:
    """One row of a table.

    Parameters
    ----------
    table : OewsTable
        The table.
    place : int
        Position of the row in it.

    Examples
    --------
    >>> from peerstats.norms import look_up
    >>> row = look_up(None, "21-1093", area="US", year=2020, call="example")
    >>> row.word("occ_title"), row.number("h_mean"), row.state("h_pct90")
    ('Social and Human Service Assistants', 18.38, 'published')
    """

    table: OewsTable
    place: int

    def word(self, name: str) -> str:
        """Return a text cell.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        str
            Empty where the file has nothing.
        """
        column = self.table.words[name]
        return column.words[column.codes[self.place]] or ""

    @property
    def year(self) -> int:
        """The May that the row describes."""
        return int(self.table.years[self.place])

    def state(self, name: str) -> str:
        """Return the state of a figure.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        str
            Published, unavailable, top-coded and so on.
        """
        return STATES[self.table.cells[name][self.place]]

    def number(self, name: str) -> float:
        """Return a figure.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        float
            NaN where none is published.
        """
        return float(self.table.figures[name][self.place])

    def figure(self, name: str, what: str, call: str) -> float:
        """Return a figure, or refuse a cell that is none, with its meaning.

        Parameters
        ----------
        name : str
            The column.
        what : str
            The column in words, for the message.
        call : str
            The public call, for the message.

        Returns
        -------
        float
            The figure.

        Raises
        ------
        InputError
            If none is published.
        """
        state = self.state(name)
        if state != STATES[PUBLISHED]:
            raise InputError(
                f"{call}(): the {what} of {self.word('occ_code')} in {self.place_name}, May {self.year}, "
                f"is not a figure: {state}.",
                f"{meaning(state, self.year)}. Choose another statistic, occupation, area or "
                "year; percentiles that are published all the same are given by oews_percentiles(...).",
            )
        return self.number(name)

    @property
    def place_name(self) -> str:
        """The area in words."""
        return "the U.S." if self.word("area") == NATIONAL else self.word("area_title") or self.word("area")

    @property
    def area_key(self) -> str:
        """The area in a key: US, a postal abbreviation or the area's code."""
        area = self.word("area")
        return "US" if area == NATIONAL else postal(area) or area

    @property
    def industry(self) -> str:
        """The industry in words; empty for all industries."""
        naics = self.word("naics")
        return "" if naics in ("", _CROSS_INDUSTRY) else f"NAICS {naics}, {self.word('naics_title')}"


@cache
def bundled_table() -> OewsTable:
    """Return the bundled national rows as a table."""
    rows = read_rows("norms", "oews_national.csv")
    same = {
        "area": NATIONAL,
        "area_title": "U.S.",
        "area_type": "1",
        "prim_state": "US",
        "naics": _CROSS_INDUSTRY,
        "naics_title": "Cross-industry",
        "i_group": "cross-industry",
        "own_code": _ALL_OWNERS,
    }
    words = {name: _coded([row.get(name) or same.get(name) for row in rows]) for name in WORDS}
    figures, cells = {}, {}
    for name in FIGURES:
        texts = [row.get(name, "") for row in rows]
        cells[name] = np.array([SYMBOLS.get(text, PUBLISHED) for text in texts], dtype=np.int8)
        figures[name] = np.array([np.nan if text in SYMBOLS else float(text) for text in texts])
    years = np.array([int(row["year"]) for row in rows])
    return OewsTable(source="bundled national rows", words=words, years=years, figures=figures, cells=cells)


def _coded(values: Sequence[str | None]) -> CodedText:
    words = list(dict.fromkeys(values))
    place = {word: i for i, word in enumerate(words)}
    return CodedText(codes=np.array([place[value] for value in values], dtype=np.int32), words=words)


def check_table(data: object, call: str) -> OewsTable | None:
    """Return the user's table, or None where the bundled rows answer.

    Parameters
    ----------
    data : object
        What the caller gave.
    call : str
        The public call, for messages.

    Returns
    -------
    OewsTable or None
        None for None.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> from peerstats.norms import check_table
    >>> check_table(None, "example") is None
    True
    """
    if data is None or isinstance(data, OewsTable):
        return data
    raise InputError(
        f"{call}(): data is a {type(data).__name__}, not a wage table.",
        "Read the agency's file first: data=read_oews(path).",
    )


def _where(table: OewsTable, name: str, word: str | None) -> BoolArray:
    column = table.words[name]
    places = [i for i, known in enumerate(column.words) if known == word]
    return np.isin(column.codes, places)


def _present(table: OewsTable, name: str, rows: BoolArray) -> list[str]:
    column = table.words[name]
    return sorted(column.words[i] or "" for i in np.unique(column.codes[rows]))


def find_row(
    table: OewsTable | None,
    occupation: str,
    *,
    area: str | None,
    year: int | None,
    call: str,
    industry: str | None = None,
    ownership: str | None = None,
) -> OewsRow:
    """Find the one row that answers.

    Parameters
    ----------
    table : OewsTable or None
        None for the bundled rows.
    occupation : str
        Its code.
    area : str or None
        "US", a postal abbreviation, the area's code or its title; None for the table's only area, or the U.S.
    year : int or None
        None for the table's only year.
    call : str
        The public call, for messages.
    industry, ownership : str, optional
        NAICS and ownership codes; all industries and owners by default, or the table's only ones.

    Returns
    -------
    OewsRow
        Of an occupation that stands as broad and as detailed, the detailed row.

    Raises
    ------
    InputError
        If no row or more than one answers.
    """
    found = look_up(
        table, occupation, area=area, year=year, call=call, industry=industry, ownership=ownership
    )
    if isinstance(found, InputError):
        raise found
    return found


def look_up(
    table: OewsTable | None,
    occupation: str,
    *,
    area: str | None,
    year: int | None,
    call: str,
    industry: str | None = None,
    ownership: str | None = None,
) -> OewsRow | InputError:
    """Find the one row that answers, or say that the area and year have no such occupation.

    Parameters
    ----------
    table : OewsTable or None
        None for the bundled rows.
    occupation : str
        Its code.
    area : str or None
        As for `find_row`.
    year : int or None
        None for the table's only year.
    call : str
        The public call, for messages.
    industry, ownership : str, optional
        As for `find_row`.

    Returns
    -------
    OewsRow or InputError
        The error of an occupation without a row, not raised.

    Raises
    ------
    InputError
        If the area or year is not in the table, or more than one row answers.

    Examples
    --------
    >>> from peerstats.norms import look_up
    >>> look_up(None, "21-1018", area="US", year=2020, call="example").number("h_mean")
    24.78
    >>> print(look_up(None, "21-1018", area="US", year=2016, call="example"))
    example(): occupation '21-1018' has no national row for May 2016.
      Before May 2017 OEWS published its parts: say occupation='21-1011' or '21-1014'.
    """
    own = table is not None
    table = bundled_table() if table is None else table
    year, rows = _in_year(table, year, own=own, call=call)
    area, rows = _in_area(table, rows, area, year, own=own, call=call)
    code = str(occupation)
    found = rows & _where(table, "occ_code", code)
    if not found.any():
        return _no_occupation(table, rows, code, area, year, own=own, call=call)
    found = _narrow(table, found, "naics", industry, _CROSS_INDUSTRY, "industry", code, call)
    found = _narrow(table, found, "own_code", ownership, _ALL_OWNERS, "ownership", code, call)
    if np.count_nonzero(found) > 1:
        found = _finest(table, found)
    places = np.flatnonzero(found)
    if len(places) > 1:
        raise InputError(
            f"{call}(): {len(places)} rows of {table.source} answer for {code}, area {area!r}, May {year}.",
            "Look at them in the table's data and keep one of them in the file.",
        )
    return OewsRow(table=table, place=int(places[0]))


def _finest(table: OewsTable, found: BoolArray) -> BoolArray:
    for level in _LEVELS:
        at = found & _where(table, "o_group", level)
        if at.any():
            return at
    return found


def _in_year(table: OewsTable, year: int | None, *, own: bool, call: str) -> tuple[int, BoolArray]:
    years = np.unique(table.years).tolist()
    if year is None:
        if own and len(years) > 1:
            raise InputError(
                f"{call}(): {table.source} has the years {', '.join(map(str, years))}.", "Say which: year=."
            )
        year = years[0] if own else 2020
    if year not in years:
        there = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        raise InputError(
            f"{call}(): year={year!r} is not in {table.source}; {there} is."
            if own
            else f"{call}(): year={year!r} is not bundled; {there} are.",
            f"For another year {where_to_get(year)} and give it as data=read_oews(path).",
        )
    return int(year), table.years == year


def _in_area(
    table: OewsTable, rows: BoolArray, area: str | None, year: int, *, own: bool, call: str
) -> tuple[str, BoolArray]:
    codes = _present(table, "area", rows)
    if area is None:
        area = codes[0] if len(codes) == 1 else "US"
    word = str(area).strip()
    code = NATIONAL if word.upper() in ("US", "U.S.", NATIONAL) else state_fips(word.upper()) or word
    found = rows & _where(table, "area", code)
    if not found.any():
        column = table.words["area_title"]
        alike = [i for i, title in enumerate(column.words) if (title or "").casefold() == word.casefold()]
        found = rows & np.isin(column.codes, alike)
    if not found.any():
        titles = [title for title in _present(table, "area_title", rows) if title]
        said = f"is not in {table.source} for May {year}" if own else "is not bundled; only 'US' is"
        step = f"{did_you_mean(word, [*titles, *codes], what='areas')} " if own else ""
        raise InputError(
            f"{call}(): area={area!r} {said}.",
            f"{step}For another area {where_to_get(year, word)} and give it as data=read_oews(path).",
        )
    several = _present(table, "area", found)
    if len(several) > 1:
        raise InputError(
            f"{call}(): area={area!r} names {len(several)} areas: {', '.join(several[:5])}.", "Give the code."
        )
    return word, found


def _narrow(
    table: OewsTable,
    found: BoolArray,
    column: str,
    asked: str | None,
    usual: str,
    argument: str,
    occupation: str,
    call: str,
) -> BoolArray:
    there = _present(table, column, found)
    if asked is None:
        if len(there) == 1:
            return found
        asked = usual
        step = f"Say which: {argument}=."
    else:
        step = "Choose one of them."
    if asked not in there:
        shown = ", ".join(map(repr, there[:12])) + (f" and {len(there) - 12} more" if len(there) > 12 else "")  # noqa: PLR2004
        raise InputError(
            f"{call}(): {table.source} has {occupation} by {argument}: {shown}; not {asked!r}.", step
        )
    return found & _where(table, column, asked)


def _no_occupation(
    table: OewsTable, rows: BoolArray, code: str, area: str, year: int, *, own: bool, call: str
) -> InputError:
    kind = "row" if own else "national row"
    where = f" in area {area!r} of {table.source}" if own else ""
    problem = f"{call}(): occupation {code!r} has no {kind} for May {year}{where}."
    if code in _PARTS and year >= _MERGED_FROM:
        return InputError(
            problem,
            f"From May {_MERGED_FROM} on OEWS publishes 21-1018 instead, the two together: "
            "say occupation='21-1018'.",
        )
    if code == _MERGED and year < _MERGED_FROM:
        return InputError(
            problem,
            f"Before May {_MERGED_FROM} OEWS published its parts: say occupation='21-1011' or '21-1014'.",
        )
    near = did_you_mean(code, _present(table, "occ_code", rows), what="codes")
    others = "" if own else f" Bundled are 00-0000 and SOC 21; for others {where_to_get(year)}."
    return InputError(problem, near + others)
