"""The agency's flat wage files: one figure a row, named by a series id of 25 characters."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText
from peerstats.errors import InputError, SourceError
from peerstats.files._chunks import open_sheet
from peerstats.files._oews_cells import FigureColumn, read_cell
from peerstats.norms import OEWS_FIGURES

if TYPE_CHECKING:
    from pathlib import Path

    from peerstats.files._chunks import Sheet
    from peerstats.files._oews_layout import Layout

__all__ = ["read_flat"]

# oe.datatype: the last two characters of a series id
_TYPES = {
    "01": "tot_emp",
    "02": "emp_prse",
    "03": "h_mean",
    "04": "a_mean",
    "05": "mean_prse",
    "06": "h_pct10",
    "07": "h_pct25",
    "08": "h_median",
    "09": "h_pct75",
    "10": "h_pct90",
    "11": "a_pct10",
    "12": "a_pct25",
    "13": "a_median",
    "14": "a_pct75",
    "15": "a_pct90",
    "16": "jobs_1000",
    "17": "loc_quotient",
}
_EMPLOYMENT = ("01", "02", "16", "17")
# OE, seasonal U, area type, area, industry, occupation, data type
_SERIES = re.compile(r"OEU([NSM])(.{7})(.{6})(\d{6})(\d\d)")
# oe.footnote of 2025; a file of that name beside the data is believed instead
_TOP, _NOT_RELEASED = "5", "8"
_NO_FIGURE = ("-", "")


def read_flat(
    sheet: Sheet, layout: Layout, call: str
) -> tuple[dict[str, CodedText], dict[str, FigureColumn], CodedText, list[str]]:
    """Read a flat file into the columns of a wide one.

    Parameters
    ----------
    sheet : Sheet
        The opened file.
    layout : Layout
        Its header.
    call : str
        The public call, for messages.

    Returns
    -------
    words : dict of str to CodedText
        areatype_code, area, naics, occ_code, and the titles that files beside it give.
    figures : dict of str to FigureColumn
        One cell a row of the wide table.
    year : CodedText
        Year of each row.
    notes : list of str
        Which files beside it were used.

    Raises
    ------
    InputError
        If a series is no wage series, or a value has a footnote that is not known.
    """
    tops, not_released, notes = _footnotes(sheet.path, call)
    place: dict[tuple[str, str], int] = {}
    # 7 million figures of a whole release: twelve bytes each, not a Python object
    cells = {kind: (array("i"), array("d")) for kind in _TYPES}
    at = layout.places
    i_id, i_year, i_value, i_note = at["series_id"], at["year"], at["value"], at.get("footnote_codes")
    done = 0
    for chunk in sheet.chunks(layout.n_above, layout.width):
        for k, row in enumerate(chunk):
            series, value = row[i_id].strip(), row[i_value].strip()
            column = cells.get(series[23:])
            if column is None or len(series) != 25 or not series.startswith("OEU"):  # noqa: PLR2004
                raise InputError(
                    f"{call}(): row {done + k + 1} below the header of {sheet.path.name} has the series "
                    f"{series!r}, which is no wage series.",
                    "Wage series are OEU and 22 more characters, as in OEUN000000000000021109308.",
                )
            if value in _NO_FIGURE:
                value = _symbol(row[i_note] if i_note is not None else "", series, tops, not_released, call)
            key = (series[:23], row[i_year].strip())
            column[0].append(place.setdefault(key, len(place)))
            column[1].append(read_cell(value))
        done += len(chunk)
    words = _ids(list(place), call)
    notes += _titles(words, sheet.path, call)
    figures = {name: FigureColumn(name) for name in OEWS_FIGURES}
    n = len(place)
    for kind, name in _TYPES.items():
        at_rows, values = cells.pop(kind)
        if len(np.unique(at_rows)) < len(at_rows):
            raise InputError(
                f"{call}(): {sheet.path.name} has a series of {name} twice in one year.",
                "Keep one release in the file.",
            )
        figures[name].put(np.frombuffer(at_rows, dtype=np.int32), np.frombuffer(values), n)
    for name in ("pct_total", "pct_rpt"):
        figures[name].put(np.empty(0, dtype=np.int32), np.empty(0), n)
    return words, figures, _code([year for _, year in place]), notes


def _code(values: list[str]) -> CodedText:
    words = list(dict.fromkeys(values))
    at = {word: i for i, word in enumerate(words)}
    return CodedText(codes=np.array([at[value] for value in values], dtype=np.int32), words=words)


def _symbol(note: str, series: str, tops: set[str], not_released: set[str], call: str) -> str:
    """Return the workbooks' symbol for a value that is a dash."""
    codes = {code.strip() for code in note.split(",")}
    if codes & tops:
        return "#"
    if codes & not_released or not note.strip():
        return "**" if series[23:] in _EMPLOYMENT else "*"
    raise InputError(
        f"{call}(): {series} has no value and the footnote {note.strip()!r}, which is not known.",
        "Put the release's own oe.footnote beside the file.",
    )


