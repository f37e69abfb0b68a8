"""Official wages of several occupations, areas and years side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.comparison._occupations_result import NO_ROW, OccupationWagesResult, Wage
from peerstats.errors import InputError
from peerstats.norms import (
    OEWS_PAY,
    OEWS_PERCENTS,
    OEWS_STATES,
    OewsRow,
    bundled_table,
    check_table,
    look_up,
    meaning,
    rse_error,
    standing_notes,
    wage_facts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import OewsTable

__all__ = ["OccupationWagesResult", "occupation_wages"]

_CALL = "occupation_wages"
_PUBLISHED = OEWS_STATES[0]


def occupation_wages(
    occupations: str | Sequence[str],
    *,
    areas: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    statistic: Literal["mean", "median"] = "mean",
    pay: Literal["hourly", "annual"] = "hourly",
    data: OewsTable | None = None,
    industry: str | None = None,
    ownership: str | None = None,
) -> OccupationWagesResult:
    """Set official wages of several occupations side by side.

    Peer specialists have no occupation code of their own, so that one comparator is a choice and several are
    an honest answer: 21-1093, 21-1094, 21-1099, 21-1018 and 21-1000.

    Parameters
    ----------
    occupations : str or sequence of str
        SOC codes.
    areas : str or sequence of str, optional
        As `area` of `oews`, one or several.
    years : int or sequence of int, optional
        One or several; all years of the table by default.
    statistic : {"mean", "median"}
        Which wage is the value.
    pay : {"hourly", "annual"}
        Dollars an hour or a year.
    data : OewsTable, optional
        A table of your own, from `read_oews`; the bundled national rows by default.
    industry, ownership : str, optional
        As for `oews`.

    Returns
    -------
    OccupationWagesResult
        One row for each occupation, area and year. A cell that holds no figure is a row with its state, and
        so is an occupation that has no row in one of the years.

    Raises
    ------
    InputError
        If an area or year is not in the table, or an occupation has no row at all.

    Notes
    -----
    Standard errors are those of `oews`; none is published for medians and percentiles.

    Examples
    --------
    >>> import peerstats as ps
    >>> wages = ps.occupation_wages(["21-1093", "21-1094"], years=[2020, 2025])
    >>> wages.tidy()[["occupation", "year", "value", "std_error", "p10", "p90"]].round(3)
      occupation  year  value  std_error    p10    p90
    0    21-1093  2020  18.38      0.074  12.00  26.96
    1    21-1093  2025  22.93      0.092  16.44  30.43
    2    21-1094  2020  22.12      0.155  13.47  34.03
    3    21-1094  2025  27.01      0.135  18.66  37.11
    """
    check_choice(statistic, ("mean", "median"), "statistic", _CALL)
    check_choice(pay, tuple(OEWS_PAY), "pay", _CALL)
    own = check_table(data, _CALL)
    table = bundled_table() if own is None else own
    codes = _several(occupations, "occupations")
    places = [None] if areas is None else _several(areas, "areas")
    asked = np.unique(table.years).tolist() if years is None else _years(years)
    wages: list[Wage] = []
    for code in codes:
        errors: list[InputError] = []
        found = False
        for area in places:
            for year in asked:
                row = look_up(
                    own, code, area=area, year=year, call=_CALL, industry=industry, ownership=ownership
                )
                if isinstance(row, InputError):
                    errors.append(row)
                    wages.append(_absent(code, area or "", year))
                else:
                    found = True
                    wages.append(_wage(row, statistic, pay))
        if not found:
            raise errors[0]
    return OccupationWagesResult(
        wages=_with_titles(wages),
        statistic=statistic,
        pay=pay,
        unit=OEWS_PAY[pay][1],
        source="BLS, Occupational Employment and Wage Statistics, "
        + ("bundled national rows" if own is None else table.source),
        notes=_notes(wages, statistic),
    )


def _several(given: str | Sequence[str], name: str) -> list[str]:
    listed = [given] if isinstance(given, str) else list(given)
    if not listed or not all(isinstance(each, str) for each in listed):
        raise InputError(f"{_CALL}(): {name}={given!r} is no list of codes.", "Give text such as '21-1093'.")
    twice = sorted({each for each in listed if listed.count(each) > 1})
    if twice:
        raise InputError(f"{_CALL}(): {name} names {twice[0]!r} twice.", "Name each once.")
    return listed


def _years(given: int | Sequence[int]) -> list[int]:
    listed = [given] if isinstance(given, int | np.integer) else list(given)
    if not listed or len(set(listed)) < len(listed):
        raise InputError(
            f"{_CALL}(): years={given!r} is empty or names a year twice.", "Name each year once."
        )
    return [int(each) for each in listed]


def _absent(code: str, area: str, year: int) -> Wage:
    return Wage(
        occupation=code,
        title="",
        area=area or "US",
        year=year,
        value=np.nan,
        std_error=np.nan,
        state=NO_ROW,
        percentiles=(np.nan,) * len(OEWS_PERCENTS),
        percentile_states=(NO_ROW,) * len(OEWS_PERCENTS),
        notes=(),
    )


def _wage(row: OewsRow, statistic: str, pay: str) -> Wage:
    prefix = OEWS_PAY[pay][0]
    columns = [f"{prefix}_{name}" for name in OEWS_PERCENTS.values()]
    value = row.number(f"{prefix}_{statistic}")
    rse = row.number("mean_prse")
    states = tuple(row.state(column) for column in columns)
    state = row.state(f"{prefix}_{statistic}")
    coded = sorted({each for each in (state, *states) if each != _PUBLISHED})
    return Wage(
        occupation=row.word("occ_code"),
        title=row.word("occ_title"),
        area=row.area_key,
        year=row.year,
        value=value,
        std_error=rse_error(value, rse) if statistic == "mean" else np.nan,
        state=state,
        percentiles=tuple(row.number(column) for column in columns),
        percentile_states=states,
        notes=(
            wage_facts(row, pay, own=True)["form"],
            *(f"{meaning(each, row.year)} (May {row.year})." for each in coded),
            *standing_notes(row),
        ),
    )


def _with_titles(wages: list[Wage]) -> tuple[Wage, ...]:
    """Give rows without figures the title that the occupation has in other years."""
    titles = {wage.occupation: wage.title for wage in wages if wage.title}
    return tuple(wage if wage.title else wage.retitled(titles.get(wage.occupation, "")) for wage in wages)


def _notes(wages: list[Wage], statistic: str) -> tuple[str, ...]:
    absent = [f"{wage.occupation} May {wage.year}" for wage in wages if wage.state == NO_ROW]
    notes = dict.fromkeys(note for wage in wages for note in wage.notes[1:])
    first = (
        "Standard errors from the published relative standard errors; percentiles have none."
        if statistic == "mean"
        else "No median or percentile has a published standard error; taken as fixed."
    )
    gone = (f"No row: {', '.join(absent)}.",) if absent else ()
    return (first, f"{next(w for w in wages if w.notes).notes[0].capitalize()}.", *gone, *notes)
