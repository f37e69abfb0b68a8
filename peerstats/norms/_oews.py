"""Official wages: Occupational Employment and Wage Statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from peerstats._core.checks import check_choice
from peerstats.norms._benchmark import FIXED, STATISTICS, Benchmark
from peerstats.norms._oews_codes import (
    PAGE,
    PAY,
    PERCENTS,
    PUBLISHED,
    STATES,
    TOP_CODED,
    meaning,
    top_code,
)
from peerstats.norms._oews_row import check_table, find_row

if TYPE_CHECKING:
    from peerstats.norms._oews_row import OewsRow
    from peerstats.norms._oews_table import OewsTable

__all__ = ["oews", "rse_error", "standing_notes", "wage_benchmark", "wage_facts", "wage_key"]

_ROUNDED_RSE = 0.05  # percent: an RSE printed as 0.0 is below this
_FLAT_FILE_YEAR = 2025  # the bundled figures of this year come from the flat files
_CHOICE = (
    "Peer specialists have no SOC code of their own, so the comparator is a choice: set 21-1093, 21-1094, "
    "21-1099, 21-1018 and 21-1000 side by side."
)
_METHOD_BREAK = (
    "May 2021 is a method break: estimates are model-based from then on, and earlier years are not strictly "
    "comparable with later ones."
)
_MERGED = "21-1018 is not a SOC code: OEWS joins 21-1011 and 21-1014 in it."


class WageFacts(TypedDict):
    """What a wage describes, in the words of a benchmark's fields."""

    population: str
    date: str
    form: str
    source: str


def _unusual(pay: str, statistic: str) -> list[str]:
    """Return what a key must say because it is not the hourly mean."""
    return [word for word, usual in ((pay, "hourly"), (statistic, "mean")) if word != usual]


def oews(
    occupation: str,
    *,
    area: str | None = None,
    year: int | None = None,
    statistic: Literal["mean", "median"] = "mean",
    pay: Literal["hourly", "annual"] = "hourly",
    data: OewsTable | None = None,
    industry: str | None = None,
    ownership: str | None = None,
) -> Benchmark:
    """Return the official wage of an occupation.

    Bundled are the national rows of all occupations and of major group 21, community and social service,
    May 2013 to May 2025. A file of states, metropolitan areas or industries answers the same way as `data`.

    Parameters
    ----------
    occupation : str
        SOC code, such as "21-1093" (social and human service assistants), or "00-0000" for all occupations.
    area : str, optional
        "US", or with `data` a postal abbreviation ("PA"), the area's code ("42", "39580") or its title. By
        default the table's only area, else "US".
    year : int, optional
        The wages of May of this year; 2020 by default, or the table's only year.
    statistic : {"mean", "median"}
        Which wage is the value.
    pay : {"hourly", "annual"}
        Dollars an hour or a year; annual is hourly times 2,080.
    data : OewsTable, optional
        A table of your own, from `read_oews`.
    industry : str, optional
        NAICS code in a table by industry; all industries by default, or the only one.
    ownership : str, optional
        Ownership code, such as "5" for private; all owners by default, or the only one.

    Returns
    -------
    Benchmark
        With the percentiles 10, 25, 50, 75 and 90 that are published.

    Raises
    ------
    InputError
        If there is no such occupation, area or year, or the figure asked for is a code such as ``#``.

    Notes
    -----
    ``std_error = value RSE / 100`` with the published relative standard error of the mean, which measures
    sampling error only; an RSE printed as 0.0 counts as 0.05, its bound. For medians and other percentiles no
    error is published: `std_error` is None and the benchmark is taken as fixed. Jobs of the self-employed are
    not covered. Source: U.S. Bureau of Labor Statistics, https://www.bls.gov/oes/tables.htm.

    Examples
    --------
    >>> import peerstats as ps
    >>> wage = ps.oews("21-1094", year=2020)
    >>> wage.value, round(wage.std_error, 3), dict(wage.percentiles)
    (22.12, 0.155, {10: 13.47, 25: 16.33, 50: 20.19, 75: 26.11, 90: 34.03})
    """
    check_choice(statistic, STATISTICS, "statistic", "oews")
    check_choice(pay, tuple(PAY), "pay", "oews")
    table = check_table(data, "oews")
    row = find_row(
        table, occupation, area=area, year=year, call="oews", industry=industry, ownership=ownership
    )
    return wage_benchmark(row, statistic, pay, own=table is not None, call="oews")


