"""Move amounts of money from one date's prices to another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from peerstats._core.frames import nw
from peerstats.comparison._amounts import check_alignment, is_series, read_amounts, read_dates
from peerstats.comparison._deflated import Deflated, DeflatedDate
from peerstats.errors import InputError
from peerstats.norms import Benchmark, PriceIndex, in_words, own_price_index, price_index, read_date

__all__ = ["deflate"]

_Codes = np.ndarray[Any, np.dtype[np.intp]]


def deflate(
    amount: Any,
    *,
    at: Any,
    to: Any,
    area: str = "US",
    index: Mapping[Any, float] | None = None,
) -> Deflated:
    """Express amounts of money in the prices of another month or year.

    Parameters
    ----------
    amount : number, sequence, array, Series or Benchmark
        Money at the prices of `at`; (n,) where it is several. A benchmark is moved with its standard error,
        SD and percentiles.
    at : date, or (n,) sequence, array or Series of dates
        When the amounts held: a month such as "2020-05", or a year such as "2020", which means the annual
        average. With several, one for each amount, as where people answered in different months.
    to : date
        Whose prices to express them in, written alike.
    area : str
        "US", "Northeast", "Midwest", "South" or "West".
    index : mapping of date to float, optional
        A price index of your own, used instead of the bundled one: for dates that are not bundled, a
        metropolitan area, or wages.

    Returns
    -------
    Deflated
        `.amount` is of the kind that came in; `.factor`, `.index_at` and `.index_to` say what it was
        multiplied by, and the printed result says which months were used.

    Raises
    ------
    InputError
        If an amount is text ("$17.50") or infinite, a date has no price index (October 2025 was never
        published), the area has none, or amounts and dates are not equally many.

    Notes
    -----
    ``amount * index(to) / index(at)`` with the Consumer Price Index for All Urban Consumers, all items, not
    seasonally adjusted, 1982-84 = 100 (U.S. Bureau of Labor Statistics, CUUR0000SA0 and the census regions;
    1990 to August 2026). An annual average is the agency's own. The index answers "what is it worth", not
    "what would the same job now pay"; for that give the Employment Cost Index as ``index=``. Its own
    sampling error is small beside that of a survey and is left out. A missing amount or date stays missing
    and is counted.

    In R and Stata: merge a file of the index by month and multiply.

    Examples
    --------
    >>> import peerstats as ps
    >>> moved = ps.deflate(17.50, at="2020-05", to="2022-05")
    >>> round(moved.amount, 2), round(moved.factor, 4), moved.index_at, moved.index_to
    (19.95, 1.14, 256.394, 292.296)
    >>> [round(wage, 2) for wage in ps.deflate([15.0, 16.0], at=["2020-05", "2021-05"], to="2022").amount]
    [17.12, 17.39]
    """
    call = "deflate"
    prices = price_index(area, call) if index is None else _own(index, call)
    target = read_date(to, "to", call)
    index_to = prices.at(target, "to", call)
    if isinstance(amount, Benchmark):
        return _of_benchmark(amount, at, target, index_to, prices)
    amounts, give_back = read_amounts(amount, call)
    dates, codes = read_dates(at, call)
    single = codes is None
    if codes is None:
        codes = np.zeros(len(amounts), dtype=np.intp)
    elif not isinstance(amount, Real | Decimal) and len(codes) != len(amounts):
        raise InputError(
            f"{call}(): {len(amounts)} amounts and {len(codes)} dates in at=.",
            "Give one date for all, or one for each amount.",
        )
    elif isinstance(amount, Real | Decimal):
        raise InputError(
            f"{call}(): one amount and several dates in at=.", "Give one date, or one amount for each date."
        )
    else:
        check_alignment(amount, at, call)
    indexes = np.array([*(_index_at(prices, date, codes, i, call) for i, date in enumerate(dates)), np.nan])
    factors = index_to / indexes
    used = ~np.isnan(amounts) & (codes >= 0)
    counts = np.bincount(codes[used], minlength=len(dates))
    missing = np.bincount(codes[~used & (codes >= 0)], minlength=len(dates))
    return Deflated(
        amount=give_back(amounts * factors[codes]),
        factor=float(factors[0]) if single else factors[codes],
        index_at=float(indexes[0]) if single else indexes[codes],
        index_to=index_to,
        to=target,
        area=prices.area,
        series_id=prices.series_id,
        source=prices.source,
        dates=tuple(
            DeflatedDate(
                at=date,
                index_at=float(indexes[i]),
                factor=float(factors[i]),
                n=int(counts[i]),
                n_missing=int(missing[i]),
            )
            for i, date in enumerate(dates)
        ),
        n_undated=int((codes < 0).sum()),
        backend=_backend(amount),
    )


def _own(index: object, call: str) -> PriceIndex:
    if not isinstance(index, Mapping) or not index:
        raise InputError(
            f"{call}(): index= is a {type(index).__name__}, not a mapping of dates to a price index.",
            "Give for example index={'2020-05': 256.394, '2022-05': 292.296}.",
        )
    return own_price_index(index, call)


def _index_at(prices: PriceIndex, date: str, codes: _Codes, code: int, call: str) -> float:
    """Return the index of a date; where there is none, the error says how many amounts need it."""
    try:
        return prices.at(date, "at", call)
    except InputError as error:
        n = int((codes == code).sum())
        if n > 1:
            raise InputError(f"{error.problem} {n} amounts need it.", error.next_step) from None
        raise


def _backend(amount: Any) -> str:
    if not is_series(amount):
        return "pandas"
    name = nw.from_native(amount, series_only=True).implementation.value
    return name if name in ("pandas", "polars", "pyarrow") else "pandas"


def _of_benchmark(
    benchmark: Benchmark, at: Any, target: str, index_to: float, prices: PriceIndex
) -> Deflated:
    call = "deflate"
    date = read_date(at, "at", call)
    if not benchmark.unit.startswith("dollar"):
        raise InputError(
            f"{call}(): {benchmark.key!r} is in {benchmark.unit or 'no named unit'}, not in dollars.",
            "Give a benchmark of money; benchmark(..., unit='dollars an hour') names the unit.",
        )
    try:
        own = read_date(benchmark.date, "date", call)
    except InputError:
        own = date
    if own != date:
        raise InputError(
            f"{call}(): at={date!r}, but {benchmark.key!r} holds for {benchmark.date}.", f"Say at={own!r}."
        )
    index_at = prices.at(date, "at", call)
    factor = index_to / index_at
    distribution = benchmark.distribution
    said = (
        f"Moved from {in_words(date)} to {in_words(target)}: times {index_to:g}/{index_at:g} = {factor:.4f} "
        f"({prices.source})."
    )
    moved = replace(
        benchmark,
        key=f"{benchmark.key}_in_{target}",
        value=benchmark.value * factor,
        std_error=None if benchmark.std_error is None else benchmark.std_error * factor,
        percentiles={percent: value * factor for percent, value in benchmark.percentiles.items()},
        top_coded={percent: value * factor for percent, value in benchmark.top_coded.items()},
        sd=None if benchmark.sd is None else benchmark.sd * factor,
        distribution=None if distribution is None else (distribution[0] * factor, distribution[1]),
        date=f"{benchmark.date or in_words(date)}, in prices of {in_words(target)}",
        notes=(
            *benchmark.notes,
            said,
        ),
    )
    return Deflated(
        amount=moved,
        factor=factor,
        index_at=index_at,
        index_to=index_to,
        to=target,
        area=prices.area,
        series_id=prices.series_id,
        source=prices.source,
        dates=(DeflatedDate(at=date, index_at=index_at, factor=factor, n=1, n_missing=0),),
        n_undated=0,
        backend="pandas",
    )
