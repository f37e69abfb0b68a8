"""What a comparison of quantiles with microdata gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.comparison._records import record_columns
from peerstats.plots import forest
from peerstats.results import (
    Column,
    LabelledResult,
    Table,
    cells_in_words,
    columns_in_words,
    plain_rows,
    table_key,
)

__all__ = ["DistributionsResult", "QuantileGap"]

_PRINTED = (
    Column(key="group", label="group", blank_repeats=True),
    Column(key="probability", label="share below", kind="percent", digits=0),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="sample", kind="number", digits=2),
    Column(key="std_error", label="SE", kind="number", digits=3),
    Column(key="benchmark_value", label="microdata", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="share", label="of the sample below", kind="percent", digits=1),
    Column(key="p_value", label="p", kind="p_value"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuantileGap:
    """One quantile of one group beside the microdata's."""

    group: str
    probability: float
    n: int
    n_missing: int
    estimate: float
    std_error: float
    benchmark_value: float
    benchmark_std_error: float
    difference: float
    difference_std_error: float
    difference_low: float
    difference_high: float
    share: float
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DistributionsResult(LabelledResult):
    """Quantiles of a sample beside those of weighted microdata.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    column : str
        What is compared.
    name : str
        The microdata.
    rows : tuple of QuantileGap
        One for each group and quantile.
    interval : str
        Where the errors come from: replicate or woodruff.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        Rows used and left out, and both designs.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import peerstats as ps
    >>> nation = ps.simulate_cohort(300, rng=1).data
    >>> gaps = ps.compare_distributions(nation, "age", nation, quantiles=0.5, interval="woodruff")
    >>> gaps.tidy()["difference"].tolist()
    [0.0]
    """

    column: str
    name: str
    rows: tuple[QuantileGap, ...]
    interval: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        return record_columns(self.rows)

    def tidy(self) -> Any:
        """Return one row for each group and quantile.

        Returns
        -------
        frame
            Columns group, probability, n, n_missing, estimate, std_error, benchmark_value,
            benchmark_std_error, difference with its error and limits, share (of the sample below the
            microdata's quantile), statistic, df, p_value. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, interval, conf_level.
        """
        first = {row.group: row for row in self.rows}.values()
        return new_frame(
            {
                "n": np.array([sum(row.n for row in first)]),
                "n_missing": np.array([sum(row.n_missing for row in first)]),
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
            One table.
        """
        words = self._words()
        columns = cells_in_words(words, self._columns())
        said = "errors from replicates" if self.interval == "replicate" else "errors by Woodruff's method"
        kept = columns_in_words(words, _PRINTED if len(set(columns["group"])) > 1 else _PRINTED[1:])
        return (
            Table(
                key=table_key("distributions", self.column),
                title=f"Quantiles of {words.name(self.column)} beside those of {self.name}",
                lines=(*words.lines(self.lines), f"{self.conf_level:.0%} limits, {said}"),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the differences with their limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        rows, words = self.rows, self._words()
        several = len({row.group for row in rows}) > 1
        return forest(
            [f"P{100 * row.probability:g}" for row in rows],
            [row.difference for row in rows],
            [row.difference_low for row in rows],
            [row.difference_high for row in rows],
            groups=words.groups(row.group for row in rows) if several else None,
            title=f"{words.name(self.column)}: sample minus {self.name}",
            xlabel=f"difference, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, name, rows, interval, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "distributions",
            "column": self.column,
            "name": self.name,
            "rows": plain_rows(self._columns()),
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
