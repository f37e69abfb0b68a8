"""Which rows are used, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import is_null, nw, row_name
from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array, BoolArray

__all__ = ["ZERO_WEIGHT", "RowUse", "choose_rows", "read_where"]

ZERO_WEIGHT = "weight of zero"  # why a row is left out; with frequency weights it is no observation at all


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowUse:
    """The rows that enter a fit, and why the others do not.

    Parameters
    ----------
    used : (n,) bool array
        Rows that enter.
    outside : (n,) bool array
        Rows outside `where` with a positive weight.
    n_zero : int
        Rows with a weight of zero, inside `where`.
    missing : tuple of (str, bool array) pairs
        For each variable the rows left out because it is missing; a row that lacks several variables
        stands under the first of them.
    """

    used: BoolArray
    outside: BoolArray
    n_zero: int
    missing: tuple[tuple[str, BoolArray], ...]

    def counts(self, copies: Array | None) -> dict[str, int]:
        """Count what is left out by reason: rows, or with `copies` the observations they stand for."""

        def size(rows: BoolArray) -> int:
            return int(rows.sum() if copies is None else copies[rows].sum())

        dropped = {"outside where": size(self.outside)} if self.outside.any() else {}
        if self.n_zero:
            dropped[ZERO_WEIGHT] = self.n_zero
        return {**dropped, **{f"{name} missing": size(rows) for name, rows in self.missing}}


def read_where(frame: nw.DataFrame[Any], where: Any, call: str, *, whole: bool = True) -> BoolArray | None:
    """Read `where=` as a boolean array.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    where : str, sequence of bool or None
        Name of a boolean column, or one boolean a row.
    call : str
        The public call, for messages.
    whole : bool
        Whether these are all rows; of a batch of them none may be kept.

    Returns
    -------
    (n,) bool array or None
        The rows to model.

    Raises
    ------
    InputError
        If it is not boolean, has missing values, is of another length, or keeps no row.
    """
    if where is None:
        return None
    step = "Give the name of a column of True and False, or one True or False a row."
    if isinstance(where, str):
        check_columns([where], frame.columns, call, use="where column")
        series = frame[where]
        empty = is_null(series)
        if empty.any():
            first = row_name(frame, int(np.flatnonzero(empty)[0]))
            raise InputError(
                f"{call}(): where={where!r} is missing in {first} ({int(empty.sum()):,} such rows).",
                "Fill it with True or False.",
            )
        values = np.asarray(series.to_list())
    else:
        _check_index(frame, where, call)
        values = np.asarray(where)
    if values.dtype != bool or values.ndim != 1:
        raise InputError(f"{call}(): where= holds {values.dtype}, not True and False.", step)
    if len(values) != len(frame):
        raise InputError(
            f"{call}(): where= has {counted(len(values), 'value')} for {len(frame):,} rows.", step
        )
    if whole and not values.any():
        raise InputError(f"{call}(): where= keeps no row.", step)
    return values


def _check_index(frame: nw.DataFrame[Any], where: Any, call: str) -> None:
    """Refuse a pandas Series whose index is not that of the data: its values are taken in their order."""
    own, given = nw.maybe_get_index(frame), getattr(where, "index", None)
    if own is None or not hasattr(where, "iloc") or given is None or own.equals(given):
        return
    raise InputError(
        f"{call}(): where= is a Series with another index than the data.",
        "Align it, where.reindex(data.index), or give where.to_numpy() if its order is that of the data.",
    )


def choose_rows(
    frame: nw.DataFrame[Any],
    variables: Sequence[str],
    *,
    where: BoolArray | None,
    weights: Array | None,
    missing: str,
    call: str,
    whole: bool = True,
) -> RowUse:
    """Choose the rows of a fit: inside `where`, with a positive weight, and complete.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    variables : sequence of str
        Outcome and predictors, in the formula's order.
    where : (n,) bool array or None
        Rows to model.
    weights : (n,) float array or None
        Weights; rows with zero leave.
    missing : {"drop", "raise"}
        What is done about rows with missing values.
    call : str
        The public call, for messages.
    whole : bool
        Whether these are all rows; of a batch of them none may be left.

    Returns
    -------
    RowUse
        Rows used and counts.

    Raises
    ------
    InputError
        If no row is left, or values are missing and `missing` is "raise".
    """
    check_choice(missing, ("drop", "raise"), "missing", call)
    n = len(frame)
    positive = np.ones(n, dtype=bool) if weights is None else weights > 0
    inside = np.ones(n, dtype=bool) if where is None else where
    used = inside & positive
    n_zero = int((inside & ~positive).sum())
    lost = []
    for name in variables:
        gone = is_null(frame[name]) & used
        if gone.any():
            lost.append((name, gone))
            used = used & ~gone
    if lost and missing == "raise":
        counts = ", ".join(f"{name} in {counted(int(gone.sum()), 'row')}" for name, gone in lost)
        raise InputError(
            f"{call}(): values are missing: {counts}.", 'Say missing="drop" to leave such rows out.'
        )
    if whole and not used.any():
        counts = ", ".join(f"{name} missing {int(gone.sum()):,}" for name, gone in lost)
        raise InputError(
            f"{call}(): no row is left of {n:,} (weight of zero {n_zero:,}{', ' if counts else ''}{counts}).",
            "Check the columns that the formula names.",
        )
    return RowUse(used=used, outside=~inside & positive, n_zero=n_zero, missing=tuple(lost))
