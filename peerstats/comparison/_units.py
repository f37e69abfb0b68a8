"""The unit of a column beside that of a benchmark."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import Benchmark

__all__ = ["check_units"]

_HOUR, _YEAR = "dollars an hour", "dollars a year"
_WORD = {_HOUR: "hourly", _YEAR: "annual"}
_LIKELY_ANNUAL = 200  # no occupation's mean wage is near this an hour, nor any full year's pay as low


def check_units(
    centre: float, column: str, unit: str | None, benchmarks: Sequence[Benchmark], call: str
) -> None:
    """Stop where a column is in another unit than a benchmark, or looks as if it were.

    Parameters
    ----------
    centre : float
        The sample's mean.
    column : str
        The column.
    unit : str or None
        Its unit, if the caller states it.
    benchmarks : sequence of Benchmark
        The benchmarks.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If the units differ, or none is stated and hourly dollars average over 200, annual ones under it.
    """
    for each in benchmarks:
        if unit is not None:
            if each.unit and unit != each.unit:
                both = unit in _WORD and each.unit in _WORD
                raise InputError(
                    f"{call}(): column {column!r} is in {unit!r}, {each.key!r} in {each.unit!r}.",
                    f"Compare it with {_WORD.get(unit)} figures, oews(..., pay={_WORD.get(unit)!r})."
                    if both
                    else "Bring both to one unit.",
                )
            continue
        if each.unit == _HOUR and centre > _LIKELY_ANNUAL and math.isfinite(centre):
            raise InputError(
                f"{call}(): the mean of {column!r} is {centre:,.2f}, and {each.key!r} is in {_HOUR}.",
                f"If the column is in dollars a year, compare it with oews(..., pay='annual') and "
                f"unit={_YEAR!r}; if it is by the hour, say unit={_HOUR!r}.",
            )
        if each.unit == _YEAR and 0 < centre < _LIKELY_ANNUAL:
            raise InputError(
                f"{call}(): the mean of {column!r} is {centre:,.2f}, and {each.key!r} is in {_YEAR}.",
                f"If the column is in dollars an hour, compare it with oews(..., pay='hourly') and "
                f"unit={_HOUR!r}; if it is by the year, say unit={_YEAR!r}.",
            )