def _ids(keys: list[tuple[str, str]], call: str) -> dict[str, CodedText]:
    parts: list[tuple[Any, ...]] = []
    for stem, _ in keys:
        found = _SERIES.fullmatch(stem + "01")
        if found is None:
            raise InputError(
                f"{call}(): the series {stem!r}.. is no wage series.",
                "Its fourth character is N, S or M, and the occupation has six digits.",
            )
        parts.append(found.groups()[:4])
    kinds, areas, industries, occupations = (list(column) for column in zip(*parts, strict=True))
    return {
        "areatype_code": _code(kinds),
        "area": _code(areas),
        "naics": _code(industries),
        "occ_code": _code(occupations),
    }


def _beside(path: Path, name: str) -> Path | None:
    """Return a companion file: the agency's own name has no ending, a copy often has .txt."""
    for ending in ("", ".txt", ".tsv", ".csv"):
        companion = path.with_name(f"oe.{name}{ending}")
        if companion.is_file() and companion != path:
            return companion
    return None


def _companion(path: Path, name: str, columns: tuple[str, ...], call: str) -> list[tuple[str, ...]] | None:
    file = _beside(path, name)
    if file is None:
        return None
    with open_sheet(file, call) as sheet:
        header = [str(cell).strip().lower() for cell in sheet.top[0]]
        missing = [column for column in columns if column not in header]
        if missing:
            raise SourceError(
                f"{call}(): {file.name}, beside the data, has no column {missing[0]!r}.",
                f"Its columns are {', '.join(header)}; take the file of the same release.",
            )
        at = [header.index(column) for column in columns]
        rows = [row for chunk in sheet.chunks(1, len(header)) for row in chunk]
    return [tuple(row[j].strip() for j in at) for row in rows]


def _footnotes(path: Path, call: str) -> tuple[set[str], set[str], list[str]]:
    rows = _companion(path, "footnote", ("footnote_code", "footnote_text"), call)
    if rows is None:
        note = (
            f"No oe.footnote beside the file: footnote {_TOP} is read as top-coded, "
            f"{_NOT_RELEASED} as not released."
        )
        return {_TOP}, {_NOT_RELEASED}, [note]
    tops = {code for code, text in rows if "equal to or greater than" in text.lower()}
    return tops, {code for code, text in rows if "not released" in text.lower()}, []


def _titles(words: dict[str, CodedText], path: Path, call: str) -> list[str]:
    """Add titles of areas, industries and occupations from the files beside it; say which are not there."""
    notes = []
    asked = (
        ("occupation", "occ_code", "occ_title", ("occupation_code", "occupation_name")),
        ("industry", "naics", "naics_title", ("industry_code", "industry_name")),
    )
    for name, code, title, columns in asked:
        rows = _companion(path, name, columns, call)
        if rows is None:
            notes.append(f"No oe.{name} beside the file: {title} is empty.")
        titles = {row[0]: row[1] for row in rows or ()}
        words[title] = CodedText(
            codes=words[code].codes, words=[titles.get(w or "", "") for w in words[code].words]
        )
    rows = _companion(path, "area", ("area_code", "area_name", "areatype_code", "state_code"), call)
    if rows is None:
        notes.append("No oe.area beside the file: area_title is empty.")
    known = {area: (title, state) for area, title, _, state in rows or ()}
    areas = words["area"]
    for i, name in enumerate(("area_title", "state_code")):
        texts = [known.get(area or "", ("", ""))[i] for area in areas.words]
        words[name] = CodedText(codes=areas.codes, words=texts)
    return notes
