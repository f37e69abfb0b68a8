"""The columns of wage files under all the names that they had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.close_names import closest
from peerstats.errors import InputError
from peerstats.norms import OEWS_FIGURES, OEWS_WORDS

if TYPE_CHECKING:
    from peerstats.files._chunks import Sheet

__all__ = ["Layout", "find_layout"]

# Names of other years: 2011 to 2018, metropolitan and state files; and tables made of the flat files.
_ALIASES = {
    "group": "o_group",
    "occ_group": "o_group",
    "occcode": "occ_code",
    "occupation_code": "occ_code",
    "occ_name": "occ_title",
    "loc_q": "loc_quotient",
    "loc_quotiont": "loc_quotient",
    "location_quotient": "loc_quotient",
    "pct_tot": "pct_total",
    "jobs_1000_orig": "jobs_1000",
    "area_name": "area_title",
    "state": "area_title",
    "st": "prim_state",
    "area_code": "area",
    "industry_code": "naics",
    "industry_name": "naics_title",
    "emp": "tot_emp",
    "emp_rse": "emp_prse",
    "wage_rse": "mean_prse",
    **{f"{pay}_p{percent}": f"{pay}_pct{percent}" for pay in "ah" for percent in (10, 25, 75, 90)},
}
FLAT = ("series_id", "year", "period", "value", "footnote_codes")
_HELPERS = ("year", "areatype_code", "state_code")  # read, but no column of the table
_SILENT = ("series_stem",)
_NEEDED = ("occ_code",)
_SOME = ("tot_emp", "h_mean", "a_mean")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Where each column stands.

    Attributes
    ----------
    n_above : int
        Rows up to and with the header.
    width : int
        Cells of a row.
    places : dict of str to int
        Canonical name to position.
    flat : bool
        Whether the file has one figure a row, named by a series id.
    notes : tuple of str
        Columns that are not read.
    """

    n_above: int
    width: int
    places: dict[str, int]
    flat: bool
    notes: tuple[str, ...]


def _canonical(cell: Any) -> str:
    name = "_".join(str(cell).strip().lower().replace("_", " ").split())
    return _ALIASES.get(name, name)


def find_layout(sheet: Sheet, call: str) -> Layout:
    """Find the header and what its names mean.

    Parameters
    ----------
    sheet : Sheet
        The opened file.
    call : str
        The public call, for messages.

    Returns
    -------
    Layout
        Positions by canonical name.

    Raises
    ------
    InputError
        If the file has no such columns, or one of them twice.
    """
    for i, row in enumerate(sheet.top):
        names = [_canonical(cell) for cell in row]
        flat = set(FLAT[:4]) <= set(names)
        if flat or (set(_NEEDED) <= set(names) and set(_SOME) & set(names)):
            return _layout(sheet, i, names, flat=flat, call=call)
    names = [
        str(cell).strip() for cell in max(sheet.top, key=lambda row: sum(bool(str(c).strip()) for c in row))
    ]
    looked = ("occ_code", "occ_title", "tot_emp", "h_mean", "a_mean", "h_median")
    near = sorted({each for name in looked for each in closest(name, names, most=1)})
    shown = ", ".join(map(repr, names[:8])) + (" and more" if len(names) > 8 else "")  # noqa: PLR2004
    raise InputError(
        f"{call}(): {sheet.path.name} is no OEWS file: it has the columns {shown}.",
        f"Looked for occ_code with tot_emp, h_mean or a_mean, or for series_id, year, period and value. "
        f"{'Closest: ' + ', '.join(map(repr, near)) + '. ' if near else ''}"
        "Wage files are listed on https://www.bls.gov/oes/tables.htm.",
    )


def _layout(sheet: Sheet, i: int, names: list[str], *, flat: bool, call: str) -> Layout:
    known = FLAT if flat else (*OEWS_WORDS, *OEWS_FIGURES, *_HELPERS)
    places: dict[str, int] = {}
    for j, name in enumerate(names):
        if name not in known:
            continue
        if name in places:
            first, second = sheet.top[i][places[name]], sheet.top[i][j]
            raise InputError(
                f"{call}(): {sheet.path.name} has {name} twice, as {first!r} and {second!r}.",
                "Delete one of the two columns.",
            )
        places[name] = j
    others = [str(sheet.top[i][j]) for j, name in enumerate(names) if name and name not in (*known, *_SILENT)]
    notes = (f"Columns not read: {', '.join(others)}.",) if others else ()
    return Layout(n_above=i + 1, width=len(sheet.top[i]), places=places, flat=flat, notes=notes)
