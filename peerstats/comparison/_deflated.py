"""What moving amounts to other prices gives: the amounts, and which months were used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.norms import Benchmark, in_words
from peerstats.plots import time_lines
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Deflated", "DeflatedDate"]

_PRINTED = (
    Column(key="at", label="prices of"),
    Column(key="index_at", label="index", kind="number", digits=3),
    Column(key="to", label="moved to"),
    Column(key="index_to", label="index", kind="number", digits=3),
    Column(key="multiplier", label="times", kind="number", digits=4),
    Column(key="n", label="amounts", kind="integer"),
    Column(key="n_missing", label="missing", kind="integer"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeflatedDate:
    """One date from which amounts were moved.

    Attributes
    ----------
    at : str
        The month, as "2020-05", or the year.
    index_at, factor : float
        Price index then, and what amounts were multiplied by.
    n, n_missing : int
        Amounts of that date that were moved, and that are missing.
    """

    at: str
    index_at: float
    factor: float
    n: int
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Deflated(Result):
    """Amounts in the prices of another date.

    Parameters
    ----------
    amount : float, list, (n,) array, Series or Benchmark
        The moved amounts, of the kind that came in.
    factor : float or (n,) array
        What each was multiplied by; a number where all are of one date.
    index_at : float or (n,) array
        Price index at the date of each amount.
    index_to : float
        Price index at the date moved to.
    to : str
        That date: a month as "2022-05", or a year, which means its annual average.
    area : str
        Area of the index; empty if it was the caller's own.
    series_id : str
        The agency's name of the index; empty if it was the caller's own.
    source : str
        Who published the index.
    dates : tuple of DeflatedDate
        One for each date that amounts were moved from.
    n_undated : int
        Amounts without a date; they are missing in the result.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import peerstats as ps
    >>> moved = ps.deflate(17.50, at="2020-05", to="2022-05")
    >>> round(float(moved), 2)
    19.95
    >>> moved.tidy()[["at", "index_at", "to", "index_to", "n"]]
            at  index_at       to  index_to  n
    0  2020-05   256.394  2022-05   292.296  1
    """

    amount: Any
    factor: float | Array
    index_at: float | Array
    index_to: float
    to: str
    area: str
    series_id: str
    source: str
    dates: tuple[DeflatedDate, ...]
    n_undated: int
    backend: str

    def __float__(self) -> float:
        """Return the amount, where it is one number."""
        if not isinstance(self.amount, float):
            raise InputError(
                "Deflated: it holds more than one amount.", "Take `.amount`, which holds all of them."
            )
        return self.amount

    def _columns(self) -> dict[str, Any]:
        dates = self.dates
        return {
            "at": [each.at for each in dates],
            "index_at": np.array([each.index_at for each in dates]),
            "to": [self.to] * len(dates),
            "index_to": np.full(len(dates), self.index_to),
            "multiplier": np.array([each.factor for each in dates]),
            "n": np.array([each.n for each in dates]),
            "n_missing": np.array([each.n_missing for each in dates]),
        }

    def tidy(self) -> Any:
        """Return one row for each date that amounts were moved from.

        Returns
        -------
        frame
            Columns at, index_at, to, index_to, multiplier, n, n_missing.
        """
        return new_frame(self._columns(), self.backend)

    def _n_missing(self) -> int:
        return sum(each.n_missing for each in self.dates) + self.n_undated

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        frame
            Columns n, n_missing, area, series_id, to, index_to.
        """
        return new_frame(
            {
                "n": np.array([sum(each.n for each in self.dates)]),
                "n_missing": np.array([self._n_missing()]),
                "area": [self.area or None],
                "series_id": [self.series_id or None],
                "to": [self.to],
                "index_to": np.array([self.index_to]),
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._columns()
        columns["at"] = [in_words(date) for date in columns["at"]]
        columns["to"] = [in_words(date) for date in columns["to"]]
        several = sum(each.n + each.n_missing for each in self.dates) + self.n_undated > 1
        kept = _PRINTED if several else _PRINTED[:-2]
        lines: list[str] = []
        if isinstance(self.amount, float):
            lines.append(f"{self.amount:,.2f} in prices of {in_words(self.to)}")
        if isinstance(self.amount, Benchmark) and not np.isnan(self.amount.value):
            lines.append(f"{self.amount.key}: {self.amount.value:,.2f} {self.amount.unit}")
        if self._n_missing():
            undated = f", {self.n_undated} of them without a date" if self.n_undated else ""
            lines.append(f"missing amounts: {self._n_missing()}{undated}")
        return (
            Table(
                key="deflated",
                title="Amounts in other prices",
                lines=tuple(lines),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=(self.source,),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the price index at the dates that were used.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        index = {each.at: each.index_at for each in self.dates} | {self.to: self.index_to}
        dates = sorted(index)
        return time_lines(
            {self.series_id or "price index": (dates, [index[date] for date in dates])},
            title="Price index at the dates used",
            ylabel="index",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; amounts of several people are not in it.

        Returns
        -------
        dict
            Keys schema, kind, amount (of one number or benchmark, else None), rows, area, series_id, source,
            n_undated.
        """
        one = self.amount
        return {
            "schema": 1,
            "kind": "deflated",
            "amount": one.to_dict()
            if isinstance(one, Benchmark)
            else one
            if isinstance(one, float)
            else None,
            "rows": plain_rows(self._columns()),
            "area": self.area,
            "series_id": self.series_id,
            "source": self.source,
            "n_undated": self.n_undated,
        }
