"""What a comparison gives: a row for each group and benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.comparison._gap import Gap

__all__ = ["ComparisonResult"]

_PRINTED = (
    Column(key="group", label="group", blank_repeats=True),
    Column(key="benchmark", label="benchmark"),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="mean", kind="number", digits=2),
    Column(key="std_error", label="SE", kind="number", digits=3),
    Column(key="benchmark_value", label="benchmark", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="ratio", label="ratio", kind="number", digits=3),
    Column(key="statistic", label="t", kind="number", digits=2),
    Column(key="p_value", label="p", kind="p_value"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ComparisonResult(Result):
    """Means beside benchmarks, both with their errors.

    Parameters
    ----------
    column : str
        What is compared.
    gaps : tuple of Gap
        One for each group and benchmark.
    benchmark_error : str
        "include" or "ignore": whether the benchmark's own error is in the limits and tests.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        Rows used and left out, and why.
    notes : tuple of str
        Population, date, form and source of the benchmarks, and cautions.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import peerstats as ps
    >>> wage = ps.oews("21-1094", year=2020)
    >>> gap = ps.compare_summary(mean=16.50, sd=4.0, n=100, benchmark=wage)
    >>> gap.tidy()["statistic"].round(2).tolist()
    [-13.1]
    """

    column: str
    gaps: tuple[Gap, ...]
    benchmark_error: str
    weight_kind: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        gaps = self.gaps
        own = ("difference", "difference_std_error", "difference_low", "difference_high")
        rest = ("ratio", "ratio_low", "ratio_high", "statistic", "df", "p_value")
        return {
            "group": [g.group for g in gaps],
            "benchmark": [g.benchmark.key for g in gaps],
            "n": np.array([g.sample.n for g in gaps]),
            "n_missing": np.array([g.n_missing for g in gaps]),
            "estimate": np.array([g.sample.mean for g in gaps]),
            "std_error": np.array([g.sample.std_error for g in gaps]),
            "benchmark_value": np.array([g.benchmark.value for g in gaps]),
            "benchmark_std_error": np.array([g.benchmark.std_error for g in gaps], dtype=float),
            **{name: np.array([getattr(g, name) for g in gaps]) for name in (*own, *rest)},
        }

    def tidy(self) -> Any:
        """Return one row for each group and benchmark.

        Returns
        -------
        frame
            Columns group, benchmark, n, n_missing, estimate, std_error, benchmark_value, benchmark_std_error,
            difference with its error and limits, ratio with its limits, statistic, df, p_value. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, weight_kind, benchmark_error, conf_level.
        """
        first = [g for g in self.gaps if g.benchmark is self.gaps[0].benchmark]
        return new_frame(
            {
                "n": np.array([sum(g.sample.n for g in first)]),
                "n_missing": np.array([sum(g.n_missing for g in first)]),
                "weight_kind": [self.weight_kind],
                "benchmark_error": [self.benchmark_error],
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
        columns = self._columns()
        kept = _PRINTED if len({g.group for g in self.gaps}) > 1 else _PRINTED[1:]
        several = len(set(columns["benchmark"])) > 1
        said = "included in" if self.benchmark_error == "include" else "left out of"
        return (
            Table(
                key=f"comparison-{self.column}",
                title=f"Mean of {self.column} beside {'benchmarks' if several else 'the benchmark'}",
                lines=(
                    *self.lines,
                    f"{self.conf_level:.0%} limits; the benchmark's own error is {said} limits and tests",
                ),
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
        several = len({g.benchmark.key for g in self.gaps}) > 1
        return forest(
            [g.benchmark.key if several else g.group for g in self.gaps],
            [g.difference for g in self.gaps],
            [g.difference_low for g in self.gaps],
            [g.difference_high for g in self.gaps],
            groups=[g.group for g in self.gaps]
            if several and len({g.group for g in self.gaps}) > 1
            else None,
            title=f"{self.column}: sample minus benchmark",
            xlabel=f"difference, {self.gaps[0].benchmark.unit or 'units of the column'}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, rows, benchmarks, benchmark_error, weight_kind, conf_level and notes.
        """
        columns = self._columns()
        benchmarks = {g.benchmark.key: g.benchmark.to_dict() for g in self.gaps}
        return {
            "schema": 1,
            "kind": "comparison",
            "column": self.column,
            "rows": plain_rows(columns),
            "benchmarks": benchmarks,
            "benchmark_error": self.benchmark_error,
            "weight_kind": self.weight_kind,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
