"""The five published percentile wages of an occupation, with the state of each cell."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.norms._benchmark import ONLY_PERCENTILES, Benchmark
from peerstats.norms._oews import standing_notes, wage_facts, wage_key
from peerstats.norms._oews_codes import PAY, PERCENTS, PUBLISHED, STATES, TOP_CODED, meaning, top_code
from peerstats.norms._oews_row import check_table, find_row

if TYPE_CHECKING:
    from typing import Literal

    from peerstats.norms._oews_row import OewsRow
    from peerstats.norms._oews_table import OewsTable
    from peerstats.typing import Array, BoolArray

__all__ = ["OewsPercentiles", "oews_percentiles", "row_percentiles"]

_MEDIAN = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OewsPercentiles:
    """Percentile wages of one occupation, area and year.

    Made by `oews_percentiles`.

    Parameters
    ----------
    key : str
        Its name in tables.
    occupation, title : str
        Code and title of the occupation.
    area : str
        "US", a postal abbreviation or the area's code.
    year : int
        The May that it describes.
    percents : (5,) float array
        10, 25, 50, 75 and 90.
    values : (5,) float array
        Wages in `unit`; NaN where none is published.
    top_coded : (5,) bool array
        Whether the wage is at or above the top code: not missing, but known from below only.
    states : tuple of 5 str
        State of each cell: published, top-coded, unavailable or empty.
    top_code : float or None
        The year's top code in `unit`; None where it was not read in the agency's documentation.
    unit, population, date, form, source : str
        As of a `Benchmark`.
    notes : tuple of str
        What a reader must know: no percentile has a published error.

    Examples
    --------
    >>> import peerstats as ps
    >>> ladder = ps.oews_percentiles("21-1093", year=2020)
    >>> ladder.values
    array([12.  , 14.05, 17.29, 21.68, 26.96])
    >>> ladder.top_coded.any(), ladder.top_code
    (np.False_, 100.0)
    """

    key: str
    occupation: str
    title: str
    area: str
    year: int
    percents: Array
    values: Array
    top_coded: BoolArray
    states: tuple[str, ...]
    top_code: float | None
    unit: str
    population: str
    date: str
    form: str
    source: str
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.percents, self.values, self.top_coded):
            array.flags.writeable = False

    def __repr__(self) -> str:
        """Return the percentiles and where they come from, as plain text."""
        shown = ", ".join(
            f"P{percent:g} {value:,.2f}" if state == STATES[PUBLISHED] else f"P{percent:g} {state}"
            for percent, value, state in zip(self.percents, self.values, self.states, strict=True)
        )
        return f"{self.key}: {shown} {self.unit}\n  {self.population}, {self.date}\n  {self.source}"

    def as_benchmark(self) -> Benchmark:
        """Return the percentiles as a benchmark; `compare` and `place_in_benchmark` do so themselves.

        Returns
        -------
        Benchmark
            Of the median; where that is not published, of statistic "percentiles" without a value.

        Examples
        --------
        >>> import peerstats as ps
        >>> ladder = ps.oews_percentiles("21-1093", year=2020).as_benchmark()
        >>> ladder.statistic, ladder.value, ladder.std_error
        ('median', 17.29, None)
        """
        published: dict[float, float] = {
            int(percent): float(value)
            for percent, value in zip(self.percents, self.values, strict=True)
            if not np.isnan(value)
        }
        coded = self.percents[self.top_coded] if self.top_code is not None else ()
        return Benchmark(
            key=self.key,
            statistic="median" if _MEDIAN in published else ONLY_PERCENTILES,
            value=published.get(_MEDIAN, np.nan),
            std_error=None,
            percentiles=published,
            top_coded={int(percent): self.top_code for percent in coded},  # type: ignore[misc]  # checked above
            population=self.population,
            date=self.date,
            form=self.form,
            source=self.source,
            unit=self.unit,
            notes=self.notes,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values that JSON can hold.

        Returns
        -------
        dict
            `schema` 1 and every field; a wage that is not published is None.
        """
        out: dict[str, Any] = {"schema": 1, "kind": "oews_percentiles"}
        out |= {each.name: getattr(self, each.name) for each in fields(self)}
        out["percents"] = self.percents.tolist()
        out["values"] = [None if np.isnan(value) else value for value in self.values.tolist()]
        out["top_coded"] = self.top_coded.tolist()
        return out | {"states": list(self.states), "notes": list(self.notes)}


