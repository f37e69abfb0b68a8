"""What a comparison gives: a row for each group and benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.comparison._gap import Gap, gap_columns
from peerstats.comparison._percentiles import BinTest, bin_test_columns
from peerstats.comparison._printed import comparison_tables
from peerstats.errors import InputError
from peerstats.plots import forest
from peerstats.results import LabelledResult, Table, plain_rows

__all__ = ["ComparisonResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ComparisonResult(LabelledResult):
    """Estimates beside benchmarks, both with their errors.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    column : str
        What is compared.
    statistic : str
        Of what kind: mean, median, percentiles or proportion.
    gaps : tuple of Gap
        One for each group and benchmark, and percentile.
    joints : tuple of BinTest
        For percentiles: all of them at once, one for each group and benchmark.
    benchmark_error : str
        "include" or "ignore": whether the comparison goes by limits and tests that hold the benchmark's own
        error.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    adjust : str
        How p-values are adjusted for the family of all rows.
    interval : str
        Kind of the limits of shares; empty for other statistics.
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
    >>> gap.tidy()[["statistic", "fixed_statistic"]].round(2).iloc[0].tolist()
    [-13.1, -14.05]
    """

    column: str
    statistic: str = "mean"
    gaps: tuple[Gap, ...]
    joints: tuple[BinTest, ...] = ()
    benchmark_error: str
    weight_kind: str
    adjust: str = "none"
    interval: str = ""
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        return gap_columns(self.gaps)

    def tidy(self) -> Any:
        """Return one row for each group and benchmark, and percentile.

        Returns
        -------
        frame
            Columns group, benchmark, quantity, cut, n, n_missing, n_ties, estimate, std_error, conf_low,
            conf_high, conf_achieved, benchmark_value, benchmark_std_error (missing where none is published),
            difference with its error and limits, ratio with its limits, test, statistic, df, p_value; the
            limits and test with the benchmark fixed (fixed_low, fixed_high, fixed_statistic, fixed_p_value);
            p_adjusted, effect_size, effect_sd, equivalence_margin, equivalence_p_value, verdict, screen.
            Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def _joints(self, call: str) -> tuple[BinTest, ...]:
        if not self.joints:
            raise InputError(
                f"{call}(): this compares a {self.statistic}.",
                'All percentiles at once are tested by compare(..., statistic="percentiles").',
            )
        return self.joints

    def joint(self) -> Any:
        """Return the tests of all percentiles at once.

        Returns
        -------
        frame
            Columns group, benchmark, n, n_bins, test, chi_square, statistic, df_numerator, df_denominator,
            p_value: Pearson's chi-square, or Rao and Scott's F and chi-square.

        Raises
        ------
        InputError
            If the comparison is not of percentiles.
        """
        self._joints("joint")
        return new_frame(bin_test_columns(self.joints), self.backend)

    def bins(self) -> Any:
        """Return the shares between the percentiles.

        Returns
        -------
        frame
            Columns group, benchmark, bin, n, share, expected_share.

        Raises
        ------
        InputError
            If the comparison is not of percentiles.
        """
        rows = [(each, k) for each in self._joints("bins") for k in range(len(each.bins))]
        return new_frame(
            {
                "group": [each.group for each, _ in rows],
                "benchmark": [each.benchmark for each, _ in rows],
                "bin": [each.bins[k] for each, k in rows],
                "n": np.array([each.n for each, _ in rows]),
                "share": np.array([each.shares[k] for each, k in rows]),
                "expected_share": np.array([each.expected[k] for each, k in rows]),
            },
            self.backend,
        )

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, weight_kind, benchmark_error, conf_level.
        """
        first = {g.group: g for g in reversed(self.gaps)}.values()
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
            One table; for percentiles a second one of all at once.
        """
        return comparison_tables(self, self._columns(), bin_test_columns(self.joints))

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
        gaps, words = self.gaps, self._words()
        keys = [g.benchmark.key for g in gaps]
        ladder = self.statistic == "percentiles"
        parts = [
            ([words.group(g.group)] if len({each.group for each in gaps}) > 1 else [])
            + ([key] if len(set(keys)) > 1 else [])
            + ([g.quantity] if ladder else [])
            for g, key in zip(gaps, keys, strict=True)
        ]
        headings = [", ".join(part[:-1]) for part in parts]
        share = ladder or self.statistic == "proportion"
        scale = 100.0 if share else 1.0
        unit = "percentage points" if share else gaps[0].benchmark.unit or "units of the column"
        return forest(
            [part[-1] if part else words.group(g.group) for part, g in zip(parts, gaps, strict=True)],
            [scale * g.difference for g in gaps],
            [scale * g.used.low for g in gaps],
            [scale * g.used.high for g in gaps],
            groups=headings if any(headings) else None,
            title=f"{words.name(self.column)}: sample minus benchmark",
            xlabel=f"difference, {unit}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, statistic, rows, joint, benchmarks, benchmark_error, weight_kind,
            adjust, interval, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "comparison",
            "column": self.column,
            "statistic": self.statistic,
            "rows": plain_rows(self._columns()),
            "joint": plain_rows(bin_test_columns(self.joints)),
            "benchmarks": {g.benchmark.key: g.benchmark.to_dict() for g in self.gaps},
            "benchmark_error": self.benchmark_error,
            "weight_kind": self.weight_kind,
            "adjust": self.adjust,
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