def wage_benchmark(row: OewsRow, statistic: str, pay: str, *, own: bool, call: str) -> Benchmark:
    """Make a benchmark of a row; `own` says that it comes from a user's file."""
    prefix, unit = PAY[pay]
    value = row.figure(f"{prefix}_{statistic}", f"{pay} {statistic} wage", call)
    std_error, error_note = _error(row, value, statistic, call)
    columns = {percent: f"{prefix}_{name}" for percent, name in PERCENTS.items()}
    states = {percent: row.state(column) for percent, column in columns.items()}
    coded = tuple(
        f"P{percent} is left out: {meaning(state, row.year)}."
        for percent, state in states.items()
        if state != STATES[PUBLISHED]
    )
    top = top_code(row.year, pay)
    return Benchmark(
        key="_".join([wage_key(row), *_unusual(pay, statistic)]),
        statistic=statistic,
        value=value,
        std_error=std_error,
        percentiles={
            percent: row.number(column)
            for percent, column in columns.items()
            if states[percent] == STATES[PUBLISHED]
        },
        top_coded={
            percent: top
            for percent, state in states.items()
            if top is not None and state == STATES[TOP_CODED]
        },
        unit=unit,
        notes=(error_note, *coded, *standing_notes(row)),
        **wage_facts(row, pay, own=own),
    )


def wage_key(row: OewsRow) -> str:
    """Return the name of a row in tables."""
    naics = row.word("naics") if row.industry else ""
    parts = ("oews", row.word("occ_code"), row.area_key, naics, str(row.year))
    return "_".join(part for part in parts if part)


def wage_facts(row: OewsRow, pay: str, *, own: bool) -> WageFacts:
    """Return population, date, form and source of a row.

    Parameters
    ----------
    row : OewsRow
        The row.
    pay : str
        "hourly" or "annual".
    own : bool
        Whether it comes from a user's file.

    Returns
    -------
    WageFacts
        In the words of a benchmark's fields.

    Examples
    --------
    >>> from peerstats.norms import look_up, wage_facts
    >>> row = look_up(None, "21-1093", area="US", year=2020, call="example")
    >>> wage_facts(row, "hourly", own=False)["form"]
    'hourly wage, wage-and-salary jobs, self-employed excluded'
    """
    code = row.word("occ_code")
    system = "OEWS" if code == "21-1018" else "SOC"
    place = "U.S." if row.area_key == "US" else row.place_name
    industry = f", {row.industry}" if row.industry else ""
    return {
        "population": f"wage-and-salary jobs, {row.word('occ_title')} ({system} {code}), {place}{industry}",
        "date": f"May {row.year}",
        "form": f"{pay} wage, wage-and-salary jobs, self-employed excluded",
        "source": f"BLS, Occupational Employment and Wage Statistics, May {row.year}, {_file(row, own=own)}",
    }


def standing_notes(row: OewsRow) -> tuple[str, ...]:
    """Return the cautions that hold for every wage of a row.

    Parameters
    ----------
    row : OewsRow
        The row.

    Returns
    -------
    tuple of str
        On the choice of occupation, the method break and the merged code.

    Examples
    --------
    >>> from peerstats.norms import look_up, standing_notes
    >>> standing_notes(look_up(None, "21-1018", area="US", year=2020, call="example"))[0]
    '21-1018 is not a SOC code: OEWS joins 21-1011 and 21-1014 in it.'
    """
    merged = (_MERGED,) if row.word("occ_code") == "21-1018" else ()
    return (*merged, _CHOICE, _METHOD_BREAK)


def rse_error(value: float, rse: float) -> float:
    """Return the standard error that a published relative standard error gives.

    Parameters
    ----------
    value : float
        The mean.
    rse : float
        In percent; one printed as 0.0 counts as its bound, 0.05.

    Returns
    -------
    float
        Standard error in the unit of the value.

    Examples
    --------
    >>> from peerstats.norms import rse_error
    >>> round(rse_error(22.12, 0.7), 3), round(rse_error(20.0, 0.0), 3)
    (0.155, 0.01)
    """
    return value * (_ROUNDED_RSE if rse == 0 else rse) / 100


def _error(row: OewsRow, value: float, statistic: str, call: str) -> tuple[float | None, str]:
    """Return the standard error and the note that says where it comes from."""
    if statistic == "median":
        return None, f"No standard error is published for percentiles; {FIXED}."
    rse = row.figure("mean_prse", "relative standard error of the mean wage", call)
    error = rse_error(value, rse)
    if rse == 0:
        return error, (
            f"The relative standard error is printed as 0.0, which means under {_ROUNDED_RSE} %: "
            f"{_ROUNDED_RSE} % is used as its bound."
        )
    return error, f"Standard error from the published relative standard error, {rse:g} %."


def _file(row: OewsRow, *, own: bool) -> str:
    if own:
        return f"{row.table.source} ({PAGE})"
    if row.year == _FLAT_FILE_YEAR:
        return "oe.data.0.Current, https://download.bls.gov/pub/time.series/oe/"
    return f"national_M{row.year}_dl.xlsx (oesm{row.year % 100}nat.zip), {PAGE}"
