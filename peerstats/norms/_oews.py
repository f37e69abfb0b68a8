"""Official wages: Occupational Employment and Wage Statistics, national rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from peerstats._core.bundled import read_rows
from peerstats._core.checks import check_choice
from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError
from peerstats.norms._benchmark import FIXED, STATISTICS, Benchmark

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["oews"]

_PAGE = "https://www.bls.gov/oes/tables.htm"
_PAY = {"hourly": ("h", "dollars an hour"), "annual": ("a", "dollars a year")}
_PERCENTS = {10: "pct10", 25: "pct25", 50: "median", 75: "pct75", 90: "pct90"}
_ROUNDED_RSE = 0.05  # percent: an RSE printed as 0.0 is below this
_MERGED_FROM = 2017  # 21-1011 and 21-1014 are published together as 21-1018 from May 2017 on
_FLAT_FILE_YEAR = 2025  # this year's figures come from the flat files
# "Field Descriptions" sheets of the workbooks; 2025: footnote 5 of the flat files
_CODES = {
    "*": "no wage estimate is available",
    "**": "no employment estimate is available",
    "#": "the wage is at or above the top code{top}",
    "~": "fewer than 0.5 % of establishments report the occupation",
}
# The same sheets: hourly and annual top code by year; those of the other years were not read.
_TOP_CODES = {
    2014: (90.00, 187_200),
    **dict.fromkeys(range(2018, 2022), (100.00, 208_000)),
    **dict.fromkeys(range(2022, 2026), (115.00, 239_200)),
}
_CHOICE = (
    "Peer specialists have no SOC code of their own, so the comparator is a choice: set 21-1093, 21-1094, "
    "21-1099, 21-1018 and 21-1000 side by side."
)
_METHOD_BREAK = (
    "May 2021 is a method break: estimates are model-based from then on, and earlier years are not strictly "
    "comparable with later ones."
)


def _unusual(pay: str, statistic: str) -> list[str]:
    """Return what a key must say because it is not the hourly mean."""
    return [word for word, usual in ((pay, "hourly"), (statistic, "mean")) if word != usual]


def oews(
    occupation: str,
    *,
    area: str = "US",
    year: int = 2020,
    statistic: Literal["mean", "median"] = "mean",
    pay: Literal["hourly", "annual"] = "hourly",
) -> Benchmark:
    """Return the official wage of an occupation.

    Bundled are the national rows of all occupations and of major group 21, community and social service,
    May 2013 to May 2025.

    Parameters
    ----------
    occupation : str
        SOC code, such as "21-1093" (social and human service assistants), or "00-0000" for all occupations.
    area : str
        "US"; other areas are not bundled.
    year : int
        The wages of May of this year.
    statistic : {"mean", "median"}
        Which wage is the value.
    pay : {"hourly", "annual"}
        Dollars an hour or a year; annual is hourly times 2,080.

    Returns
    -------
    Benchmark
        With the percentiles 10, 25, 50, 75 and 90.

    Raises
    ------
    InputError
        If the occupation, area or year is not bundled, or the figure asked for is a code such as ``#``.

    Notes
    -----
    ``std_error = value RSE / 100`` with the published relative standard error of the mean, which measures
    sampling error only; an RSE printed as 0.0 counts as 0.05, its bound. For medians and other percentiles no
    error is published. Jobs of the self-employed are not covered. Source: U.S. Bureau of Labor Statistics,
    https://www.bls.gov/oes/tables.htm.

    Examples
    --------
    >>> import peerstats as ps
    >>> wage = ps.oews("21-1094", year=2020)
    >>> wage.value, round(wage.std_error, 3), dict(wage.percentiles)
    (22.12, 0.155, {10: 13.47, 25: 16.33, 50: 20.19, 75: 26.11, 90: 34.03})
    """
    check_choice(statistic, STATISTICS, "statistic", "oews")
    check_choice(pay, tuple(_PAY), "pay", "oews")
    return _from_row(_find_row(occupation, area, year), statistic, pay)


def _find_row(occupation: str, area: str, year: int) -> Mapping[str, str]:
    rows = read_rows("norms", "oews_national.csv")
    years = sorted({row["year"] for row in rows})
    yy = str(year)[-2:]
    if str(year) not in years:
        raise InputError(
            f"oews(): year={year!r} is not bundled; {years[0]} to {years[-1]} are.",
            f"For another year download oesm{yy}nat.zip (national_M{year}_dl.xlsx) from {_PAGE} "
            "and give its figures to benchmark(value, rse=...).",
        )
    if area != "US":
        raise InputError(
            f"oews(): area={area!r} is not bundled; only 'US' is.",
            f"Download oesm{yy}st.zip (state_M{year}_dl.xlsx) for a state or oesm{yy}ma.zip "
            f"(MSA_M{year}_dl.xlsx) for a metropolitan area from {_PAGE} "
            "and give its figures to benchmark(value, rse=...).",
        )
    table = {row["occ_code"]: row for row in rows if row["year"] == str(year)}
    if str(occupation) in table:
        return table[str(occupation)]
    problem = f"oews(): occupation {occupation!r} has no national row for May {year}."
    if str(occupation) in ("21-1011", "21-1014"):
        raise InputError(
            problem,
            f"From May {_MERGED_FROM} on OEWS publishes 21-1018 instead, the two together: "
            "say occupation='21-1018'.",
        )
    if occupation == "21-1018":
        raise InputError(
            problem,
            f"Before May {_MERGED_FROM} OEWS published its parts: say occupation='21-1011' or '21-1014'.",
        )
    raise InputError(
        problem,
        f"{did_you_mean(str(occupation), table, what='codes')} Bundled are 00-0000 and SOC 21; for others "
        f"download oesm{yy}nat.zip (national_M{year}_dl.xlsx) from {_PAGE}.",
    )


def _meaning(code: str, year: int) -> str:
    hourly, annual = _TOP_CODES.get(year, (None, None))
    top = "" if hourly is None else f" (${hourly:.2f} an hour, ${annual:,} a year)"
    return f"{code!r} means that {_CODES[code].format(top=top)}"


def _figure(row: Mapping[str, str], column: str, name: str) -> float:
    """Return a cell as a number; a code is never one."""
    cell = row[column]
    if cell in _CODES:
        raise InputError(
            f"oews(): the {name} of {row['occ_code']} in May {row['year']} is {cell!r}, not a figure.",
            f"{_meaning(cell, int(row['year']))}. Choose another statistic, occupation or year.",
        )
    return float(cell)


def _from_row(row: Mapping[str, str], statistic: str, pay: str) -> Benchmark:
    prefix, unit = _PAY[pay]
    year = int(row["year"])
    code = row["occ_code"]
    column = f"{prefix}_{statistic}"
    value = _figure(row, column, f"{pay} {statistic} wage")
    std_error, error_note = _error(row, value, statistic)
    cells = {percent: row[f"{prefix}_{name}"] for percent, name in _PERCENTS.items()}
    coded = tuple(
        f"P{percent} is left out: {_meaning(cell, year)}."
        for percent, cell in cells.items()
        if cell in _CODES
    )
    system = "OEWS" if code == "21-1018" else "SOC"
    merged = ("21-1018 is not a SOC code: OEWS joins 21-1011 and 21-1014 in it.",) if system == "OEWS" else ()
    return Benchmark(
        key="_".join(["oews", code, "US", str(year), *_unusual(pay, statistic)]),
        statistic=statistic,
        value=value,
        std_error=std_error,
        percentiles={percent: float(cell) for percent, cell in cells.items() if cell not in _CODES},
        population=f"wage-and-salary jobs, {row['occ_title']} ({system} {code}), U.S.",
        date=f"May {year}",
        form=f"{pay} wage, wage-and-salary jobs, self-employed excluded",
        source=_source(year),
        unit=unit,
        notes=(error_note, *coded, *merged, _CHOICE, _METHOD_BREAK),
    )


def _error(row: Mapping[str, str], value: float, statistic: str) -> tuple[float, str]:
    """Return the standard error and the note that says where it comes from."""
    if statistic == "median":
        return 0.0, f"No standard error is published for percentiles; {FIXED}."
    rse = _figure(row, "mean_prse", "relative standard error of the mean wage")
    if rse == 0:
        return value * _ROUNDED_RSE / 100, (
            f"The relative standard error is printed as 0.0, which means under {_ROUNDED_RSE} %: "
            f"{_ROUNDED_RSE} % is used as its bound."
        )
    return value * rse / 100, f"Standard error from the published relative standard error, {rse:g} %."


def _source(year: int) -> str:
    file = f"national_M{year}_dl.xlsx (oesm{year % 100}nat.zip), {_PAGE}"
    if year == _FLAT_FILE_YEAR:
        file = "oe.data.0.Current, https://download.bls.gov/pub/time.series/oe/"
    return f"BLS, Occupational Employment and Wage Statistics, May {year}, {file}"
