"""Series of the Bureau of Labor Statistics, as they came."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import time_lines
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.datasets._bls_answer import Observation

__all__ = ["BlsResult"]

_PRINTED = (
    Column(key="series_id", label="series"),
    Column(key="n", label="figures", kind="integer"),
    Column(key="n_missing", label="missing", kind="integer"),
    Column(key="first", label="from"),
    Column(key="last", label="to"),
    Column(key="value", label="last figure", kind="number", digits=3),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BlsResult(Result):
    """Series that `fetch_bls` brought.

    Parameters
    ----------
    series : tuple of str
        Identifiers, in the order asked for.
    start, end : int
        First and last year asked for.
    rows : tuple of Observation
        One for each series and period, in time order within a series.
    notes : tuple of str
        What the service said besides, and what the cache did.
    source : str
        Address or file.
    n_requests : int
        Requests sent, those sent again included.
    n_cached : int
        Requests that the cache answered.

    Examples
    --------
    >>> from peerstats.datasets import BlsResult, Observation
    >>> may = Observation(series_id="CUUR0000SA0", year=2020, period="M05", value=256.394, footnotes="")
    >>> BlsResult(series=("CUUR0000SA0",), start=2020, end=2020, rows=(may,), notes=(), source="by hand",
    ...           n_requests=0, n_cached=0).by_date()
    {'2020-05': 256.394}
    """

    series: tuple[str, ...]
    start: int
    end: int
    rows: tuple[Observation, ...]
    notes: tuple[str, ...]
    source: str
    n_requests: int
    n_cached: int

    def _columns(self) -> dict[str, Any]:
        rows = self.rows
        return {
            "series_id": [row.series_id for row in rows],
            "date": [row.date for row in rows],
            "year": np.array([row.year for row in rows]),
            "period": [row.period for row in rows],
            "value": np.array([row.value for row in rows], dtype=float),
            "footnotes": [row.footnotes or None for row in rows],
        }

    def tidy(self) -> Any:
        """Return one row for each series and period.

        Returns
        -------
        pandas DataFrame
            Columns series_id, date ("2020-05"; "2020" is an annual figure), year, period, value, footnotes.
            A value is missing where the agency has no figure.
        """
        return new_frame(self._columns())

    def _missing(self) -> int:
        return sum(math.isnan(row.value) for row in self.rows)

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        pandas DataFrame
            Columns n, n_missing, n_series, n_requests, n_cached, source.
        """
        counts = {
            "n": len(self.rows) - self._missing(),
            "n_missing": self._missing(),
            "n_series": len(self.series),
            "n_requests": self.n_requests,
            "n_cached": self.n_cached,
        }
        return new_frame(
            {**{name: np.array([count]) for name, count in counts.items()}, "source": [self.source]}
        )

    def by_date(self, series: str | None = None) -> dict[str, float]:
        """Return the figures of one series by date, as `deflate` takes them for its `index`.

        Parameters
        ----------
        series : str, optional
            The series; may be left out where there is one.

        Returns
        -------
        dict of str to float
            Figure by date; missing ones are left out.

        Raises
        ------
        InputError
            If there are several series and none is named, or it is another.
        """
        if series is None and len(self.series) == 1:
            series = self.series[0]
        if series not in self.series:
            said = "no series is named" if series is None else f"{series!r} is not there"
            raise InputError(
                f"BlsResult.by_date(): {said}.", f"Name one of {', '.join(map(repr, self.series))}."
            )
        kept = [row for row in self.rows if row.series_id == series]
        return {row.date: row.value for row in kept if not math.isnan(row.value)}

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        cells = []
        for name in self.series:
            figures = [row for row in self.rows if row.series_id == name]
            known = [row for row in figures if not math.isnan(row.value)]
            ends = (known[0].date, known[-1].date, known[-1].value) if known else (None, None, None)
            cells.append((name, len(known), len(figures) - len(known), *ends))
        texts = {row.footnotes for row in self.rows if math.isnan(row.value) and row.footnotes}
        return (
            Table(
                key="bls-series",
                title="Series of the Bureau of Labor Statistics",
                lines=(
                    f"{self.start} to {self.end}, from {self.source}",
                    f"requests sent: {self.n_requests}, answered from the cache: {self.n_cached}",
                ),
                columns=_PRINTED,
                rows=tuple(cells),
                notes=(*(f"Missing figures: {text}" for text in sorted(texts)), *self.notes),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the series over time, annual averages left out where a series has months.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        lines = {}
        for name in self.series:
            figures = [row for row in self.rows if row.series_id == name]
            parts = [row for row in figures if "-" in row.date] or figures
            lines[name] = ([row.date for row in parts], [row.value for row in parts])
        return time_lines(lines, title="Series of the Bureau of Labor Statistics", ylabel="value", ax=ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the series as plain data.

        Returns
        -------
        dict
            Keys schema, kind, series, start, end, rows, notes, source, n_requests, n_cached.
        """
        return {
            "schema": 1,
            "kind": "bls_series",
            "series": list(self.series),
            "start": self.start,
            "end": self.end,
            "rows": plain_rows(self._columns()),
            "notes": list(self.notes),
            "source": self.source,
            "n_requests": self.n_requests,
            "n_cached": self.n_cached,
        }
