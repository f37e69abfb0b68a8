"""The columns that are estimated, as numbers or as levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_textual, read_numbers, read_words
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.estimates._sample import Groups, Sample
    from peerstats.typing import Array, BoolArray

__all__ = ["Asked", "count_missing", "read_asked", "row_lines"]

_MOST_LEVELS = 100  # a column of more distinct values is a measure, not a category


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What is estimated, one entry a quantity: q of them.

    Parameters
    ----------
    top : (n, q) float array
        Values, zero where not used.
    bottom : (n, q) float array or None
        Denominators, zero where not used.
    used : (n, q) bool array
        Rows that count.
    column : list of str
        Its column.
    level : list
        Its level, of a share.
    """

    top: Array
    bottom: Array | None
    used: BoolArray
    column: list[str]
    level: list[Any]


def _numbers(sample: Sample, names: Sequence[str], rows: BoolArray, statistic: str, call: str) -> Array:
    """Read columns of finite numbers, NaN where missing."""
    check_columns(names, sample.frame.columns, call)
    for name in names:
        if is_textual(sample.frame[name]):
            raise InputError(
                f"{call}(): column {name!r} holds text, and a {statistic} needs numbers.",
                'Ask for the shares of its levels, statistic="proportion", or turn the text into numbers.',
            )
    values = read_numbers(sample.frame, names, call)
    bad = np.isinf(values) & rows[:, None]
    if bad.any():
        j = int(np.nonzero(bad)[1][0])
        raise InputError(
            f"{call}(): column {names[j]!r} is infinite in {sample.place(bad[:, j], 'values')}.",
            "Recode it to null if the value is missing.",
        )
    return values


def _shares(sample: Sample, names: Sequence[str], rows: BoolArray, call: str) -> Asked:
    """Read columns of levels as one indicator a level."""
    check_columns(names, sample.frame.columns, call)
    tops, used, column, levels = [], [], [], []
    for name in names:
        codes, found = read_words(sample.frame, name)
        known = (codes >= 0) & rows
        occurs = np.bincount(codes[known], minlength=len(found)) > 0
        if occurs.sum() > _MOST_LEVELS:
            raise InputError(
                f"{call}(): column {name!r} has {int(occurs.sum()):,} distinct values.",
                'Shares are of categories: put the values into classes, or ask for statistic="quantile".',
            )
        for code in np.flatnonzero(occurs):
            tops.append((codes == code) & rows)
            used.append(known)
            column.append(name)
            levels.append(found[code])
    if not column:
        raise InputError(
            f"{call}(): {', '.join(map(repr, names))} has no value in the rows used.",
            "Check the columns, where= and the weights.",
        )
    counted = np.column_stack(used)
    return Asked(
        top=np.column_stack(tops).astype(float),
        bottom=counted.astype(float),
        used=counted,
        column=column,
        level=levels,
    )


def read_asked(
    sample: Sample, groups: Groups, names: tuple[str, ...], statistic: str, denominator: str | None, call: str
) -> Asked:
    rows = groups.code >= 0
    if statistic == "proportion":
        return _shares(sample, names, rows, call)
    values = _numbers(sample, names, rows, statistic, call)
    used = ~np.isnan(values) & rows[:, None]
    bottom: Array | None = None
    if denominator is not None:
        below = _numbers(sample, [denominator], rows, statistic, call)
        used = used & ~np.isnan(below)
        bottom = np.where(used, below, 0.0)
    elif statistic == "mean":
        bottom = used.astype(float)
    empty = ~used.any(axis=0)
    if empty.any():
        raise InputError(
            f"{call}(): column {names[int(np.argmax(empty))]!r} has no value in the rows used.",
            "Check the column, where= and the weights.",
        )
    return Asked(
        top=np.where(used, values, 0.0),
        bottom=bottom,
        used=used,
        column=list(names),
        level=[None] * len(names),
    )


def count_missing(sample: Sample, groups: Groups, asked: Asked) -> Array:
    """Count the respondents of each group that lack a value of each quantity."""
    rows = groups.code >= 0
    lacking = (~asked.used & rows[:, None]) * sample.counts[:, None]
    found: Array = np.column_stack(
        [
            np.bincount(groups.code[rows], weights=column[rows], minlength=len(groups.labels))
            for column in lacking.T
        ]
    )
    return found


def row_lines(sample: Sample, groups: Groups, asked: Asked, names: Sequence[str]) -> list[str]:
    """Say for each column how many respondents are used."""
    rows = groups.code >= 0
    whole = sample.count(rows)
    lines = []
    for name in names:
        used = sample.count(asked.used[:, asked.column.index(name)])
        lost = f" ({whole - used:,} missing)" if used < whole else ""
        lines.append(f"{name}: {used:,} of {whole:,} respondents{lost}")
    return lines if len({line.partition(": ")[2] for line in lines}) > 1 else [lines[0].partition(": ")[2]]
