"""What a comparison in the sample's mix gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.comparison._gap import Gap, gap_columns
from peerstats.comparison._printed import error_line, family_lines, p_columns
from peerstats.comparison._records import record_columns
from peerstats.plots import forest
from peerstats.results import (
    Column,
    LabelledResult,
    Table,
    cells_in_words,
    columns_in_words,
    plain,
    plain_rows,
    table_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.norms import Benchmark

__all__ = ["MixLevel", "MixPercentile", "MixResult"]

_OTHER = ("benchmark", "quantity", "cut", "n_ties", "conf_achieved", "test")  # columns that are of other gaps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixPercentile:
    """One percentile of a group beside that of the mixture; NaN where the mixture only bounds it."""

    group: str
    probability: float
    n: int
    n_missing: int
    estimate: float
    conf_low: float
    conf_high: float
    benchmark_value: float
    benchmark_low: float
    benchmark_high: float
    difference: float
    difference_low: float
    difference_high: float
    share: float
    share_low: float
    share_high: float
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixLevel:
    """One level of the mix in a group of respondents."""

    group: str
    level: str
    n: int
    share: float
    estimate: float
    benchmark: str
    benchmark_value: float
    benchmark_std_error: float
    date: str


_GROUP = Column(key="group", label="group", blank_repeats=True)
_MEANS = (
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="mean", kind="number", digits=2),
    Column(key="benchmark_value", label="standard", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_std_error", label="SE", kind="number", digits=3),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="ratio", label="ratio", kind="number", digits=3),
    Column(key="statistic", label="t", kind="number", digits=2),
)
_PERCENTILES = (
    Column(key="probability", label="share below", kind="percent", digits=0),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="sample", kind="number", digits=2),
    Column(key="benchmark_value", label="mixture", kind="number", digits=2),
    Column(key="benchmark_low", label="at least", kind="number", digits=2),
    Column(key="benchmark_high", label="at most", kind="number", digits=2),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="share", label="of the sample below", kind="percent", digits=1),
    Column(key="p_value", label="p", kind="p_value"),
)
_LEVELS = (
    Column(key="n", label="n", kind="integer"),
    Column(key="share", label="share", kind="percent", digits=1),
    Column(key="estimate", label="mean", kind="number", digits=2),
    Column(key="benchmark", label="benchmark"),
    Column(key="benchmark_value", label="value", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="date", label="date"),
)
_TITLES = {"mean": "Mean", "median": "Median", "percentiles": "Percentiles"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MixResult(LabelledResult):
    """A sample beside the benchmarks of the groups that it is made of.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    column : str
        What is compared.
    mix : str
        Column of the groups that have benchmarks.
    statistic : str
        What of it: mean, median or percentiles.
    gaps : tuple of Gap or MixPercentile
        The comparisons.
    mix_levels : tuple of MixLevel
        The mix of each group of respondents.
    benchmarks : mapping of str to Benchmark
        The benchmark of each level of the mix.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    adjust : str
        How p-values of means are adjusted for the family of all rows.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        Rows used and left out, and why.
    notes : tuple of str
        What the benchmarks are, and cautions.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> people = pd.DataFrame({"state": ["NC", "PA", "PA"] * 4, "wage": [15.0, 18.5, 20.0] * 4})
    >>> wages = {"NC": ps.benchmark(17.0, rse=1.2), "PA": ps.benchmark(20.0, rse=0.9)}
    >>> ps.compare_mix(people, "wage", wages, mix="state").levels()["share"].round(2).tolist()
    [0.33, 0.67]
    """

    column: str
    mix: str
    statistic: str
    gaps: tuple[Gap, ...] | tuple[MixPercentile, ...]
    mix_levels: tuple[MixLevel, ...]
    benchmarks: Mapping[str, Benchmark]
    weight_kind: str
    adjust: str = "none"
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _rows(self) -> dict[str, Any]:
        if self.statistic != "mean":
            return record_columns(self.gaps)
        found = gap_columns([each for each in self.gaps if isinstance(each, Gap)])
        return {name: column for name, column in found.items() if name not in _OTHER}

    def tidy(self) -> Any:
        """Return one row for each group of respondents, or percentile.

        Returns
        -------
        frame
            Of means: group, n, n_missing, estimate with its error and limits, benchmark_value,
            benchmark_std_error, difference with its error and limits, ratio with its limits, statistic, df,
            p_value; the limits and test with the benchmarks fixed (fixed_low, fixed_high, fixed_statistic,
            fixed_p_value); p_adjusted, effect_size, effect_sd, equivalence_margin, equivalence_p_value,
            verdict, screen. Of percentiles: group, probability, n, n_missing, estimate, conf_low,
            conf_high, benchmark_value (NaN where the mixture only bounds it), benchmark_low, benchmark_high,
            difference, difference_low, difference_high, share (of the sample below the value), share_low,
            share_high, statistic, df, p_value. Unrounded.
        """
        return new_frame(self._rows(), self.backend)

    def levels(self) -> Any:
        """Return the mix: one row for each group of respondents and level.

        Returns
        -------
        frame
            Columns group, level, n, share, estimate (the mean), benchmark, benchmark_value,
            benchmark_std_error, date.
        """
        return new_frame(record_columns(self.mix_levels), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, n_levels, weight_kind, conf_level.
        """
        rows = self._rows()
        first = np.unique(rows["group"], return_index=True)[1]
        return new_frame(
            {
                "n": np.array([rows["n"][first].sum()]),
                "n_missing": np.array([rows["n_missing"][first].sum()]),
                "n_levels": np.array([len(self.benchmarks)]),
                "weight_kind": [self.weight_kind],
                "conf_level": np.array([self.conf_level]),
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            The comparisons, and the mix.
        """
        words = self._words()
        column, mix = words.names([self.column, self.mix])
        gaps = cells_in_words(words, self._rows())
        levels = cells_in_words(words, record_columns(self.mix_levels), {"level": self.mix})
        several = (_GROUP,) if len(set(gaps["group"])) > 1 else ()
        lines = [*words.lines(self.lines), f"{self.conf_level:.0%} limits"]
        printed: tuple[Column, ...] = _PERCENTILES
        if self.statistic == "mean":
            means = [each for each in self.gaps if isinstance(each, Gap)]
            printed = (*_MEANS, *p_columns(means, self.adjust))
            lines[-1] += f"; {error_line(means)}"
            lines += family_lines(means, self.adjust, self.conf_level)
        elif not np.isnan(gaps["benchmark_value"]).any():
            printed = tuple(c for c in printed if c.key not in ("benchmark_low", "benchmark_high"))
        kept = columns_in_words(words, (*several, *printed))
        kept_levels = columns_in_words(words, (*several, Column(key="level", label=mix), *_LEVELS))
        return (
            Table(
                key=table_key("mix", self.column),
                title=f"{_TITLES[self.statistic]} of {column} beside benchmarks in the sample's mix of {mix}",
                lines=tuple(lines),
                columns=kept,
                rows=tuple(zip(*(gaps[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
            Table(
                key=table_key("mix", self.column, "levels"),
                title=f"The mix of {mix}",
                columns=kept_levels,
                rows=tuple(zip(*(levels[c.key] for c in kept_levels), strict=True)),
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
        words = self._words()
        column, mix = words.names([self.column, self.mix])
        rows, mean = cells_in_words(words, self._rows()), self.statistic == "mean"
        several = len(set(rows["group"])) > 1
        unit = next((each.unit for each in self.benchmarks.values() if each.unit), "units of the column")
        return forest(
            rows["group"] if mean else [f"P{100 * p:g}" for p in rows["probability"]],
            rows["difference"],
            rows["difference_low"],
            rows["difference_high"],
            groups=rows["group"] if several and not mean else None,
            title=f"{column}: sample minus benchmarks in its mix of {mix}",
            xlabel=f"difference, {unit}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, mix, statistic, rows, levels, benchmarks, weight_kind, adjust,
            conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "mix",
            "column": self.column,
            "mix": self.mix,
            "statistic": self.statistic,
            "rows": plain_rows(self._rows()),
            "levels": plain_rows(record_columns(self.mix_levels)),
            "benchmarks": {level: plain(each.to_dict()) for level, each in self.benchmarks.items()},
            "weight_kind": self.weight_kind,
            "adjust": self.adjust,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
