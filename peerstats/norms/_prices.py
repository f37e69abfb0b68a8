"""Consumer prices: CPI-U, all items, not seasonally adjusted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from peerstats._core.bundled import read_rows
from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError
from peerstats.norms._dates import in_words, read_date

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PriceIndex", "own_price_index", "price_index"]

_PAGE = "https://download.bls.gov/pub/time.series/cu/"
_SERIES = {
    "US": "CUUR0000SA0",
    "Northeast": "CUUR0100SA0",
    "Midwest": "CUUR0200SA0",
    "South": "CUUR0300SA0",
    "West": "CUUR0400SA0",
}
# Regions of the Census Bureau, which the index follows.
_STATES = {
    "Northeast": "CT ME MA NH NJ NY PA RI VT",
    "Midwest": "IL IN IA KS MI MN MO NE ND OH SD WI",
    "South": "AL AR DE DC FL GA KY LA MD MS NC OK SC TN TX VA WV",
    "West": "AK AZ CA CO HI ID MT NV NM OR UT WA WY",
}
_NEVER_PUBLISHED = {"2025-10": "the federal government was shut down"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceIndex:
    """A price index by date.

    Parameters
    ----------
    values : mapping of str to float
        Index by date: "2020-05" for a month, "2020" for an annual average.
    area : str
        Where it holds, such as "US"; empty for an index of the caller's own.
    series_id : str
        The agency's name of the series; empty for an index of the caller's own.
    source : str
        Who published it.

    Examples
    --------
    >>> from peerstats.norms import price_index
    >>> price_index("US", "doctest").at("2020-05", "at", "doctest")
    256.394
    """

    values: Mapping[str, float]
    area: str
    series_id: str
    source: str

    def at(self, date: str, name: str, call: str) -> float:
        """Return the index of one date.

        Parameters
        ----------
        date : str
            As `read_date` gives it.
        name : str
            What the date is called in messages.
        call : str
            The public call, for messages.

        Returns
        -------
        float
            The index.

        Raises
        ------
        InputError
            If there is none for that date.
        """
        if date in self.values:
            return self.values[date]
        problem = f"{call}(): {name}={date!r} has no price index"
        year = date[:4]
        if date in _NEVER_PUBLISHED and self.series_id:
            raise InputError(
                f"{problem}: {in_words(date)} was never published; {_NEVER_PUBLISHED[date]}.",
                f"Choose a month beside it, '2025-09' or '2025-11', or the annual average, {year!r}, and say "
                "which in your methods.",
            )
        if not self.series_id:
            raise InputError(
                f"{problem} in index=, which has {len(self.values)} dates.",
                f"Add index[{date!r}]{', if there is one' if date in _NEVER_PUBLISHED else ''}.",
            )
        months = [each for each in self.values if "-" in each]
        years = [each for each in self.values if "-" not in each]
        raise InputError(
            f"{problem}: bundled are months from {min(months)} to {max(months)} and annual averages from "
            f"{min(years)} to {max(years)}.",
            f"Fetch fetch_bls({self.series_id!r}, start={year}, end={year}), or read {self.series_id} in the "
            f"files at {_PAGE}, and give index={{date: value}} for every date that you use.",
        )


def price_index(area: str, call: str) -> PriceIndex:
    """Return the bundled index of the U.S. or of a census region.

    Parameters
    ----------
    area : str
        "US", "Northeast", "Midwest", "South" or "West".
    call : str
        The public call, for messages.

    Returns
    -------
    PriceIndex
        CPI-U, all items, not seasonally adjusted, from 1990 on.

    Raises
    ------
    InputError
        If the area has no index.

    Examples
    --------
    >>> from peerstats.norms import price_index
    >>> price_index("South", "doctest").series_id
    'CUUR0300SA0'
    """
    if area in _SERIES:
        return _bundled(area)
    for region, states in _STATES.items():
        if str(area) in states.split():
            raise InputError(
                f"{call}(): area={area!r} is not bundled: no price index is published for states.",
                f"Say area={region!r}, the census region of {area}, or area='US'.",
            )
    raise InputError(
        f"{call}(): area={area!r} is not bundled.",
        f"{did_you_mean(str(area), _SERIES, what='areas')} The indexes of metropolitan areas are at {_PAGE}; "
        "give them as index={date: value}.",
    )


@cache
def _bundled(area: str) -> PriceIndex:
    values = {row["date"]: float(row[area]) for row in read_rows("norms", "cpi_u.csv")}
    where = "U.S. city average" if area == "US" else f"{area} region"
    return PriceIndex(
        values=values,
        area=area,
        series_id=_SERIES[area],
        source=f"BLS, CPI-U, all items, {where}, not seasonally adjusted ({_SERIES[area]}), {_PAGE}",
    )


def own_price_index(values: Mapping[object, float], call: str) -> PriceIndex:
    """Make an index of the caller's own figures.

    Parameters
    ----------
    values : mapping of date to float
        Index by month or year.
    call : str
        The public call, for messages.

    Returns
    -------
    PriceIndex
        With neither area nor series.

    Raises
    ------
    InputError
        If a date cannot be read or stands twice, or a value is not a positive number.

    Examples
    --------
    >>> from peerstats.norms import own_price_index
    >>> own_price_index({"May 2020": 256.394}, "doctest").values
    {'2020-05': 256.394}
    """
    read: dict[str, float] = {}
    for key, value in values.items():
        date = read_date(key, "a date of index", call)
        if isinstance(value, bool | str) or not 0 < float(value) < float("inf"):
            # a gap in a fetched series, such as October 2025, is no figure
            if isinstance(value, float) and value != value:  # noqa: PLR0124  (NaN)
                continue
            raise InputError(
                f"{call}(): index[{key!r}] is {value!r}, not a price index.", "Give positive numbers."
            )
        if date in read:
            raise InputError(f"{call}(): index= has {in_words(date)} twice.", "Keep one value for each date.")
        read[date] = float(value)
    return PriceIndex(values=read, area="", series_id="", source="price index given by the caller")
