"""What a regression-adjusted gap gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.comparison._gap import gap_columns
from peerstats.comparison._printed import error_line, p_columns
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

if TYPE_CHECKING:
    from peerstats.comparison._gap import Gap
    from peerstats.postfit import ModelFit

__all__ = ["AdjustedGapResult"]

_KEPT = (
    *("n", "n_missing", "estimate", "std_error", "conf_low", "conf_high"),
    *("benchmark_value", "benchmark_std_error"),
    *("difference", "difference_std_error", "difference_low", "difference_high"),
    *("statistic", "df", "p_value", "fixed_low", "fixed_high", "fixed_statistic", "fixed_p_value"),
)

_PRINTED = (
    Column(key="group", label="group", blank_repeats=True),
    Column(key="adjustment", label="gap"),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="mean", kind="number", digits=2),
    Column(key="benchmark_value", label="expected", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_std_error", label="SE", kind="number", digits=3),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="statistic", label="t", kind="number", digits=2),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AdjustedGapResult(LabelledResult):
    """A sample's mean beside what microdata predict for people like its own.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    column : str
        What is compared.
    name : str
        The microdata.
    gaps : tuple of Gap
        For each group the gap as it stands, and adjusted.
    fit : ModelFit
        The model of the microdata; no respondent is in it.
    weight_kind : str
        Kind of the sample's weights: none, sampling or frequency.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        Rows used and left out in both surveys, and the model.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> nation = pd.DataFrame({"score": [50, 54, 58, 62, 49, 57] * 10, "age": [20, 30, 40, 50, 25, 45] * 10})
    >>> sample = pd.DataFrame({"score": [49.0, 50.0, 55.0, 52.0] * 5, "age": [22, 35, 48, 30] * 5})
    >>> ps.adjusted_gap(sample, "score", nation, "score ~ age").glance()["n"].tolist()
    [20]
    """

    column: str
    name: str
    gaps: tuple[Gap, ...]
    fit: ModelFit
    weight_kind: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        found = gap_columns(self.gaps)
        return {"group": found["group"], "adjustment": found["quantity"]} | {c: found[c] for c in _KEPT}

    def tidy(self) -> Any:
        """Return one row for each group and gap.

        Returns
        -------
        frame
            Columns group, adjustment (unadjusted, adjusted), n, n_missing, estimate with its error and
            limits, benchmark_value (the microdata's mean, or what they predict), benchmark_std_error,
            difference with its error and limits, statistic, df, p_value; the limits and test with the
            microdata fixed (fixed_low, fixed_high, fixed_statistic, fixed_p_value). Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, r_squared (of the microdata's model), weight_kind, conf_level.
        """
        first = {each.group: each for each in self.gaps}.values()
        return new_frame(
            {
                "n": np.array([sum(each.sample.n for each in first)]),
                "n_missing": np.array([sum(each.n_missing for each in first)]),
                "r_squared": np.array([self.fit.r_squared], dtype=float),
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
            One table.
        """
        words = self._words()
        columns = cells_in_words(words, self._columns())
        kept = columns_in_words(words, [*_PRINTED, *p_columns(self.gaps)])
        if len(set(columns["group"])) == 1:
            del kept[0]
        return (
            Table(
                key=table_key("adjusted-gap", self.column),
                title=f"Mean of {words.name(self.column)} beside {self.name}, as it stands and adjusted",
                lines=(*words.lines(self.lines), f"{self.conf_level:.0%} limits; {error_line(self.gaps)}"),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the gaps with their limits, the microdata's error included.

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
        columns = cells_in_words(words, self._columns())
        return forest(
            columns["adjustment"],
            columns["difference"],
            columns["difference_low"],
            columns["difference_high"],
            groups=columns["group"] if len(set(columns["group"])) > 1 else None,
            title=f"{words.name(self.column)}: sample minus {self.name}",
            xlabel=f"difference, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, name, rows, fit, weight_kind, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "adjusted_gap",
            "column": self.column,
            "name": self.name,
            "rows": plain_rows(self._columns()),
            "fit": self.fit.to_dict(),
            "weight_kind": self.weight_kind,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
