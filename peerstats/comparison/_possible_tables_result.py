"""The two-by-two tables that rounded percentages allow, and what ranges over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.comparison._rounded import Rounded
    from peerstats.typing import Array, IntArray

__all__ = ["PossibleTables"]

_COUNTS = ("count", "n", "other_count", "other_n")
_WORDS = {
    "difference": "difference of shares",
    "odds_ratio": "odds ratio",
    "statistic": "Pearson chi-square",
    "p_value": "p, Pearson",
    "yates_p_value": "p, Yates",
    "fisher_p_value": "p, Fisher",
}
_PRINTED = (
    Column(key="quantity", label="quantity"),
    Column(key="minimum", label="least", kind="number", digits=4),
    Column(key="maximum", label="most", kind="number", digits=4),
    Column(key="n_print_alike", label="tables that print so", kind="integer"),
)


def _known(values: Array) -> Array:
    """Leave out tables in which everybody or nobody has the property: they have no ratio and no test."""
    found: Array = values[~np.isnan(values)]
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PossibleTables(Result):
    """Two-by-two tables that two rounded percentages allow.

    Parameters
    ----------
    counts : (k, 4) int array
        For each table: how many of the first group have the property, its people, and the same of the second.
    numbers : mapping of str to (k,) float array
        Difference of shares, odds ratio, chi-square and p-values.
    percentages : (str, str)
        The percentages as printed.
    p_value : Rounded or None
        The p-value as printed.
    lines : tuple of str
        What is known.
    notes : tuple of str
        What to keep in mind.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.tables_from_percentages((68, 54), n=572, group_percentage=14, p_value=".020")
    Two-by-two tables that rounded percentages allow
    68 % against 54 %, 572 people together, 14 % of them in the first group
    25 tables
    <BLANKLINE>
    quantity               least    most  tables that print so
    ----------------------------------------------------------
    difference of shares  0.1303  0.1480
    odds ratio            1.7359  1.8736
    Pearson chi-square    4.7472  6.0862
    p, Pearson            0.0136  0.0293                     3
    p, Yates              0.0189  0.0397                     0
    p, Fisher             0.0148  0.0383                     5
    <BLANKLINE>
    Tables that print so: those whose p-value rounds to .020.
    Chi-square without continuity correction; shares exactly halfway fit both roundings.
    """

    counts: IntArray
    numbers: Mapping[str, Array]
    percentages: tuple[str, str]
    p_value: Rounded | None
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def _columns(self) -> dict[str, Any]:
        return {name: self.counts[:, j] for j, name in enumerate(_COUNTS)} | dict(self.numbers)

    def _alike(self, name: str) -> float:
        """Count the tables whose p-value prints as the published one."""
        if self.p_value is None or not name.endswith("p_value"):
            return np.nan
        values = self.numbers[name]
        return float(((values >= self.p_value.low) & (values <= self.p_value.high)).sum())

    def _range_columns(self) -> dict[str, Any]:
        return {
            "quantity": list(self.numbers),
            "minimum": np.array([min(_known(v), default=np.nan) for v in self.numbers.values()]),
            "maximum": np.array([max(_known(v), default=np.nan) for v in self.numbers.values()]),
            "n_print_alike": np.array([self._alike(name) for name in self.numbers]),
        }

    def tidy(self) -> Any:
        """Return one row for each table.

        Returns
        -------
        frame
            Columns count, n, other_count, other_n, difference, odds_ratio, statistic (Pearson's chi-square),
            p_value, yates_p_value, fisher_p_value. Unrounded.
        """
        return new_frame(self._columns())

    def ranges(self) -> Any:
        """Return the range of each quantity over the tables.

        Returns
        -------
        frame
            Columns quantity, minimum, maximum, n_print_alike (tables whose p-value prints as the published
            one; NaN where none is given).
        """
        return new_frame(self._range_columns())

    def glance(self) -> Any:
        """Return one row on all tables.

        Returns
        -------
        frame
            Columns n_tables, odds_ratio_low, odds_ratio_high.
        """
        ratio = _known(self.numbers["odds_ratio"])
        return new_frame(
            {
                "n_tables": np.array([len(self.counts)]),
                "odds_ratio_low": np.array([min(ratio, default=np.nan)]),
                "odds_ratio_high": np.array([max(ratio, default=np.nan)]),
            }
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face: the ranges.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._range_columns()
        columns["quantity"] = [_WORDS[each] for each in columns["quantity"]]
        kept = _PRINTED if self.p_value is not None else _PRINTED[:-1]
        said = (
            ()
            if self.p_value is None
            else (f"Tables that print so: those whose p-value rounds to {self.p_value.text}.",)
        )
        return (
            Table(
                key="possible-tables",
                title="Two-by-two tables that rounded percentages allow",
                lines=(*self.lines, f"{len(self.counts):,} table{'s' if len(self.counts) > 1 else ''}"),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=(*said, *self.notes),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the range of the difference of shares.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        values = 100 * self.numbers["difference"]
        return forest(
            [" against ".join(f"{each} %" for each in self.percentages)],
            [float(np.median(values))],
            [float(values.min())],
            [float(values.max())],
            title="Difference that rounded percentages allow",
            xlabel="percentage points: least, middle and most of the tables",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain data.

        Returns
        -------
        dict
            Keys schema, kind, percentages, p_value, ranges, rows, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "possible_tables",
            "percentages": list(self.percentages),
            "p_value": None if self.p_value is None else self.p_value.text,
            "ranges": plain_rows(self._range_columns()),
            "rows": plain_rows(self._columns()),
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
