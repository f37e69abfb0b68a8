"""What margins, means and contrasts have in common: estimates with a covariance, and how they print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats._core.labels import Words
    from peerstats.typing import Array

__all__ = ["EffectsResult", "cells_as_text", "heading_of", "spoken"]

_LABELS = {
    "outcome": "Outcome",
    "variable": "Variable",
    "change": "Change",
    "level": "Level",
    "term": "Term",
    "group": "Group",
}
_LARGE = 100.0  # estimates from here on print with fewer decimals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EffectsResult(LabelledResult):
    """Estimates made from a fit, with their covariance.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model, formula, outcome : str
        The model, its formula and its outcome.
    labels : mapping of str to list
        The R rows in words: outcome, variable, change and so on.
    numbers : mapping of str to (R,) float array
        Estimates, errors, limits, and what they are made at.
    matrix : (R, R) float array
        Covariance of the estimates; `covariance()` gives it.
    n : int
        Rows averaged over.
    df : float
        Degrees of freedom; infinite where the normal is used.
    errors : str
        Kind of the errors: delta, unconditional or replicate.
    variance : str
        Kind of the fit's covariance.
    conf_level : float
        Confidence level of the limits.
    title : str
        What it is.
    lines, notes : tuple of str
        What was averaged, and what to keep in mind.
    backend : str
        Library of the tables.
    over : str or None
        Column whose groups the rows of the result are of.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21], "trained": [0, 1, 0, 1]})
    >>> ps.linear("wage ~ trained", jobs).margins().covariance().round(2)
    array([[2.5]])
    """

    # columns that the title names already, where they have one value
    _HIDDEN: ClassVar[tuple[str, ...]] = ("outcome", "variable")

    model: str
    formula: str
    outcome: str
    labels: Mapping[str, list[Any]]
    numbers: Mapping[str, Array]
    matrix: Array
    n: int
    df: float
    errors: str
    variance: str
    conf_level: float
    title: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str
    over: str | None = None

    def __post_init__(self) -> None:
        self.matrix.flags.writeable = False

    def _columns(self) -> dict[str, Any]:
        return {**self.labels, **self.numbers}

    def _said(self) -> dict[str, Any]:
        """Return the columns in the words of the codebook, where there is one."""
        return spoken(self._columns(), self._words(), outcome=self.outcome, over=self.over)

    def _in_words(self, line: str) -> str:
        within = f", within {self.over}"
        ends = self.over is not None and line.endswith(within)
        return f"{line.removesuffix(within)}, within {self._words().name(str(self.over))}" if ends else line

    def tidy(self) -> Any:
        """Return one row per estimate, unrounded.

        Returns
        -------
        frame
            In the caller's library: what the row is (outcome, variable, change or level, group, and a column
            for each variable that `at` sets), then estimate, std_error, limits and tests.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        frame
            Columns n, df, errors, variance, conf_level.
        """
        return new_frame(
            {
                "n": np.array([self.n]),
                "df": np.array([float(self.df)]),
                "errors": [self.errors],
                "variance": [self.variance],
                "conf_level": np.array([self.conf_level]),
            },
            self.backend,
        )

    def covariance(self) -> Array:
        """Return the covariance of the estimates.

        Returns
        -------
        (R, R) float array
            In the order of the rows of `tidy()`.
        """
        return self.matrix.copy()

    def _is_share(self) -> bool:
        return self.labels["outcome"][0] != "estimate" and "term" not in self.labels

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        cells = self._said()
        kept = self._printed(cells)
        rows = tuple(zip(*(cells[column.key] for column in kept), strict=True))
        return (
            Table(
                key=type(self).__name__.removesuffix("Result").lower(),
                title=self.title,
                columns=kept,
                rows=rows,
                lines=[self._in_words(line) for line in self.lines],
                notes=self.notes,
            ),
        )

    def _printed(self, cells: Mapping[str, Any]) -> list[Column]:
        finite = np.abs(self.numbers["estimate"][np.isfinite(self.numbers["estimate"])])
        digits = 2 if len(finite) and finite.max() >= _LARGE else 4 if self._is_share() else 3
        level = f"{100 * self.conf_level:g}%"
        known = {
            "estimate": "Estimate",
            "std_error": "Std. error",
            "conf_low": f"{level} low",
            "conf_high": f"{level} high",
        }
        found: list[Column] = []
        for key, values in cells.items():
            if key in known:
                found.append(Column(key=key, label=known[key], kind="number", digits=digits))
            elif key in ("p_value", "p_adjusted"):
                label = "p" if key == "p_value" else "Adjusted p"
                found.append(Column(key=key, label=label, kind="p_value"))
            elif key not in ("statistic", "df"):
                if key in self._HIDDEN and len(set(values)) == 1:
                    continue
                text = isinstance(values, list)
                label = _LABELS.get(key) or self._words().name(key)
                first = key in ("outcome", "variable", "group", "term")
                found.append(
                    Column(
                        key=key, label=label, kind="text" if text else "number", blank_repeats=text and first
                    )
                )
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, model, formula, outcome, rows, covariance, n, df, errors, variance, conf_level,
            title, lines and notes.
        """
        return {
            "schema": 1,
            "kind": type(self).__name__.removesuffix("Result").lower(),
            "model": self.model,
            "formula": self.formula,
            "outcome": self.outcome,
            "rows": plain_rows(self._columns()),
            "covariance": [[float(x) if np.isfinite(x) else None for x in row] for row in self.matrix],
            "n": self.n,
            "df": float(self.df) if np.isfinite(self.df) else "inf",
            "errors": self.errors,
            "variance": self.variance,
            "conf_level": self.conf_level,
            "title": self.title,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }


def cells_as_text(values: Any, i: int) -> str:
    """Return one cell of a column as text."""
    return f"{values[i]:g}" if isinstance(values, np.ndarray) else str(values[i])


def spoken(
    columns: Mapping[str, Any], words: Words, *, outcome: str, over: str | None = None
) -> dict[str, Any]:
    """Return columns of a result that was made of a fit in words: outcomes, terms, levels and changes."""
    found = dict(columns)
    if not words:
        return found
    variables = [str(each) for each in columns.get("variable", ())]
    for key, values in columns.items():
        if isinstance(values, np.ndarray):
            continue
        if key in ("outcome", "other_outcome", "omitted"):
            found[key] = [words.change(outcome, each) for each in words.levels(outcome, values)]
        elif key in ("term", "largest_term"):
            found[key] = words.names(values)
        elif key == "variable":
            found[key] = [words.joined(each, ", ") for each in variables]
        elif key == "change":
            found[key] = [words.change(name, each) for name, each in zip(variables, values, strict=True)]
        elif key == "level":
            found[key] = [
                words.crossed(name.split(", "), each) for name, each in zip(variables, values, strict=True)
            ]
        elif key == "group":
            found[key] = values if over is None else words.levels(over, values)
        else:
            found[key] = words.levels(key.removeprefix("at_"), values)
    return found


def heading_of(labels: Mapping[str, Any], keys: list[str], i: int, words: Words) -> str:
    """Return what a row stands under: its outcome, group and what everybody is given."""
    told = [
        cells_as_text(labels[key], i)
        if key in ("outcome", "group")
        else f"{words.name(key)}{': ' if words else ' '}{cells_as_text(labels[key], i)}"
        for key in keys
    ]
    return ", ".join(told)
