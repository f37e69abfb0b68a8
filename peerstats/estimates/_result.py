"""What `estimate` gives: a row for each column, group, and level or quantile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import forest
from peerstats.results import Column, LabelledResult, Table, cells_in_words, columns_in_words, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array

__all__ = ["EstimateResult"]

_TITLES = {
    "mean": "Means",
    "total": "Totals",
    "proportion": "Shares",
    "ratio": "Ratios",
    "quantile": "Quantiles",
}
_SCALES = {
    "logit": "logit",
    "beta": "Korn-Graubard",
    "asin": "arcsine",
    "xlogit": "logit",
    "quantile": "replicate",
}
_CROSSED = 2  # grouping columns that a plot can cross
_MOST_MARKS = 5  # marks that a line of `forest` has room for
_LARGE = 1_000  # numbers from here on print without decimals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EstimateResult(LabelledResult):
    """Estimates of a survey with the errors of its design.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    statistic : str
        What was estimated: mean, total, proportion, ratio or quantile.
    columns, by : tuple of str
        The columns, and those of the groups.
    labels : mapping of str to list of str
        The p rows in words: column, group, level and so on.
    numbers : mapping of str to (p,) array
        Estimates, errors, limits, counts and design effects.
    matrix : (p, p) float array or None
        Covariance of the estimates; `covariance()` gives it.
    n : int
        Respondents in the groups.
    df : float
        Degrees of freedom of the design in the subpopulation.
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
    >>> jobs = pd.DataFrame({"wage": [16.0, 17.5, 19.0, 15.5, 18.0, 21.0]})
    >>> ps.estimate(jobs, "wage").tidy()[["estimate", "std_error"]].round(3).iloc[0].tolist()
    [17.833, 0.823]
    """

    statistic: str
    columns: tuple[str, ...]
    by: tuple[str, ...]
    labels: Mapping[str, list[str | None]]
    numbers: Mapping[str, Array]
    matrix: Array | None
    n: int
    df: float
    variance: str
    weight_kind: str
    interval: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        return {**self.labels, **self.numbers}

    def _said(self) -> dict[str, Any]:
        """Return the columns in the words of the codebook, where there is one."""
        levels: dict[str, Any] = {name: name for name in self.by if len(self.by) > 1}
        if self.statistic == "proportion":
            levels["level"] = self.labels["column"]
        return cells_in_words(self._words(), self._columns(), levels)

    def tidy(self) -> Any:
        """Return one row for each column, group, and level or quantile.

        Returns
        -------
        frame
            Columns column, group (and each of several grouping columns), level of a share or denominator of a
            ratio, quantity, probability of a quantile, estimate, std_error, df, conf_low, conf_high, cv, n,
            n_missing, sum_weights, deff, design_effect. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        frame
            Columns quantity, n, df, variance, weight_kind, interval, conf_level.
        """
        return new_frame(
            {
                "quantity": [self.statistic],
                "n": np.array([self.n]),
                "df": np.array([self.df]),
                "variance": [self.variance],
                "weight_kind": [self.weight_kind],
                "interval": [self.interval],
                "conf_level": np.array([self.conf_level]),
            },
            self.backend,
        )

    def covariance(self) -> Array:
        """Return the covariance of the estimates.

        Returns
        -------
        (p, p) float array
            In the order of the rows of `tidy()`; between groups and columns too. NaN where replicates of one
            estimate have gaps that others have not.

        Raises
        ------
        InputError
            If the estimates are quantiles, whose errors come from limits one by one, or over 2,000.
        """
        if self.matrix is None:
            what = (
                "quantiles"
                if self.statistic == "quantile"
                else f"{len(self.numbers['estimate']):,} estimates"
            )
            raise InputError(
                f"covariance(): none is kept of {what}.",
                "Errors are in tidy(); ask for fewer columns or groups, or for means and shares.",
            )
        return self.matrix.copy()

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns, words = self._said(), self._words()
        names = ", ".join(words.names(self.columns))
        scale = _SCALES.get(self.interval)
        said = f"{self.conf_level:.0%} {scale + ' ' if scale else ''}limits"
        kept = columns_in_words(words, self._printed())
        return (
            Table(
                key=f"estimates-{self.statistic}",
                title=f"{_TITLES[self.statistic]} of {names}"
                + (f" by {' and '.join(words.names(self.by))}" if self.by else ""),
                lines=words.lines((*self.lines, said)),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
        )

    def _printed(self) -> list[Column]:
        found: list[Column] = []
        if len(self.columns) > 1:
            found.append(Column(key="column", label="column", blank_repeats=True))
        if self.by:
            last = self.statistic not in ("proportion", "quantile")
            found.append(Column(key="group", label="group", blank_repeats=not last))
        if self.statistic == "proportion":
            found.append(Column(key="level", label="level"))
        if self.statistic == "quantile":
            found.append(Column(key="probability", label="share below", kind="number", digits=2))
        share = self.statistic == "proportion"
        finite = np.abs(self.numbers["estimate"][np.isfinite(self.numbers["estimate"])])
        digits = 0 if len(finite) and finite.max() >= _LARGE else 2

        def number(key: str, label: str, more: int = 0) -> Column:
            if share:
                return Column(key=key, label=label, kind="percent", digits=1)
            return Column(key=key, label=label, kind="number", digits=digits + (more if digits else 0))

        word = {"quantile": "quantile", "proportion": "share"}.get(self.statistic, self.statistic)
        found += [
            Column(key="n", label="n", kind="integer"),
            number("estimate", word),
            number("std_error", "SE", 1),
            number("conf_low", "low"),
            number("conf_high", "high"),
        ]
        if self.statistic != "quantile":
            found.append(Column(key="deff", label="deff", kind="number", digits=2))
        return found

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the estimates with their limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        found, words = self._said(), self._words()
        percent = 100.0 if self.statistic == "proportion" else 1.0
        if self.statistic == "proportion":
            inner = [str(each) for each in found["level"]]
        elif self.statistic == "quantile":
            inner = [f"{each:g}" for each in found["probability"]]
        else:
            inner = [""] * len(found["column"])
        parts = [
            ([str(column)] if len(self.columns) > 1 else [])
            + ([str(group)] if self.by else [])
            + ([each] if each else [])
            for column, group, each in zip(found["column"], found["group"], inner, strict=True)
        ]
        labels = [part[-1] if part else words.name(self.columns[0]) for part in parts]
        series = None
        if len(self.by) == _CROSSED and inner == [""] * len(inner):
            # groups by two columns: a line for the first, a mark for the second
            between = ": " if words else " "
            second = [f"{words.name(self.by[1])}{between}{each}" for each in found[self.by[1]]]
            if len(set(second)) <= _MOST_MARKS:
                series, labels = second, [str(each) for each in found[self.by[0]]]
        headings = [", ".join(part[:-1]) for part in parts]
        unit = {"proportion": "share, %", "total": "total", "ratio": "ratio", "quantile": "quantile"}
        return forest(
            labels,
            percent * found["estimate"],
            percent * found["conf_low"],
            percent * found["conf_high"],
            reference=None,
            groups=headings if any(headings) else None,
            series=series,
            title=self.tables()[0].title,
            xlabel=f"{unit.get(self.statistic, 'mean')}, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, statistic, columns, by, rows, n, df, variance, weight_kind, interval,
            conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "estimates",
            "statistic": self.statistic,
            "columns": list(self.columns),
            "by": list(self.by),
            "rows": plain_rows(self._columns()),
            "n": self.n,
            "df": self.df,
            "variance": self.variance,
            "weight_kind": self.weight_kind,
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
