"""Amounts of money and their dates, as callers give them."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import frame_like, is_textual, nw, read_numbers, row_name
from peerstats.errors import InputError
from peerstats.norms import read_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array

__all__ = ["check_alignment", "is_series", "read_amounts", "read_dates"]

_CURRENCY = "Take off the currency sign and the commas and turn it into a number first"
_Codes = np.ndarray[Any, np.dtype[np.intp]]


def is_series(value: Any) -> bool:
    """Return whether a value is a column of some frame library."""
    return not isinstance(value, np.ndarray) and hasattr(
        nw.from_native(value, series_only=True, pass_through=True), "to_frame"
    )


def _number(value: Any, place: str, call: str) -> float:
    if isinstance(value, str):
        raise InputError(f"{call}(): {place} is the text {value!r}.", f"{_CURRENCY}.")
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        raise InputError(f"{call}(): {place} is {value!r}, not an amount.", "Give a number.")
    return float(value)


def _check_finite(amounts: Array, name: Any, call: str) -> None:
    infinite = np.flatnonzero(np.isinf(amounts))
    if infinite.size:
        raise InputError(
            f"{call}(): {name(int(infinite[0]))} is infinite ({infinite.size} of them).",
            "Give finite amounts, or leave them missing.",
        )


def read_amounts(amount: Any, call: str) -> tuple[Array, Any]:
    """Return amounts as an (n,) array, and what turns the moved ones into the caller's kind."""

    def place(i: int) -> str:
        return f"amount[{i}]"

    if isinstance(amount, np.ndarray) and amount.ndim == 1 and amount.dtype.kind in "iuf":
        values = amount.astype(float)
        _check_finite(values, place, call)
        return values, lambda moved: moved
    if isinstance(amount, list | tuple) or (isinstance(amount, np.ndarray) and amount.ndim == 1):
        values = np.array(
            [np.nan if x is None else _number(x, place(i), call) for i, x in enumerate(amount)], dtype=float
        )
        _check_finite(values, place, call)
        return values, (lambda moved: moved) if isinstance(amount, np.ndarray) else np.ndarray.tolist
    if not isinstance(amount, str | Real | Decimal) and is_series(amount):
        return _read_series(amount, call)
    if isinstance(amount, str | Real | Decimal):
        values = np.array([_number(amount, "amount", call)])
        _check_finite(values, lambda _: "amount", call)
        return values, lambda moved: float(moved[0])
    raise InputError(
        f"{call}(): amount is a {type(amount).__name__}, not an amount.",
        "Give a number, a list, a one-dimensional array or one column of a frame, such as data['wage'].",
    )


def _read_series(amount: Any, call: str) -> tuple[Array, Any]:
    series = nw.from_native(amount, series_only=True)
    name = series.name
    frame = series.alias("amount").to_frame()
    if is_textual(frame["amount"]):
        cells = frame["amount"].to_list()
        first = next(i for i, cell in enumerate(cells) if isinstance(cell, str))
        n = sum(isinstance(cell, str) for cell in cells)
        raise InputError(
            f"{call}(): amount holds text ({n} of {len(cells)}): {row_name(frame, first)} is "
            f"{cells[first]!r}.",
            f"{_CURRENCY}.",
        )
    if frame["amount"].dtype == nw.Boolean:
        raise InputError(f"{call}(): amount holds yes or no, not amounts.", "Give numbers.")
    values = read_numbers(frame, ["amount"], call, use="amount")[:, 0]
    _check_finite(values, lambda i: f"the amount of {row_name(frame, i)}", call)

    def give_back(moved: Array) -> Any:
        made = nw.from_native(frame_like(frame, {"amount": moved}), eager_only=True)["amount"]
        return made.alias(name).to_native()

    return values, give_back


def _is_absent(cell: Any) -> bool:
    """Return whether a cell is null: None, NaN, NaT or pandas' NA, which cannot be compared."""
    return cell is None or (not isinstance(cell, str) and str(cell) in ("nan", "NaT", "<NA>"))


def read_dates(at: Any, call: str) -> tuple[list[str], _Codes | None]:
    """Return the distinct dates and each amount's place among them: -1 if missing, None for one date."""
    if isinstance(at, np.ndarray) and at.ndim == 1:
        cells: Sequence[Any] = list(at)  # elements keep their kind: datetime64 prints as a date
    elif isinstance(at, list | tuple):
        cells = at
    elif not isinstance(at, str) and is_series(at):
        cells = nw.from_native(at, series_only=True).to_list()
    else:
        return [read_date(at, "at", call)], None
    places: dict[str, int] = {}
    seen: dict[Any, int] = {}
    codes = np.empty(len(cells), dtype=np.intp)
    for i, cell in enumerate(cells):
        if _is_absent(cell):
            codes[i] = -1
            continue
        if cell not in seen:
            date = read_date(cell, f"at[{i}]", call)
            seen[cell] = places.setdefault(date, len(places))
        codes[i] = seen[cell]
    if not places:
        raise InputError(f"{call}(): at= holds no date.", "Give a month such as '2020-05' for each amount.")
    order = sorted(places)
    rank = np.array([*(order.index(date) for date in places), -1], dtype=np.intp)
    return order, rank[codes]


def check_alignment(amount: Any, at: Any, call: str) -> None:
    """Stop where two pandas columns are of different rows: they are taken by position."""
    if hasattr(amount, "index") and hasattr(at, "index") and hasattr(amount, "iloc"):
        same = len(amount.index) == len(at.index) and bool((amount.index == at.index).all())
        if not same:
            raise InputError(
                f"{call}(): amount and at have different indexes.",
                "Take both from one frame, such as data['wage'] and data['month'].",
            )
