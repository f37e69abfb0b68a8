"""What a regression-adjusted gap gives."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.postfit import ModelFit

__all__ = ["AdjustedGapResult", "AdjustedRow"]

_PRINTED = (
    Column(key="group", label="group", blank_repeats=True),
    Column(key="adjustment", label="gap", blank_repeats=True),
    Column(key="benchmark_error", label="microdata's error"),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="mean", kind="number", digits=2),
    Column(key="benchmark_value", label="expected", kind="number", digits=2),
    Column(key="benchmark_std_error", label="its SE", kind="number", digits=3),
    Column(key="difference", label="difference", kind="number", digits=2),
    Column(key="difference_std_error", label="SE", kind="number", digits=3),
    Column(key="difference_low", label="low", kind="number", digits=2),
    Column(key="difference_high", label="high", kind="number", digits=2),
    Column(key="statistic", label="t", kind="number", digits=2),
    Column(key="p_value", label="p", kind="p_value"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdjustedRow:
    """One gap of one group: as it stands or adjusted, the microdata's error included or ignored."""

    group: str
    adjustment: str
    benchmark_error: str
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
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AdjustedGapResult(Result):
    """A sample's mean beside what microdata predict for people like its own.

    Parameters
    ----------
    column : str
        What is compared.
    name : str
        The microdata.
    rows : tuple of AdjustedRow
        The gaps.
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
    rows: tuple[AdjustedRow, ...]
    fit: ModelFit
    weight_kind: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        found = [asdict(row) for row in self.rows]
        return {
            each.name: [row[each.name] for row in found]
            if isinstance(found[0][each.name], str)
            else np.array([row[each.name] for row in found])
            for each in fields(AdjustedRow)
        }

    def tidy(self) -> Any:
        """Return one row for each group, gap and version.

        Returns
        -------
        frame
            Columns group, adjustment (unadjusted, adjusted), benchmark_error (include, ignore), n, n_missing,
            estimate, std_error, benchmark_value (the microdata's mean, or what they predict),
            benchmark_std_error, difference with its error and limits, statistic, df, p_value. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole comparison.

        Returns
        -------
        frame
            Columns n, n_missing, r_squared (of the microdata's model), weight_kind, conf_level.
        """
        first = {row.group: row for row in self.rows}.values()
        return new_frame(
            {
                "n": np.array([sum(row.n for row in first)]),
                "n_missing": np.array([sum(row.n_missing for row in first)]),
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
        columns = self._columns()
        kept = _PRINTED if len(set(columns["group"])) > 1 else _PRINTED[1:]
        return (
            Table(
                key=f"adjusted-gap-{self.column}",
                title=f"Mean of {self.column} beside {self.name}, as it stands and adjusted",
                lines=(*self.lines, f"{self.conf_level:.0%} limits"),
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
        rows = [row for row in self.rows if row.benchmark_error == "include"]
        several = len({row.group for row in rows}) > 1
        return forest(
            [row.adjustment for row in rows],
            [row.difference for row in rows],
            [row.difference_low for row in rows],
            [row.difference_high for row in rows],
            groups=[row.group for row in rows] if several else None,
            title=f"{self.column}: sample minus {self.name}",
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
