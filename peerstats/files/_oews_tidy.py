"""Codes and titles of a wage file brought to one form: areas, industries, occupations, years, duplicates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.files._oews_cells import recode
from peerstats.norms import OEWS_FIGURES, OEWS_PAGE, OEWS_WORDS, postal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.typing import Array, BoolArray, IntArray

    Cells = Mapping[str, np.ndarray[Any, np.dtype[np.int8]]]

__all__ = ["check_occupations", "drop_repeats", "fill_words", "find_years"]

_OCCUPATION = re.compile(r"(\d\d)-?(\d{4})")
_YEAR_IN_NAME = re.compile(r"(?:M_?|May[ _]?)(20\d\d)(?!\d)", re.IGNORECASE)
_YEARS = range(1997, 2100)  # the survey's first year
# All occupations of the largest state are 18 million jobs, of the nation 130 million and more.
_NATION = 1e8
_TERRITORIES = ("60", "66", "69", "72", "78")
_NATIONAL = {"area": "99", "area_title": "U.S.", "area_type": "1", "prim_state": "US"}
_CROSS = {"naics": "000000", "naics_title": "Cross-industry", "i_group": "cross-industry", "own_code": "1235"}


def _map(column: CodedText, change: Callable[[str], str]) -> CodedText:
    return recode(CodedText(codes=column.codes, words=[change(word or "") for word in column.words]))


def _constant(word: str, n: int) -> CodedText:
    return CodedText(codes=np.zeros(n, dtype=np.int32), words=[word])


def check_occupations(
    words: dict[str, CodedText], cells: Cells, file: str, call: str
) -> tuple[BoolArray, list[str]]:
    """Bring occupation codes to 00-0000 form; rows without one are notes below the table and go.

    Parameters
    ----------
    words : dict of str to CodedText
        Changed in place.
    cells : mapping
        States of the figures.
    file, call : str
        For messages.

    Returns
    -------
    kept : (n,) bool array
        Rows with an occupation.
    notes : list of str
        How many went.

    Raises
    ------
    InputError
        If a row has figures and no occupation code.
    """
    column = words["occ_code"]
    found = [_OCCUPATION.fullmatch(word or "") for word in column.words]
    kept = np.array([match is not None for match in found])[column.codes]
    gone = np.flatnonzero(~kept)
    full = [i for i in gone if any(state[i] == 0 for state in cells.values())]
    if full:
        word = column.words[column.codes[full[0]]]
        raise InputError(
            f"{call}(): row {full[0] + 1} below the header of {file} has figures and the occupation code "
            f"{word!r}.",
            "Codes are two digits, a hyphen and four digits, such as 21-1093.",
        )
    if not kept.any():
        raise InputError(
            f"{call}(): {file} has no row with an occupation.", f"Download it again from {OEWS_PAGE}."
        )
    words["occ_code"] = _map(column, lambda word: _OCCUPATION.sub(r"\1-\2", word))
    return kept, [f"{counted(len(gone), 'row')} below the table without an occupation left out."] if len(
        gone
    ) else []


def find_years(
    column: CodedText | None, year: int | None, names: tuple[str, ...], n: int, file: str, call: str
) -> tuple[IntArray, list[str]]:
    """Return the year of each row: from the file's column, else as asked, else from a name, which is said.

    Parameters
    ----------
    column : CodedText or None
        The file's own.
    year : int or None
        What the caller says.
    names : tuple of str
        Names that may hold a year: the sheet's and the file's.
    n : int
        Rows.
    file, call : str
        For messages.

    Returns
    -------
    years : (n,) int array
        Year of each row.
    notes : list of str
        Where it was found.

    Raises
    ------
    InputError
        If no year is found, or two that differ.
    """
    if year is not None and (isinstance(year, bool) or int(year) != year or int(year) not in _YEARS):
        raise InputError(
            f"{call}(): year={year!r} is no year of the survey.", "Give it as a number: year=2024."
        )
    if column is not None:
        try:
            each = np.array([int(word or "") for word in column.words])
        except ValueError:
            bad = next(word for word in column.words if not (word or "").isdigit())
            raise InputError(f"{call}(): {file} has the year {bad!r}.", "Give years as 2024.") from None
        if year is not None and set(each.tolist()) != {year}:
            there = ", ".join(map(str, sorted(set(each.tolist()))))
            raise InputError(
                f"{call}(): year={year} was asked for and {file} has the years {there}.", "Leave year out."
            )
        return each[column.codes], []
    found = {int(match.group(1)): name for name in names if (match := _YEAR_IN_NAME.search(name))}
    if len(found) > 1 or (year is not None and found and year not in found):
        said = ", ".join(f"{each} in {name!r}" for each, name in found.items())
        asked = "" if year is None else f" and year={year} was asked for"
        raise InputError(f"{call}(): the year of {file} is unclear: {said}{asked}.", "Rename the file.")
    if year is None and not found:
        raise InputError(
            f"{call}(): {file} does not say its year, in a column or in a name such as state_M2024_dl.xlsx.",
            "Say it: year=2024.",
        )
    if year is None:
        year, name = next(iter(found.items()))
        return np.full(n, year), [f"The year, May {year}, is taken from the name {name!r}."]
    return np.full(n, year), [f"The year, May {year}, is as asked for."]


def fill_words(
    words: dict[str, CodedText],
    years: IntArray,
    tot_emp: Array,
    area: str | None,
    file: str,
    call: str,
) -> tuple[dict[str, CodedText], list[str]]:
    """Return all text columns: zeros restored, columns that the layout does not have filled in.

    Parameters
    ----------
    words : dict of str to CodedText
        What the file has.
    years, tot_emp : (n,) arrays
        Year and employment of each row.
    area : str or None
        Area code that the caller gives to a file without an area column.
    file, call : str
        For messages.

    Returns
    -------
    words : dict of str to CodedText
        Every canonical text column; empty text is None.
    notes : list of str
        What was restored and filled in.

    Raises
    ------
    InputError
        If the file has no area column and its rows are not the nation's.
    """
    n = len(years)
    notes: list[str] = []
    out = dict(words)
    if "areatype_code" in out:
        out |= _flat_areas(out)
    if "area" in out and area is not None:
        raise InputError(f"{call}(): {file} has an area column.", "Leave area out.")
    if "area" in out:
        out["area"] = _restored(out["area"], {1: 2, 6: 7}, "area", notes)
        no_area = [i for i, word in enumerate(out["area"].words) if not word]
        if np.isin(out["area"].codes, no_area).any():
            raise InputError(f"{call}(): {file} has rows without an area code.", "Fill or delete them.")
    elif area is not None:
        out |= {"area": _constant(str(area), n)}
        notes.append(f"The area, {area}, is as asked for.")
    else:
        _check_national(out, years, tot_emp, file, call)
        out |= {name: _constant(word, n) for name, word in _NATIONAL.items()}
        notes.append(
            "The file has no area column; its all-occupations row has over 100 million jobs, "
            "so it is the U.S."
        )
    if "naics" in out:
        out["naics"] = _map(out["naics"], lambda word: word.zfill(6) if word in ("0", "1") else word)
        if "own_code" not in out:
            cross = {"000000": "1235", "000001": "5"}
            out["own_code"] = _map(out["naics"], lambda word: cross.get(word, ""))
            out["i_group"] = _map(out["naics"], lambda word: "cross-industry" if word in cross else "")
    else:
        out |= {name: _constant(word, n) for name, word in _CROSS.items()}
    if "o_group" in out:
        out["o_group"] = _map(out["o_group"], str.lower)
    filled = {name: out.get(name) or _constant("", n) for name in OEWS_WORDS}
    return {
        name: CodedText(codes=column.codes, words=[word or None for word in column.words])
        for name, column in filled.items()
    }, notes


def _restored(column: CodedText, lengths: dict[int, int], name: str, notes: list[str]) -> CodedText:
    """Give codes back the zeros that a spreadsheet took: 1 is state 01, 100001 nonmetropolitan 0100001."""
    short = [word or "" for word in column.words if len(word or "") in lengths]
    if not short:
        return column
    notes.append(f"Leading zeros of {name} codes were restored: {', '.join(short[:5])} and so on.")
    return _map(column, lambda word: word.zfill(lengths.get(len(word), len(word))))


def _flat_areas(words: dict[str, CodedText]) -> dict[str, CodedText]:
    """Turn the flat files' area type and seven-digit area into the workbooks' codes."""
    kinds, areas = words["areatype_code"], words["area"]
    pairs, codes = np.unique(
        kinds.codes.astype(np.int64) * len(areas.words) + areas.codes, return_inverse=True
    )
    codes = codes.astype(np.int32)
    read = [
        (kinds.words[pair // len(areas.words)] or "", areas.words[pair % len(areas.words)] or "")
        for pair in pairs.tolist()
    ]
    workbook = [_flat_area(*each) for each in read]
    out = {
        "area": recode(CodedText(codes=codes, words=[code for code, _ in workbook])),
        "area_type": recode(CodedText(codes=codes, words=[kind for _, kind in workbook])),
    }
    if "state_code" in words:
        out["prim_state"] = _map(
            words["state_code"], lambda fips: "US" if fips == "00" else postal(fips) or ""
        )
    if "area_title" in words:
        out["area_title"] = _map(words["area_title"], lambda title: "U.S." if title == "National" else title)
    return out


def _flat_area(kind: str, area: str) -> tuple[str, str]:
    if kind == "N":
        return "99", "1"
    if kind == "S":
        fips = area.zfill(7)[:2]
        return fips, "3" if fips in _TERRITORIES else "2"
    area = area.zfill(7)
    return (area[2:], "4") if area.startswith("00") else (area, "6")


def _check_national(
    words: Mapping[str, CodedText], years: IntArray, tot_emp: Array, file: str, call: str
) -> None:
    column = words["occ_code"]
    everyone = column.codes == np.array([word == "00-0000" for word in column.words]).argmax()
    everyone &= "00-0000" in column.words
    for year in np.unique(years).tolist():
        jobs = tot_emp[everyone & (years == year)]
        if len(jobs) != 1 or not jobs[0] > _NATION:
            raise InputError(
                f"{call}(): {file} has no area column, and its rows of {year} are not plainly the nation's: "
                "one all-occupations row (00-0000) with over 100 million jobs would say so.",
                "Say which area it is: area='99' for the U.S., or a state's FIPS code such as '42'.",
            )


def drop_repeats(
    words: Mapping[str, CodedText], years: IntArray, figures: Mapping[str, Array], cells: Cells
) -> tuple[BoolArray, list[str]]:
    """Find rows that stand twice; say how many occupations stand at two levels.

    Parameters
    ----------
    words, years, figures, cells
        Columns of n rows.

    Returns
    -------
    kept : (n,) bool array
        All rows but word-for-word repeats.
    notes : list of str
        Counts.
    """
    unit = _row_key(words, years, ("area", "naics", "i_group", "own_code", "occ_code"))
    level = unit * (len(words["o_group"].words) + 1) + words["o_group"].codes
    order = np.argsort(level, kind="stable")
    again = np.concatenate([[False], level[order][1:] == level[order][:-1]])
    kept = np.ones(len(years), dtype=bool)
    notes = []
    if again.any():
        others = order[again]
        like = order[np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))][again]
        same = np.ones(len(others), dtype=bool)
        for name in OEWS_FIGURES:
            a, b = figures[name][others], figures[name][like]
            same &= (cells[name][others] == cells[name][like]) & ((a == b) | np.isnan(a))
        kept[others[same]] = False
        if same.any():
            notes.append(
                f"{counted(int(same.sum()), 'repeated row')}, figure for figure; one of each is kept."
            )
        if not same.all():
            notes.append(
                f"{counted(int((~same).sum()), 'repeated row')} of an area, industry, owner and "
                "occupation with other figures; all are kept, and a call that meets them stops."
            )
    n_twice = np.count_nonzero(~again) - 1 - np.count_nonzero(np.diff(np.sort(unit)))
    if n_twice:
        notes.append(
            f"{counted(int(n_twice), 'occupation')} at two levels, as broad and detailed, one row each: "
            "filter by o_group before adding up."
        )
    return kept, notes


def _row_key(words: Mapping[str, CodedText], years: IntArray, names: tuple[str, ...]) -> IntArray:
    key = years.astype(np.int64)
    for name in names:
        key = key * (len(words[name].words) + 1) + words[name].codes
    return key
