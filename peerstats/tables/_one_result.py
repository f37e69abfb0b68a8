"""What table_one gives: characteristics by group, tests and standardised differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import love_plot
from peerstats.results import LabelledResult, Table, date_text, plain_rows
from peerstats.tables._one_print import print_table

if TYPE_CHECKING:
    from peerstats.tables._one_record import Characteristic

__all__ = ["TableOneResult"]

_NUMBERS = ("mean", "sd", "median", "q1", "q3")
_QUARTILES = ("median", "q1", "q3")
_TESTED = ("statistic", "df", "df_denominator", "p_value")


def _day(x: float) -> str | None:
    """Write days since 1970-01-01 as a date."""
    return None if np.isnan(x) else date_text(x)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TableOneResult(LabelledResult):
    """Characteristics of a sample, by group: made by `table_one`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    characteristics : tuple of Characteristic
        One a column of the data.
    by, by_label : str or None
        Column of groups and what is printed for it.
    groups : tuple of str
        The groups; one, "all", without `by`.
    overall : bool
        Whether the whole sample is told beside the groups.
    missing : {"rows", "levels", "none"}
        How missing values are printed.
    adjust : {"none", "holm", "bh", "sidak"}
        Adjustment of p-values.
    smd : {"none", "mean", "max"}
        Which standardised differences there are.
    weight_kind : {"none", "sampling", "frequency"}
        What the weights mean.
    n : int
        Respondents.
    n_by_group : tuple of int
        Respondents of each group.
    lines : tuple of str
        What was done.
    notes : tuple of str
        What a reader must know.
    backend : str
        The library of the frames.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> result = ps.table_one(people[people["wave"] == 1], ["age", "veteran"], by="rurality")
    >>> result.groups
    ('rural', 'suburban', 'urban')
    """

    characteristics: tuple[Characteristic, ...]
    by: str | None
    by_label: str | None
    groups: tuple[str, ...]
    overall: bool
    missing: str
    adjust: str
    smd: str
    weight_kind: str
    n: int
    n_by_group: tuple[int, ...]
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        """Return the tidy columns."""
        several = self.by is not None
        shown = ([0] if self.overall else []) + (list(range(1, len(self.groups) + 1)) if several else [])
        names = ["all", *self.groups]
        cells: list[tuple[Any, ...]] = []
        for row in self.characteristics:
            d, compared = row.description, row.compared
            levels: list[int | None] = [None]
            if row.summary == "count":
                levels = [1] if row.kind == "truth" else list(range(len(row.levels)))
            cells += [
                (
                    row.name,
                    None if i is None else row.levels[i],
                    names[j],
                    d.n[j],
                    d.n_missing[j],
                    *(getattr(d, name)[j] for name in _NUMBERS),
                    np.nan if i is None else d.counts[i, j],
                    np.nan if i is None else d.shares[i, j],
                    compared.test,
                    *(getattr(compared, name) for name in _TESTED),
                    row.p_adjusted,
                    compared.smd,
                    compared.smd_unweighted,
                )
                for i in levels
                for j in shown
            ]
        keys = (
            *("column", "level", "group", "n", "n_missing", *_NUMBERS, "count", "share", "test"),
            *(*_TESTED, "p_adjusted", "smd", "smd_unweighted"),
        )
        found = dict(zip(keys, map(list, zip(*cells, strict=True)), strict=True))
        days = [row.name for row in self.characteristics if row.kind == "date"]
        dated = [name in days for name in found["column"]]
        written = {
            f"{name}_date": [
                _day(x) if is_date else None for x, is_date in zip(found[name], dated, strict=True)
            ]
            for name in (_QUARTILES if days else ())
        }
        for name in _NUMBERS if days else ():
            # days since 1970 are no numbers to read
            found[name] = [np.nan if is_date else x for x, is_date in zip(found[name], dated, strict=True)]
        text, whole = ("column", "level", "group", "test"), ("n", "n_missing")
        made = {
            key: values if key in text else np.array(values, dtype=np.int64 if key in whole else float)
            for key, values in found.items()
        }
        return {**made, **written}

    def tidy(self) -> Any:
        """Return one row for each column, level and group.

        Returns
        -------
        frame
            Columns column, level, group, n, n_missing, mean, sd, median, q1, q3, count, share, test,
            statistic, df, df_denominator, p_value, p_adjusted, smd, smd_unweighted. Unrounded; what
            compares the groups stands in every row of its column. A truth value has the row of "yes" only.
            Where a column holds dates also median_date, q1_date and q3_date, text as 2026-01-31.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, n_groups, n_tests and weight_kind.
        """
        n_tests = sum(row.compared.test is not None for row in self.characteristics)
        return new_frame(
            {
                "n": np.array([self.n]),
                "n_groups": np.array([len(self.groups)]),
                "n_tests": np.array([n_tests]),
                "weight_kind": [self.weight_kind],
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
        return (print_table(self),)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the standardised differences, largest first; with weights before and after weighting.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the table has none.
        MissingExtraError
            If matplotlib is not installed.
        """
        if self.smd == "none" or len(self.groups) == 1:
            raise InputError(
                "TableOneResult.plot(): the table has no standardised differences.",
                "Ask for them: table_one(by=..., smd=True).",
            )
        rows = self.characteristics
        series = {"SMD": [row.compared.smd for row in rows]}
        if not all(np.isnan(row.compared.smd_unweighted) for row in rows):
            series = {"unweighted": [row.compared.smd_unweighted for row in rows], "weighted": series["SMD"]}
        return love_plot(
            [row.label for row in rows],
            series,
            title=f"Differences by {self.by_label}",
            xlabel={"mean": "Mean standardised difference", "max": "Largest standardised difference"}[
                self.smd
            ]
            if len(self.groups) > 2  # noqa: PLR2004  (two groups have one difference)
            else "Standardised difference",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, by, groups, n, n_by_group, rows, adjust, smd, weight_kind, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "table_one",
            "by": self.by,
            "groups": list(self.groups),
            "n": self.n,
            "n_by_group": list(self.n_by_group),
            "rows": plain_rows(self._columns()),
            "adjust": self.adjust,
            "smd": self.smd,
            "weight_kind": self.weight_kind,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
