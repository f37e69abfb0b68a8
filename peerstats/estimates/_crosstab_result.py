"""What `crosstab` gives: shares of cells, counts, and tests of independence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Count, Counts, LabelledResult, Table, cells_in_words, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.numerics import IndependenceTest
    from peerstats.typing import Array, IntArray

__all__ = ["CrosstabResult"]

# The cells of a table that show each of some counts
_Places: TypeAlias = list[tuple[tuple[int, int], ...]]
_SHARE_OF = {"row": "Row", "column": "Column", "total": "Total"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CrosstabResult(LabelledResult):
    """A two-way table of a survey.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    rows, columns : str
        The two columns.
    row_levels, column_levels : tuple of str
        Their levels, r and c of them.
    percent : str
        What shares are shares of: row, column or total.
    numbers : mapping of str to (r c,) array
        Shares, errors, limits, counts and weighted counts; rows of the table slowest.
    independence : mapping of str to IndependenceTest
        The tests, that of the design first; none where a row or column is the only one.
    n, n_missing : int
        Respondents in the table, and those who lack a value.
    variance : str
        Kind of the errors: linearized or replicate.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    interval : str
        How limits were found.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        Rows used and left out, and the design.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"peer": ["yes", "no", "no", "yes"] * 9, "paid": ["yes", "no", "yes"] * 12})
    >>> ps.crosstab(jobs, "peer", "paid").tidy()["estimate"].round(3).tolist()
    [0.333, 0.667, 0.333, 0.667]
    """

    rows: str
    columns: str
    row_levels: tuple[str, ...]
    column_levels: tuple[str, ...]
    percent: str
    numbers: Mapping[str, Array | IntArray]
    independence: Mapping[str, IndependenceTest]
    n: int
    n_missing: int
    variance: str
    weight_kind: str
    interval: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        return {
            "row_level": [level for level in self.row_levels for _ in self.column_levels],
            "column_level": [level for _ in self.row_levels for level in self.column_levels],
            **self.numbers,
        }

    def _test_columns(self) -> dict[str, Any]:
        tests = self.independence.values()
        return {
            "test": list(self.independence),
            "statistic": np.array([each.statistic for each in tests]),
            "df_numerator": np.array([each.df_numerator for each in tests]),
            "df_denominator": np.array([each.df_denominator for each in tests]),
            "p_value": np.array([each.p_value for each in tests]),
        }

    def _said(self) -> dict[str, Any]:
        """Return the cells in the words of the codebook, where there is one."""
        levels = {"row_level": self.rows, "column_level": self.columns}
        return cells_in_words(self._words(), self._columns(), levels)

    def tidy(self) -> Any:
        """Return one row for each cell.

        Returns
        -------
        frame
            Columns row_level, column_level, estimate (the share), std_error, df, conf_low, conf_high, n,
            sum_weights. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def tests(self) -> Any:
        """Return the tests of independence.

        Returns
        -------
        frame
            Columns test, statistic, df_numerator, df_denominator, p_value; a chi-square has infinite
            df_denominator. The test of the design comes first.
        """
        return new_frame(self._test_columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole table, with the design's test.

        Returns
        -------
        frame
            Columns n, n_missing, test, statistic, df_numerator, df_denominator, p_value, variance,
            weight_kind, interval, conf_level.
        """
        first = {name: values[:1] for name, values in self._test_columns().items()}
        if not self.independence:
            first = {name: [None] if name == "test" else np.array([np.nan]) for name in first}
        return new_frame(
            {
                "n": np.array([self.n]),
                "n_missing": np.array([self.n_missing]),
                **first,
                "variance": [self.variance],
                "weight_kind": [self.weight_kind],
                "interval": [self.interval],
                "conf_level": np.array([self.conf_level]),
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            The shares, one row a level; each cell with its error and limits; the tests. The first two know
            their counts: `Table.suppress` keeps small ones back, the same ones in both.
        """
        shape = (len(self.row_levels), len(self.column_levels))
        shares = self.numbers["estimate"].reshape(shape)
        counts = self.numbers["n"].reshape(shape)
        words = self._words()
        row_name, column_name = words.names([self.rows, self.columns])
        row_levels = words.levels(self.rows, self.row_levels)
        name = f"{row_name} by {column_name}"
        cells, tests = self._said(), self._test_columns()
        listed = (
            Column(key="row_level", label=row_name, blank_repeats=True),
            Column(key="column_level", label=column_name),
            Column(key="n", label="n", kind="integer"),
            Column(key="sum_weights", label="weighted", kind="number", digits=1),
            Column(key="estimate", label="share", kind="percent", digits=1),
            Column(key="std_error", label="SE", kind="percent", digits=1),
            Column(key="conf_low", label="low", kind="percent", digits=1),
            Column(key="conf_high", label="high", kind="percent", digits=1),
        )
        tested = (
            Column(key="test", label="test"),
            Column(key="statistic", label="statistic", kind="number", digits=2),
            Column(key="df_numerator", label="df", kind="number", digits=2),
            Column(key="df_denominator", label="denominator df", kind="number", digits=1),
            Column(key="p_value", label="p", kind="p_value"),
        )
        r, c = shape
        # one list of counts for both tables, so that both keep back the same
        in_shares: list[_Places] = [
            [((i, 2 + j),) for i in range(r) for j in range(c)],
            [((i, 1), *(((i, 2 + j)) for j in range(c) if self.percent == "row")) for i in range(r)],
            [tuple((i, 2 + j) for i in range(r) if self.percent == "column") for j in range(c)],
        ]
        in_list: list[_Places] = [
            [tuple((k, m) for m in range(2, len(listed))) for k in range(r * c)],
            [() for _ in range(r)],
            [() for _ in range(c)],
        ]
        return (
            Table(
                key="crosstab",
                title=f"{_SHARE_OF[self.percent]} shares of {name}",
                lines=(
                    *words.lines(self.lines),
                    *(_sentence(test, each) for test, each in self.independence.items()),
                ),
                columns=(
                    Column(key="level", label=row_name),
                    Column(key="n", label="n", kind="integer"),
                    *(
                        Column(key=f"share-{j}", label=level, kind="percent", digits=1)
                        for j, level in enumerate(words.levels(self.columns, self.column_levels))
                    ),
                ),
                rows=tuple((level, int(counts[i].sum()), *shares[i]) for i, level in enumerate(row_levels)),
                notes=self.notes,
                counts=_counts(counts, in_shares),
            ),
            Table(
                key="crosstab-cells",
                title=f"Cells of {name}, {self.conf_level:.0%} limits",
                columns=listed,
                rows=tuple(zip(*(cells[column.key] for column in listed), strict=True)),
                counts=_counts(counts, in_list),
            ),
            Table(
                key="crosstab-tests",
                title="Tests of independence",
                columns=tested,
                rows=tuple(zip(*(tests[column.key] for column in tested), strict=True)),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the shares with their limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        found = self._said()
        inner, outer = (
            ("row_level", "column_level") if self.percent == "column" else ("column_level", "row_level")
        )
        order = np.argsort(
            [list(dict.fromkeys(found[outer])).index(each) for each in found[outer]], kind="stable"
        )
        return forest(
            [found[inner][i] for i in order],
            100 * found["estimate"][order],
            100 * found["conf_low"][order],
            100 * found["conf_high"][order],
            reference=None,
            groups=[found[outer][i] for i in order],
            title=self.tables()[0].title,
            xlabel=f"share, %, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, rows, columns, percent, cells, tests, n, n_missing, variance, weight_kind,
            interval, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "crosstab",
            "rows": self.rows,
            "columns": self.columns,
            "percent": self.percent,
            "cells": plain_rows(self._columns()),
            "tests": plain_rows(self._test_columns()),
            "n": self.n,
            "n_missing": self.n_missing,
            "variance": self.variance,
            "weight_kind": self.weight_kind,
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }


def _counts(n: Any, cells: Sequence[_Places]) -> Counts:
    """Return the cells, their totals and the number of all, which the lines tell, with their sums."""
    r, c = n.shape
    values = (n.ravel(), n.sum(axis=1), n.sum(axis=0))
    known = [
        Count(n=int(each), cells=places)
        for numbers, where in zip(values, cells, strict=True)
        for each, places in zip(numbers, where, strict=True)
    ]
    rows, columns, everybody = r * c, r * c + r, r * c + r + c
    return Counts(
        counts=(*known, Count(n=int(n.sum()), fixed=True)),
        sums=(
            *((rows + i, range(i * c, i * c + c)) for i in range(r)),
            *((columns + j, range(j, r * c, c)) for j in range(c)),
            (everybody, range(rows, columns)),
            (everybody, range(columns, everybody)),
        ),
    )


def _sentence(name: str, test: IndependenceTest) -> str:
    p = "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}"  # noqa: PLR2004  (as tables print it)
    if np.isinf(test.df_denominator):
        return f"{name} {test.statistic:.2f} on {test.df_numerator:g} df, {p}"
    return f"{name} {test.statistic:.2f} on {test.df_numerator:.2f} and {test.df_denominator:.1f} df, {p}"
