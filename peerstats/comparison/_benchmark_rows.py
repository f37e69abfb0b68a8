"""Benchmarks as the rows of a frame."""

from __future__ import annotations

import math
import re
from typing import Any

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw, read_frame, read_numbers, read_words
from peerstats.errors import InputError
from peerstats.norms import Benchmark, benchmark

__all__ = ["benchmarks_of_rows", "is_frame"]

_FACTS = ("population", "date", "form", "source", "unit")
_PERCENTILE = re.compile(r"p(\d{1,2})")


def is_frame(value: Any) -> bool:
    """Return whether a value is a frame of some library."""
    return isinstance(nw.from_native(value, eager_only=True, pass_through=True), nw.DataFrame)


def benchmarks_of_rows(data: Any, column: str, call: str) -> dict[str, Benchmark]:
    """Make a benchmark of each row.

    Parameters
    ----------
    data : frame
        One row a group: its name in `column`, value, std_error or rse (percent), and where known p10, p25 and
        so on, population, date, form, source and unit.
    column : str
        Column of the groups.
    call : str
        The public call, for messages.

    Returns
    -------
    dict of str to Benchmark
        By group. A row without an error is taken as fixed, one without a value is left out.

    Raises
    ------
    InputError
        If a column is absent or a group stands twice.
    """
    frame = read_frame(data, call)
    check_columns([column, "value"], frame.columns, call, use="column of benchmarks=")
    codes, names = read_words(frame, column)
    percents = [name for name in frame.columns if _PERCENTILE.fullmatch(name)]
    numbers = [name for name in ("value", "std_error", "rse", *percents) if name in frame.columns]
    values = read_numbers(frame, numbers, call, use="column of benchmarks=")
    words = {name: frame[name].to_list() for name in _FACTS if name in frame.columns}
    found: dict[str, Benchmark] = {}
    for i, code in enumerate(codes):
        row = {name: float(x) for name, x in zip(numbers, values[i], strict=True) if not math.isnan(x)}
        if code < 0 or "value" not in row:
            continue
        group = str(names[code])
        if group in found:
            raise InputError(
                f"{call}(): {group!r} stands twice in {column!r} of benchmarks=.", "Keep one row a group."
            )
        facts: dict[str, Any] = {name: str(cells[i]) for name, cells in words.items() if cells[i] is not None}
        error: dict[str, Any] = {name: row[name] for name in ("std_error", "rse") if name in row}
        found[group] = benchmark(
            row["value"],
            **(error or {"std_error": 0.0}),
            percentiles={float(name[1:]): row[name] for name in percents if name in row},
            name=group,
            **facts,
        )
    return found
