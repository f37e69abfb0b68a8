"""County unemployment of a year: Local Area Unemployment Statistics, annual averages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import closest
from peerstats._core.frames import new_frame
from peerstats.errors import InputError, SourceError
from peerstats.files._chunks import open_sheet
from peerstats.files._oews_cells import as_text

if TYPE_CHECKING:
    from peerstats.files._chunks import Sheet

__all__ = ["read_laus"]

_CALL = "read_laus"
_PAGE = "https://www.bls.gov/lau/tables.htm"
_AREA = re.compile(r"CN(\d{2})(\d{3})0{8}")
_NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_NAMES = {
    "laus_code": "laus",
    "state_fips": "state fips",
    "county_fips": "county fips",
    "county": "county name",
    "year": "year",
    "labor_force": "labor force",
    "employed": "employed",
    "unemployed": "unemployed",
    "unemployment_rate": "unemployment rate",
}
_FIGURES = ("labor_force", "employed", "unemployed", "unemployment_rate")
_NOT_GIVEN = ("", "N.A.", "NA", "(n)", "-")  # the agency's words for a month or year without an estimate
_MOST = 100


def read_laus(path: str | Path) -> Any:
    """Read a year of county unemployment.

    Files laucntyYY.xlsx, annual averages of every county, are on https://www.bls.gov/lau/tables.htm.

    Parameters
    ----------
    path : str or Path
        The workbook, or its table as csv or tab-separated text. Title rows above and notes below are passed
        over.

    Returns
    -------
    pandas DataFrame
        One row a county: fips (five digits, text, for joining), county, year, labor_force, employed,
        unemployed, unemployment_rate (a fraction of the labor force) and note. A figure that the agency does
        not give is NaN and its word, such as N.A., stands in `note`.

    Raises
    ------
    SourceError
        If the file is damaged, cut off, or not what its ending says.
    InputError
        If it is no such file, a county stands twice in a year, or a cell is no figure.

    Notes ----- The file's rate is in per cent; here it is a fraction. It is the share of the labor force
    without work that searched for it, not the share of people not working.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> text = '''LAUS Code,State FIPS Code,County FIPS Code,County Name/State Abbreviation,Year,Labor Force,\
Employed,Unemployed,Unemployment Rate (%)
    ... CN0100100000000,01,001,"Autauga County, AL",2016,"25,649 ","24,297 ","1,352 ",5.3'''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "laucnty16.csv")
    ...     _ = path.write_text(text)
    ...     ps.read_laus(path)[["fips", "year", "unemployed", "unemployment_rate"]]
        fips  year  unemployed  unemployment_rate
    0  01001  2016      1352.0              0.053
    """
    with open_sheet(path, _CALL) as sheet:
        start, places = _header(sheet)
        width = len(sheet.top[start])
        rows = [row for chunk in sheet.chunks(start, width) for row in chunk]
    file = Path(path).name
    kept = [(k, row) for k, row in enumerate(rows) if _AREA.fullmatch(as_text(row[places["laus_code"]]))]
    _check_rest(rows, {k for k, _ in kept}, places, file)
    out: dict[str, list[Any]] = {name: [] for name in ("fips", "county", "year", "note", *_FIGURES)}
    for k, row in kept:
        state, county = _AREA.fullmatch(as_text(row[places["laus_code"]])).groups()  # type: ignore[union-attr]
        _check_fips(row, places, state, county, k, file)
        out["fips"].append(state + county)
        out["county"].append(as_text(row[places["county"]]))
        out["year"].append(_year(row[places["year"]], k, file))
        figures = {name: _figure(row[places[name]], name, k, file) for name in _FIGURES}
        words = [as_text(row[places[name]]) for name in _FIGURES if np.isnan(figures[name])]
        out["note"].append(", ".join(dict.fromkeys(word or "empty" for word in words)) or None)
        for name, value in figures.items():
            out[name].append(value)
    _check_once(out["fips"], out["year"], file)
    rate = np.array(out["unemployment_rate"]) / 100
    return new_frame(
        {
            "fips": out["fips"],
            "county": out["county"],
            "year": np.array(out["year"]),
            **{name: np.array(out[name]) for name in _FIGURES[:3]},
            "unemployment_rate": rate,
            "note": out["note"],
        }
    )


def _header(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """Find the first county and, above it, the headings: rows of three cells and more, joined by column."""
    start = next(
        (i for i, row in enumerate(sheet.top) if row and _AREA.fullmatch(as_text(row[0]))),
        None,
    )
    name = sheet.path.name
    if start is None:
        shown = ", ".join(repr(as_text(cell)) for cell in sheet.top[0][:6])
        raise InputError(
            f"{_CALL}(): {name} is no LAUS county file: none of its first rows begins with a county's code, "
            f"such as CN0100100000000; the first row is {shown}.",
            f"County files laucntyYY.xlsx are on {_PAGE}.",
        )
    width = len(sheet.top[start])
    above = [row for row in sheet.top[:start] if len(row) == width and sum(bool(as_text(c)) for c in row) > 2]  # noqa: PLR2004
    heads = [" ".join(" ".join(as_text(row[j]) for row in above).lower().split()) for j in range(width)]
    places: dict[str, int] = {}
    for key, words in _NAMES.items():
        fits = [j for j, head in enumerate(heads) if head.startswith(words)]
        if len(fits) != 1:
            near = closest(words, heads, most=1)
            raise InputError(
                f"{_CALL}(): {name} has {len(fits)} columns called {words!r}.",
                f"{'Closest: ' + repr(near[0]) + '. ' if near else ''}"
                f"Its columns are {', '.join(filter(None, heads))}.",
            )
        places[key] = fits[0]
    return start, places


def _check_rest(rows: list[list[Any]], counties: set[int], places: dict[str, int], file: str) -> None:
    """Stop at a row with figures that is no county: notes below the table have text only."""
    for k, row in enumerate(rows):
        if k not in counties and _NUMBER.fullmatch(as_text(row[places["labor_force"]])):
            raise InputError(
                f"{_CALL}(): row {k + 1} of the table in {file} has figures and the code "
                f"{as_text(row[places['laus_code']])!r}, which is no county's.",
                "A county's code is CN, its five FIPS digits and eight zeros.",
            )


def _check_fips(row: list[Any], places: dict[str, int], state: str, county: str, k: int, file: str) -> None:
    """Compare the code with the two FIPS columns, from which a spreadsheet may have taken zeros."""
    told = as_text(row[places["state_fips"]]).zfill(2) + as_text(row[places["county_fips"]]).zfill(3)
    if told != state + county:
        raise InputError(
            f"{_CALL}(): row {k + 1} of the table in {file} has the code of county {state + county} and "
            f"the FIPS columns of {told}.",
            f"Download the file again from {_PAGE}.",
        )


def _year(cell: Any, k: int, file: str) -> int:
    text = as_text(cell)
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise InputError(
            f"{_CALL}(): row {k + 1} of the table in {file} has the year {text!r}.", "Years are 2016."
        )
    return int(text)


def _figure(cell: Any, name: str, k: int, file: str) -> float:
    text = as_text(cell)
    if text in _NOT_GIVEN:
        return float("nan")
    if not _NUMBER.fullmatch(text) or (name == "unemployment_rate" and float(text) > _MOST):
        raise InputError(
            f"{_CALL}(): row {k + 1} of the table in {file} has {name} {text!r}, which is no figure.",
            "Figures are plain numbers, the rate in per cent; N.A. says that there is none.",
        )
    return float(text.replace(",", ""))


def _check_once(fips: list[str], years: list[int], file: str) -> None:
    pairs = list(zip(fips, years, strict=True))
    if len(set(pairs)) < len(pairs):
        seen: set[tuple[str, int]] = set()
        twice = next(pair for pair in pairs if pair in seen or seen.add(pair))  # type: ignore[func-returns-value]
        raise InputError(
            f"{_CALL}(): county {twice[0]} stands twice in {twice[1]} in {file}.",
            "Keep one row a county and year.",
        )
    if not pairs:
        raise SourceError(f"{_CALL}(): {file} has no county.", f"Download it again from {_PAGE}.")