def oews_percentiles(
    occupation: str,
    *,
    area: str | None = None,
    year: int | None = None,
    pay: Literal["hourly", "annual"] = "hourly",
    data: OewsTable | None = None,
    industry: str | None = None,
    ownership: str | None = None,
) -> OewsPercentiles:
    """Return the five published percentile wages of an occupation.

    Parameters
    ----------
    occupation : str
        SOC code, such as "21-1093".
    area : str, optional
        As for `oews`.
    year : int, optional
        As for `oews`: 2020 by default, or the table's only year.
    pay : {"hourly", "annual"}
        Dollars an hour or a year.
    data : OewsTable, optional
        A table of your own, from `read_oews`; the bundled national rows by default.
    industry, ownership : str, optional
        As for `oews`.

    Returns
    -------
    OewsPercentiles
        Values, and the state of each cell.

    Raises
    ------
    InputError
        If there is no such occupation, area or year, or no percentile is published or top-coded.

    Notes
    -----
    No percentile has a published standard error. A top-coded one (``#``) is known from below: every sample
    value under the top code lies below it.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.oews_percentiles("21-1094", year=2020)
    oews_21-1094_US_2020: P10 13.47, P25 16.33, P50 20.19, P75 26.11, P90 34.03 dollars an hour
      wage-and-salary jobs, Community Health Workers (SOC 21-1094), U.S., May 2020
      BLS, Occupational Employment and Wage Statistics, May 2020, national_M2020_dl.xlsx (oesm20nat.zip), ...
    """
    call = "oews_percentiles"
    check_choice(pay, tuple(PAY), "pay", call)
    table = check_table(data, call)
    row = find_row(table, occupation, area=area, year=year, call=call, industry=industry, ownership=ownership)
    return row_percentiles(row, pay, own=table is not None, call=call)


def row_percentiles(row: OewsRow, pay: str, *, own: bool, call: str) -> OewsPercentiles:
    """Make the record of a row; `own` says that it comes from a user's file."""
    prefix, unit = PAY[pay]
    columns = [f"{prefix}_{name}" for name in PERCENTS.values()]
    states = tuple(row.state(column) for column in columns)
    if not {STATES[PUBLISHED], STATES[TOP_CODED]} & set(states):
        row.figure(columns[0], f"{pay} percentile wages", call)
    values = np.array([row.number(column) for column in columns])
    known = values[~np.isnan(values)]
    if (np.diff(known) < 0).any():
        raise InputError(
            f"{call}(): the percentile wages of {row.word('occ_code')} in {row.place_name}, May {row.year}, "
            f"fall somewhere: {', '.join(f'{value:g}' for value in known)}.",
            f"Check the row in {row.table.source}.",
        )
    coded = tuple(
        f"P{percent}: {meaning(state, row.year)}."
        for percent, state in zip(PERCENTS, states, strict=True)
        if state != STATES[PUBLISHED]
    )
    return OewsPercentiles(
        key=wage_key(row) if pay == "hourly" else f"{wage_key(row)}_{pay}",
        occupation=row.word("occ_code"),
        title=row.word("occ_title"),
        area=row.area_key,
        year=row.year,
        percents=np.array(list(PERCENTS), dtype=float),
        values=values,
        top_coded=np.array([state == STATES[TOP_CODED] for state in states]),
        states=states,
        top_code=top_code(row.year, pay),
        unit=unit,
        notes=("No percentile has a published standard error; taken as fixed.", *coded, *standing_notes(row)),
        **wage_facts(row, pay, own=own),
    )
