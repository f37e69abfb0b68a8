"""The printed face of a table of characteristics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.labels import Words
from peerstats.results import Column, Count, Counts, Numbers, Table

if TYPE_CHECKING:
    from peerstats.tables._one_record import Characteristic
    from peerstats.tables._one_result import TableOneResult

__all__ = ["print_table"]

_SUMMARIES = {"mean_sd": "mean (SD)", "median_iqr": "median (IQR)"}
_FIRST = 2  # columns before those of the groups: the characteristic, and how many have a value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Body:
    """Rows as they grow, and the counts that they show.

    Attributes
    ----------
    shown : list of int
        Columns of the description that are printed: 0 is the whole sample.
    tail : int
        Cells after those of the groups.
    rows, indents, counts, sums : list
        As `Table` and `Counts` take them.
    """

    shown: list[int]
    tail: int
    rows: list[list[Any]] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)

    def add(self, label: str, cells: list[Any], *, indent: int = 0, value: Any = None, tail: Any = ()) -> int:
        """Add a row; return its position."""
        self.rows.append([label, value, *cells, *(tail or [None] * self.tail)])
        self.indents.append(indent)
        return len(self.rows) - 1

    def count(self, n: float, row: int | None, j: int, *, value_row: int | None = None) -> int:
        """Note a count of the description's column j, shown in a row; return its position."""
        cells = [(row, _FIRST + self.shown.index(j))] if row is not None and j in self.shown else []
        if value_row is not None and j == 0:
            cells.append((value_row, 1))
        self.counts.append(Count(n=round(n), cells=cells))
        return len(self.counts) - 1

    def across(self, n: Any, row: int | None, *, value_row: int | None = None) -> list[int]:
        """Note counts of all columns, whose first is the sum of the others."""
        places = [self.count(float(each), row, j, value_row=value_row) for j, each in enumerate(n)]
        self.sums.append((places[0], places[1:]))
        return places


def _cells(row: Characteristic, shown: list[int], i: int | None) -> list[Numbers]:
    """Return the cells of a column of numbers, or of level i."""
    d = row.description
    if i is not None:
        return [
            Numbers(
                pattern="count_percent",
                values=(float(d.counts[i, j]), float(d.shares[i, j])),
                digits=row.digits,
            )
            if d.n[j]
            else Numbers(pattern="count_percent", values=(None, None))
            for j in shown
        ]
    if row.summary == "mean_sd":
        return [
            Numbers(pattern="mean_sd", values=(float(d.mean[j]), float(d.sd[j])), digits=row.digits)
            for j in shown
        ]
    return [
        Numbers(
            pattern="median_iqr_dates" if row.kind == "date" else "median_iqr",
            values=(float(d.median[j]), float(d.q1[j]), float(d.q3[j])),
            digits=row.digits,
        )
        for j in shown
    ]


def _add(body: _Body, row: Characteristic, tail: list[Any], missing: str, totals: list[int]) -> None:
    """Add the rows of one column of the data, and their counts."""
    d = row.description
    value = float(d.n[0])
    parts: list[list[int]] = []  # of the columns with a value, by level
    if row.summary != "count":
        main = body.add(
            f"{row.label}, {_SUMMARIES[row.summary]}", _cells(row, body.shown, None), value=value, tail=tail
        )
        valued = body.across(d.n, main, value_row=main)
    elif row.kind == "truth":
        main = body.add(row.label, _cells(row, body.shown, 1), value=value, tail=tail)
        valued = body.across(d.n, main, value_row=main)
        # a share of yes tells those who say no
        parts = [body.across(d.counts[i], main) for i in (0, 1)]
    else:
        main = body.add(row.label, [None] * len(body.shown), value=value, tail=tail)
        places = [body.add(level, _cells(row, body.shown, i), indent=1) for i, level in enumerate(row.levels)]
        valued = body.across(d.n, None, value_row=main)
        parts = [body.across(d.counts[i], place) for i, place in enumerate(places)]
        for at, j in enumerate(valued):
            # every share of a group stands over its number of values
            own = body.counts[j]
            below = [(place, _FIRST + body.shown.index(at)) for place in places] if at in body.shown else []
            body.counts[j] = Count(n=own.n, cells=[*own.cells, *below])
    if parts:
        body.sums.extend((total, [part[j] for part in parts]) for j, total in enumerate(valued))
    if not d.n_missing[0]:
        body.sums.extend((total, [valued[j]]) for j, total in enumerate(totals))
        return
    shown = None
    if missing == "rows":
        cells = [Numbers(pattern="integer", values=(float(d.n_missing[j]),)) for j in body.shown]
        shown = body.add("missing, n", cells, indent=1)
    absent = body.across(d.n_missing, shown)
    body.sums.extend((total, [valued[j], absent[j]]) for j, total in enumerate(totals))


def print_table(result: TableOneResult) -> Table:
    """Lay the result out as it is printed.

    Parameters
    ----------
    result : TableOneResult
        The result.

    Returns
    -------
    Table
        The number of respondents, then one row a column of the data or a level.
    """
    several = result.by is not None
    names = ["Overall", *result.groups]
    shown = ([0] if result.overall else []) + (list(range(1, len(names))) if several else [])
    tested = any(row.compared.test is not None for row in result.characteristics)
    with_smd = result.smd != "none" and len(result.groups) > 1
    columns = [
        Column(key="characteristic", label="Characteristic"),
        Column(key="n", label="With value", kind="integer"),
        *(Column(key=f"group_{j}", label=names[j], kind="number") for j in shown),
    ]
    if tested:
        columns += [Column(key="p_value", label="p", kind="p_value"), Column(key="test", label="Test")]
    if with_smd:
        columns.append(Column(key="smd", label="SMD", kind="number", digits=3))
    body = _Body(shown=shown, tail=len(columns) - _FIRST - len(shown))
    n = [result.n, *result.n_by_group]
    first = body.add("Respondents, n", [Numbers(pattern="integer", values=(n[j],)) for j in shown])
    totals = body.across(n, first)
    for row in result.characteristics:
        tail: list[Any] = []
        if tested:
            tail += [None if np.isnan(row.p_adjusted) else row.p_adjusted, row.compared.test]
        if with_smd:
            tail.append(row.compared.smd)
        _add(body, row, tail, result.missing, totals)
    return Table(
        key="table-one",
        title="Characteristics" + (f" by {result.by_label}" if several else ""),
        columns=columns,
        rows=body.rows,
        indents=body.indents,
        lines=Words(result.codebook).lines(result.lines),
        notes=result.notes,
        counts=Counts(counts=body.counts, sums=body.sums),
    )
