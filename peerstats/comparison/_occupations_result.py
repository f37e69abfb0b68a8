"""What wages of several occupations give: a row for each occupation, area and year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from peerstats._core.checks import check_conf_level
from peerstats._core.frames import new_frame
from peerstats.norms import OEWS_PERCENTS, OEWS_STATES
from peerstats.numerics import t_half_width
from peerstats.plots import forest, time_lines
from peerstats.results import Column, Result, Table, plain_rows

__all__ = ["NO_ROW", "OccupationWagesResult", "Wage"]

_PUBLISHED = OEWS_STATES[0]
NO_ROW = "no row"
_BREAK = (2020.5, "model-based from 2021")  # BLS: MB3 estimates from May 2021 on


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wage:
    """One occupation, area and year.

    Attributes
    ----------
    occupation, title, area : str
        Who and where.
    year : int
        The May.
    value, std_error : float
        The figure and its error; NaN where none is published.
    state : str
        State of the figure's cell, or "no row".
    percentiles : tuple of 5 floats
        NaN where none is published.
    percentile_states : tuple of 5 str
        State of each.
    notes : tuple of str
        Form, meanings of codes and cautions.
    """

    occupation: str
    title: str
    area: str
    year: int
    value: float
    std_error: float
    state: str
    percentiles: tuple[float, ...]
    percentile_states: tuple[str, ...]
    notes: tuple[str, ...]

    def retitled(self, title: str) -> Wage:
        """Return the wage with a title."""
        return replace(self, title=title)

    @property
    def coded(self) -> str:
        """Percentiles that are no figure, with what they are."""
        if self.state == NO_ROW:
            return ""
        pairs = zip(OEWS_PERCENTS, self.percentile_states, strict=True)
        return ", ".join(f"P{percent} {state}" for percent, state in pairs if state != _PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OccupationWagesResult(Result):
    """Official wages side by side.

    Parameters
    ----------
    wages : tuple of Wage
        One for each occupation, area and year.
    statistic : str
        "mean" or "median".
    pay : str
        "hourly" or "annual".
    unit : str
        Dollars an hour or a year.
    source : str
        Who published them, in which file.
    notes : tuple of str
        Form, meanings of codes, cautions.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.occupation_wages(["21-1018", "21-1093"], years=2020, statistic="median").tidy()["value"].tolist()
    [22.91, 17.29]
    """

    wages: tuple[Wage, ...]
    statistic: str
    pay: str
    unit: str
    source: str
    notes: tuple[str, ...]

    def _columns(self) -> dict[str, Any]:
        wages = self.wages
        return {
            "occupation": [w.occupation for w in wages],
            "title": [w.title for w in wages],
            "area": [w.area for w in wages],
            "year": np.array([w.year for w in wages]),
            "value": np.array([w.value for w in wages]),
            "std_error": np.array([w.std_error for w in wages]),
            "state": [w.state for w in wages],
            **{
                f"p{percent}": np.array([w.percentiles[i] for w in wages])
                for i, percent in enumerate(OEWS_PERCENTS)
            },
            "percentile_states": [w.coded for w in wages],
        }

    def tidy(self) -> Any:
        """Return one row for each occupation, area and year.

        Returns
        -------
        frame
            Columns occupation, title, area, year, value, std_error, state, p10, p25, p50, p75, p90,
            percentile_states. Unrounded.
        """
        return new_frame(self._columns())

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        frame
            Columns n, n_published, wage_statistic, pay, unit.
        """
        return new_frame(
            {
                "n": np.array([len(self.wages)]),
                "n_published": np.array([sum(w.state == _PUBLISHED for w in self.wages)]),
                "wage_statistic": [self.statistic],
                "pay": [self.pay],
                "unit": [self.unit],
            }
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._columns()
        columns["year"] = [str(year) for year in columns["year"]]
        digits = 2 if self.pay == "hourly" else 0
        number = {"kind": "number", "digits": digits}
        listed = [
            Column(key="occupation", label="occupation", blank_repeats=True),
            Column(key="title", label="title", blank_repeats=True),
            Column(key="area", label="area", blank_repeats=True),
            Column(key="year", label="May"),
            Column(key="value", label=self.statistic, **number),  # type: ignore[arg-type]
            Column(key="std_error", label="SE", kind="number", digits=digits + 1 if digits else 0),
            *(Column(key=f"p{p}", label=f"P{p}", **number) for p in OEWS_PERCENTS),  # type: ignore[arg-type]
        ]
        drop = set()
        if len(set(columns["area"])) == 1:
            drop.add("area")
        if self.statistic == "median":
            drop.add("std_error")
        if set(columns["state"]) | {w.coded for w in self.wages} > {_PUBLISHED, ""}:
            listed.append(Column(key="state", label="state"))
            listed.append(Column(key="percentile_states", label="percentiles"))
        kept = [column for column in listed if column.key not in drop]
        return (
            Table(
                key="occupation-wages",
                title=f"Official wages: {self.pay} {self.statistic}, {self.unit}",
                lines=(self.source,),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, conf_level: float = 0.95, ax: Any = None) -> Any:
        """Draw the wages over years, or side by side where there is one year.

        Parameters
        ----------
        conf_level : float
            Level of the limits that the published errors of means give; medians have none.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        columns = self._columns()
        half = float(t_half_width(check_conf_level(conf_level, "plot"), np.inf)) * columns["std_error"]
        low, high = columns["value"] - half, columns["value"] + half
        several = len(set(columns["area"])) > 1
        names = [f"{w.occupation} {w.title}" + (f", {w.area}" if several else "") for w in self.wages]
        title = f"Official wages, {self.pay} {self.statistic}"
        if len({w.year for w in self.wages}) == 1:
            shown = ~np.isnan(columns["value"])
            none = np.isnan(half)
            return forest(
                [name for name, there in zip(names, shown, strict=True) if there],
                columns["value"][shown],
                np.where(none, columns["value"], low)[shown],
                np.where(none, columns["value"], high)[shown],
                reference=None,
                title=f"{title}, May {self.wages[0].year}",
                xlabel=self.unit,
                ax=ax,
            )
        rows = {
            name: [i for i, each in enumerate(names) if each == name]
            for name, there in zip(names, ~np.isnan(columns["value"]), strict=True)
            if there
        }
        return time_lines(
            {name: (columns["year"][i], columns["value"][i]) for name, i in rows.items()},
            bands={name: (low[i], high[i]) for name, i in rows.items()},
            break_at=_BREAK,
            title=title if len(rows) > 1 else ": ".join([title, *rows]),
            ylabel=self.unit,
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the wages as plain data.

        Returns
        -------
        dict
            Keys schema, kind, rows, statistic, pay, unit, source and notes.
        """
        return {
            "schema": 1,
            "kind": "occupation_wages",
            "rows": plain_rows(self._columns()),
            "statistic": self.statistic,
            "pay": self.pay,
            "unit": self.unit,
            "source": self.source,
            "notes": list(self.notes),
        }
