"""The printed face of a table of characteristics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.results import Column, Table, format_cell

if TYPE_CHECKING:
    from peerstats.tables._one_record import Characteristic
    from peerstats.tables._one_result import TableOneResult

__all__ = ["print_table"]

_INDENT = "\u00a0\u00a0"  # blanks that no renderer drops
_SHARE_DIGITS = 1
_SUMMARIES = {"mean_sd": "mean (SD)", "median_iqr": "median (IQR)"}


def _number(value: float, digits: int) -> str:
    return format_cell(float(value), "number", digits)


def _counted(count: float, share: float, digits: int) -> str:
    if np.isnan(share):
        return ""
    return f"{format_cell(float(count), 'integer', 0)} ({format_cell(float(share), 'percent', digits)})"


def _spread(row: Characteristic, j: int) -> str:
    d, digits = row.description, row.digits
    if not d.n[j]:
        return ""
    if row.summary == "mean_sd":
        sd = _number(d.sd[j], digits)
        return f"{_number(d.mean[j], digits)} ({sd})" if sd else _number(d.mean[j], digits)
    return f"{_number(d.median[j], digits)} ({_number(d.q1[j], digits)} to {_number(d.q3[j], digits)})"


def _rows(row: Characteristic, shown: list[int], missing: str) -> list[tuple[str, bool, list[str]]]:
    """Return label, whether the comparison stands there, and cells of each printed row."""
    d = row.description
    found: list[tuple[str, bool, list[str]]]
    if row.summary != "count":
        found = [(f"{row.label}, {_SUMMARIES[row.summary]}", True, [_spread(row, j) for j in shown])]
    elif row.kind == "truth":
        found = [(row.label, True, [_counted(d.counts[1, j], d.shares[1, j], row.digits) for j in shown])]
    else:
        found = [(row.label, True, [""] * len(shown))]
        found += [
            (
                _INDENT + level,
                False,
                [_counted(d.counts[i, j], d.shares[i, j], row.digits) for j in shown],
            )
            for i, level in enumerate(row.levels)
        ]
    if missing == "rows" and d.n_missing[0]:
        found.append(
            (
                f"{_INDENT}missing, n",
                False,
                [format_cell(float(d.n_missing[j]), "integer", 0) for j in shown],
            )
        )
    return found


def print_table(result: TableOneResult) -> Table:
    """Lay the result out as it is printed.

    Parameters
    ----------
    result : TableOneResult
        The result.

    Returns
    -------
    Table
        One row a column of the data or a level.
    """
    several = result.by is not None
    counts = [result.n, *result.n_by_group]
    names = ["Overall", *result.groups]
    shown = ([0] if result.overall else []) + (list(range(1, len(names))) if several else [])
    tested = [row for row in result.characteristics if row.compared.test is not None]
    columns = [
        Column(key="characteristic", label="Characteristic"),
        Column(key="n", label="With value", kind="integer"),
    ]
    columns += [
        Column(key=f"group_{j}", label=f"{names[j]} (n = {counts[j]:,})", kind="number") for j in shown
    ]
    if tested:
        columns += [Column(key="p_value", label="p", kind="p_value"), Column(key="test", label="Test")]
    with_smd = result.smd != "none" and len(result.groups) > 1
    if with_smd:
        columns.append(Column(key="smd", label="SMD", kind="number", digits=3))
    body: list[list[Any]] = []
    for row in result.characteristics:
        for label, main, cells in _rows(row, shown, result.missing):
            line: list[Any] = [label, float(row.description.n[0]) if main else None, *cells]
            if tested:
                line += [row.p_adjusted, row.compared.test] if main else [None, None]
            if with_smd:
                line.append(row.compared.smd if main else None)
            body.append(line)
    return Table(
        key="table-one",
        title="Characteristics" + (f" by {result.by_label}" if several else ""),
        columns=columns,
        rows=body,
        lines=result.lines,
        notes=result.notes,
    )
