"""A user's own published figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.norms._benchmark import ALL_STATISTICS, FIXED, Benchmark
from peerstats.norms._checks import check_count, check_number

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["benchmark"]

_WAYS = "std_error=, or rse= in percent, or sd= with n=; std_error=0 if the figure is to count as fixed"


def benchmark(
    value: float,
    *,
    std_error: float | None = None,
    rse: float | None = None,
    sd: float | None = None,
    n: int | None = None,
    statistic: Literal["mean", "median", "proportion"] = "mean",
    percentiles: Mapping[float, float] | None = None,
    top_coded: Mapping[float, float] | None = None,
    population: str = "",
    date: str = "",
    form: str = "",
    source: str = "",
    unit: str = "",
    instrument: str | None = None,
    name: str = "benchmark",
) -> Benchmark:
    """Make a benchmark of a published figure.

    Its error is given in exactly one way: a standard error, a relative standard error in percent, or the
    standard deviation and size of the published sample.

    Parameters
    ----------
    value : float
        The figure, in `unit`.
    std_error : float, optional
        Its standard error, in `unit`; 0 says that the figure is to be treated as fixed.
    rse : float, optional
        Its relative standard error in percent, as agencies print it: 0.7 means 0.7 % of the value.
    sd : float, optional
        Standard deviation of the published sample, in `unit`; with `n`, and for means only.
    n : int, optional
        Respondents of the published sample.
    statistic : {"mean", "median", "proportion"}
        What the value is; a proportion is a fraction.
    percentiles : mapping of float to float, optional
        Published percentiles: percent (0 to 100) to value, in `unit`.
    top_coded : mapping of float to float, optional
        Percentiles published as "at or above": percent to that value.
    population : str
        Whom the figure describes.
    date : str
        When it holds.
    form : str
        How it was measured, such as "5 items, interviewer".
    source : str
        Who published it, and where.
    unit : str
        Unit of the value, such as "dollars an hour".
    instrument : str, optional
        Key of the instrument whose scores it holds.
    name : str
        Its name in tables.

    Returns
    -------
    Benchmark
        With sd and n, both are kept, so that a comparison can use n - 1 degrees of freedom.

    Raises
    ------
    InputError
        If the error is given in no way or in two ways, or a figure is not finite or not positive.

    Notes
    -----
    ``std_error = |value| rse / 100``, or ``sd / sqrt(n)``. `rse` is never guessed to be a fraction. Agencies
    print an RSE below 0.05 % as 0.0; give ``rse=0.05``, its bound.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.benchmark(29.71, rse=4.5, name="PA 21-1099", unit="dollars an hour", population="Pennsylvania",
    ...              date="May 2025", form="hourly wage", source="BLS OEWS")
    PA 21-1099: mean 29.71 dollars an hour (standard error 1.34)
      population Pennsylvania
      date       May 2025
      form       hourly wage
      source     BLS OEWS
    """
    call = "benchmark"
    value = check_number(value, "value", call)
    check_choice(statistic, ALL_STATISTICS, "statistic", call)
    notes: tuple[str, ...] = ()
    _check_ways(std_error, rse, sd, n)
    if std_error is not None:
        error = _check_sign(std_error, "std_error", zero=True)
        if error == 0:
            notes = (f"No standard error was given with the figure: {FIXED}.",)
    elif rse is not None:
        error = _from_rse(value, rse)
    else:
        error, sd, n = _from_sample(sd, n, statistic)
    return Benchmark(
        key=name,
        statistic=statistic,
        value=value,
        std_error=error,
        percentiles=percentiles or {},
        top_coded=top_coded or {},
        population=population,
        date=date,
        form=form,
        source=source,
        unit=unit,
        sd=sd,
        n=n,
        notes=notes,
        instrument=instrument,
    )


def _check_ways(std_error: object, rse: object, sd: object, n: object) -> None:
    """Stop unless the error is given in exactly one way."""
    given = {
        "std_error=": std_error is not None,
        "rse=": rse is not None,
        "sd= and n=": sd is not None or n is not None,
    }
    named = [way for way, there in given.items() if there]
    if not named:
        raise InputError("benchmark(): no error is given with the value.", f"Give {_WAYS}.")
    if len(named) > 1:
        raise InputError(
            f"benchmark(): the error is given in two ways: {' and '.join(named)}.", f"Keep one: {_WAYS}."
        )
    if (sd is None) != (n is None):
        missing = "n" if n is None else "sd"
        raise InputError(f"benchmark(): {missing} is missing: sd and n go together.", f"Give {_WAYS}.")


def _check_sign(number: object, name: str, *, zero: bool) -> float:
    checked = check_number(number, name, "benchmark")
    if checked < 0 or (checked == 0 and not zero):
        raise InputError(
            f"benchmark(): {name}={number!r} must be {'zero or more' if zero else 'above zero'}.",
            f"Give {_WAYS}.",
        )
    return checked


def _from_rse(value: float, rse: float) -> float:
    if rse == 0:
        raise InputError(
            "benchmark(): rse=0 is not an error: agencies print 0.0 for anything below 0.05 %.",
            "Give rse=0.05, its bound, or std_error=0 if the figure is to count as fixed.",
        )
    if value == 0:
        raise InputError("benchmark(): rse= says nothing about a value of 0.", "Give std_error= instead.")
    return abs(value) * _check_sign(rse, "rse", zero=False) / 100


def _from_sample(sd: object, n: object, statistic: str) -> tuple[float, float, int]:
    if statistic != "mean":
        raise InputError(
            f"benchmark(): sd and n do not give the standard error of a {statistic}.",
            "Give std_error=, or std_error=0 if the figure is to count as fixed.",
        )
    spread = _check_sign(sd, "sd", zero=False)
    size = check_count(n, "n", "benchmark")
    return spread / math.sqrt(size), spread, size
