"""The record of one official figure."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.norms._checks import check_count, check_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array

__all__ = ["ALL_STATISTICS", "FIXED", "ONLY_PERCENTILES", "STATISTICS", "Benchmark"]

STATISTICS = ("mean", "median")
ALL_STATISTICS = (*STATISTICS, "proportion")
ONLY_PERCENTILES = "percentiles"  # an occupation may have percentiles and no mean or median
FIXED = "treated as fixed"  # the words that a benchmark without error must carry in its notes
_WIDTH = 100
_HUNDRED = 100
_GLUE = "\N{NO-BREAK SPACE}"  # keeps "P95 77" on one line


def _read_only(values: object) -> Array:
    array = np.array(values, dtype=float)
    array.flags.writeable = False
    return array


def _check_percentiles(percentiles: Mapping[float, float]) -> dict[float, float]:
    for percent, value in percentiles.items():
        if not 0 < check_number(percent, "a percent of percentiles", "Benchmark") < _HUNDRED:
            raise InputError(
                f"Benchmark(): percentiles has the percent {percent!r}.",
                "Give percents between 0 and 100, such as {10: 11.9, 50: 17.3}.",
            )
        check_number(value, f"percentiles[{percent!r}]", "Benchmark")
    ordered = dict(sorted(percentiles.items()))
    values = list(ordered.values())
    if values != sorted(values):
        raise InputError(
            f"Benchmark(): the percentiles {ordered} fall somewhere.",
            "A higher percent cannot have a lower value; check the figures.",
        )
    return {percent: float(value) for percent, value in ordered.items()}


def _check_error(key: str, error: float, notes: tuple[str, ...]) -> float:
    checked = check_number(error, "std_error", "Benchmark")
    if checked < 0 or (checked == 0 and not any(FIXED in note for note in notes)):
        raise InputError(
            f"Benchmark(): std_error={checked!r} of {key!r} is not a standard error.",
            f"Give a positive one, or 0 with a note that the figure is {FIXED!r}.",
        )
    return checked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Benchmark:
    """One official figure: an estimate with its own error, not a bare number.

    Made by `get_norm`, `oews` and `benchmark`; compared with a sample by `compare`.

    Parameters
    ----------
    key : str
        Its name.
    statistic : {"mean", "median", "proportion", "percentiles"}
        What the value is. A proportion is a fraction. "percentiles" has no value: they are all there is.
    value : float
        The figure, in `unit`; NaN of "percentiles".
    std_error : float or None
        Standard error of the value, in `unit`. Zero only where a note says "treated as fixed"; None where
        none is published, and the figure is then taken as fixed too.
    percentiles : mapping of float to float
        Percent (0 to 100) to value, in `unit`; may be empty.
    top_coded : mapping of float to float
        Percent to the value that the percentile reaches or passes, where only that is published.
    population : str
        Whom the figure describes.
    date : str
        When it holds, such as "May 2020".
    form : str
        How it was measured, such as "10 items, self-administered".
    source : str
        Who published it, and where.
    unit : str
        Unit of the value, such as "dollars an hour".
    sd : float or None
        Standard deviation in the population, in `unit`.
    n : int or None
        Respondents behind the figure.
    notes : tuple of str
        What a reader must know.
    confirmed : bool
        Whether the figure was read in its source.
    instrument : str or None
        Key of the instrument whose scores it holds.
    scale : str or None
        The scale of that instrument.
    method : str or None
        How those scores were formed: mean, sum, lookup or irt.
    distribution : tuple of two (k,) float arrays, or None
        The values and the share of the population at each.

    Examples
    --------
    >>> import peerstats as ps
    >>> wage = ps.oews("21-1093", year=2020)
    >>> wage.value, round(wage.std_error, 4), wage.percentiles[50]
    (18.38, 0.0735, 17.29)
    """

    key: str
    statistic: str = "mean"
    value: float
    std_error: float | None
    percentiles: Mapping[float, float] = field(default_factory=dict)
    top_coded: Mapping[float, float] = field(default_factory=dict)
    population: str = ""
    date: str = ""
    form: str = ""
    source: str = ""
    unit: str = ""
    sd: float | None = None
    n: int | None = None
    notes: tuple[str, ...] = ()
    confirmed: bool = True
    instrument: str | None = None
    scale: str | None = None
    method: str | None = None
    distribution: tuple[Array, Array] | None = None

    def __post_init__(self) -> None:
        """Check the figures and make the record read-only."""

        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        check_choice(self.statistic, (*ALL_STATISTICS, ONLY_PERCENTILES), "statistic", "Benchmark")
        put("value", self._checked_value())
        put("notes", tuple(self.notes))
        if self.std_error is not None:
            put("std_error", _check_error(self.key, self.std_error, self.notes))
        put("percentiles", MappingProxyType(_check_percentiles(self.percentiles)))
        put("top_coded", MappingProxyType(_check_percentiles(self.top_coded)))
        _check_percentiles({**self.percentiles, **self.top_coded})
        if self.sd is not None:
            put("sd", check_number(self.sd, "sd", "Benchmark"))
            if self.sd <= 0:
                raise InputError(
                    f"Benchmark(): sd={self.sd!r} must be above zero.", "Leave it out if unknown."
                )
        if self.n is not None:
            put("n", check_count(self.n, "n", "Benchmark"))
        if self.distribution is not None:
            values, shares = self.distribution
            put("distribution", (_read_only(values), _read_only(shares)))
            if len(values) != len(shares):
                raise InputError(
                    f"Benchmark(): distribution has {len(values)} values and {len(shares)} shares.",
                    "Give one share for each value.",
                )

    def _checked_value(self) -> float:
        """Return the value if it is one of the statistic."""
        if self.statistic == ONLY_PERCENTILES:
            if not math.isnan(self.value) or not (self.percentiles or self.top_coded):
                raise InputError(
                    f"Benchmark(): {self.key!r} is of percentiles, with value={self.value!r} and "
                    f"{len(self.percentiles)} percentiles.",
                    "Give percentiles=, and value=math.nan: means and medians are statistics of their own.",
                )
            return math.nan
        value = check_number(self.value, "value", "Benchmark")
        if self.statistic == "proportion" and not 0 <= value <= 1:
            raise InputError(
                f"Benchmark(): value={self.value!r} of {self.key!r} is not a proportion.",
                "Proportions are fractions: 16.7 % is 0.167.",
            )
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by fields: a read-only mapping does not pickle."""
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return _rebuild, (
            {**state, "percentiles": dict(self.percentiles), "top_coded": dict(self.top_coded)},
        )

    def __repr__(self) -> str:
        """Return the figure, its error and where it comes from, as plain text."""
        return _to_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values that JSON can hold.

        Returns
        -------
        dict
            `schema` 1 and every field; percents are text, arrays are lists.

        Examples
        --------
        >>> import peerstats as ps
        >>> figure = ps.benchmark(22.12, rse=0.7, name="wage", date="May 2020").to_dict()
        >>> figure["schema"], figure["value"], round(figure["std_error"], 5)
        (1, 22.12, 0.15484)
        """
        out: dict[str, Any] = {"schema": 1}
        out |= {each.name: getattr(self, each.name) for each in fields(self)}
        for name in ("percentiles", "top_coded"):
            out[name] = {f"{percent:g}": value for percent, value in getattr(self, name).items()}
        out["value"] = None if math.isnan(self.value) else self.value
        out["notes"] = list(self.notes)
        if self.distribution is not None:
            values, shares = self.distribution
            out["distribution"] = {"values": values.tolist(), "shares": shares.tolist()}
        return out


def _rebuild(state: dict[str, Any]) -> Benchmark:
    return Benchmark(**state)


def _short(value: float) -> str:
    """Three significant digits, or whole numbers from 100 on."""
    return f"{value:,.0f}" if abs(value) >= _HUNDRED else f"{value:.3g}"


def _to_text(benchmark: Benchmark) -> str:
    error = f"standard error {_short(benchmark.std_error)}" if benchmark.std_error else FIXED
    if benchmark.std_error is None:
        error = "no published error; benchmark taken as fixed"
    unit = f" {benchmark.unit}" if benchmark.unit else ""
    digits = 3 if benchmark.statistic == "proportion" else 2
    value = "" if math.isnan(benchmark.value) else f" {benchmark.value:,.{digits}f}"
    lines = [f"{benchmark.key}: {benchmark.statistic}{value}{unit} ({error})"]
    whole = all(value.is_integer() for value in benchmark.percentiles.values())
    figures = [f"SD {benchmark.sd:,.2f}"] if benchmark.sd is not None else []
    figures += [f"n {benchmark.n:,}"] if benchmark.n is not None else []
    figures += [
        f"P{percent:g} {value:,.{0 if whole else 2}f}" for percent, value in benchmark.percentiles.items()
    ]
    facts = {
        "population": benchmark.population or "not given",
        "date": benchmark.date or "not given",
        "form": benchmark.form or "not given",
        "source": benchmark.source or "not given",
        "figures": ", ".join(figures).replace(" ", _GLUE).replace(f",{_GLUE}", ", "),
    }
    pairs = [(name, text) for name, text in facts.items() if text]
    pairs += [("note", note) for note in benchmark.notes]
    if not benchmark.confirmed and not any("not confirmed" in note for note in benchmark.notes):
        pairs.append(("note", "This figure is unconfirmed: check it in its source before use."))
    for name, text in pairs:
        head = f"  {name:<11}"
        lines += textwrap.wrap(
            text, _WIDTH, initial_indent=head, subsequent_indent=" " * 13, break_on_hyphens=False
        )
    return "\n".join(lines).replace(_GLUE, " ")
