"""The values of a frozen factor in other rows, and the errors of rows that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_numbers, read_words, row_name
from peerstats.design._evaluate import evaluate, spline_argument
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats._core.frames import nw
    from peerstats.design._factor import Factor
    from peerstats.design._frozen import FrozenFactor
    from peerstats.design._learn import TransformState
    from peerstats.typing import Array, BoolArray

__all__ = ["finite_rows", "not_finite", "read_values", "undefined"]


def _levels(factor: FrozenFactor, frame: nw.DataFrame[Any], name: str, call: str, *, strict: bool) -> Array:
    codes, found = read_words(frame, name)
    place = {level: i for i, level in enumerate(factor.levels)}
    unseen = [i for i, level in enumerate(found) if level not in place]
    if unseen and strict:
        row = int(np.flatnonzero(codes == unseen[0])[0])
        known = ", ".join(repr(level) for level in factor.levels[:12])
        raise InputError(
            f"{call}(): {name!r} has the level {found[unseen[0]]!r} in {row_name(frame, row)}, "
            "which the fit has not seen.",
            f"The levels of the fit are {known}{' and others' if factor.levels[12:] else ''}.",
        )
    coded: Array = np.array([*(place.get(level, -1) for level in found), -1])[codes]
    return coded


def read_values(factor: FrozenFactor, frame: nw.DataFrame[Any], call: str, *, strict: bool) -> Array:
    """Read a factor's values.

    Parameters
    ----------
    factor : FrozenFactor
        The factor.
    frame : narwhals DataFrame
        Rows with its variables.
    call : str
        The public call, for messages.
    strict : bool
        Whether an unseen level or a value that is not finite is an error; else it counts as missing.

    Returns
    -------
    (n,) or (n, columns) array
        Numbers, NaN where missing, or level codes, -1 where missing.

    Raises
    ------
    InputError
        Under `strict`, of the first row that cannot be used.
    """
    parsed = factor.parse()
    if factor.kind == "category" and parsed.column is not None:
        return _levels(factor, frame, parsed.column, call, strict=strict)
    names = list(factor.variables)
    numbers = read_numbers(frame, names, call)
    gone = np.isnan(numbers).any(axis=1)
    infinite = np.isinf(numbers).any(axis=1)
    if infinite.any() and strict:
        row = int(np.flatnonzero(infinite)[0])
        raise not_finite(factor.code, names, numbers[[row]], frame, call, row)
    gone |= infinite
    values = evaluate(parsed, dict(zip(names, numbers.T, strict=True)), factor.transforms)
    if factor.width == 1:
        values = np.broadcast_to(values, len(frame))
    lost = ~finite_rows(values)
    if strict and (lost & ~gone).any():
        row = int(np.flatnonzero(lost & ~gone)[0])
        raise undefined(parsed, factor.transforms, numbers, row, frame, call, row)
    gone |= lost
    if factor.kind == "category":  # a comparison: both of its levels are in every fit
        return np.where(gone, -1, np.where(gone, 0, values).astype(np.int64))
    if gone.any():
        values = values.astype(float)
        values[gone] = np.nan
    return values.astype(float, copy=False)


def finite_rows(values: Array) -> BoolArray:
    """Return in which rows all columns are finite numbers."""
    finite: BoolArray = np.isfinite(values)
    return finite if finite.ndim == 1 else np.logical_and.reduce(finite, axis=1)


def not_finite(
    code: str, names: Sequence[str], numbers: Array, frame: nw.DataFrame[Any], call: str, row: int
) -> InputError:
    """Make the error of a value that is infinite or no number; `numbers` is the row's, (1, variables)."""
    where = row_name(frame, row)
    values = dict(zip(names, numbers[0].tolist(), strict=True))
    infinite = next((name for name, value in values.items() if not np.isfinite(value)), None)
    if infinite is not None:
        return InputError(
            f"{call}(): column {infinite!r} holds {values[infinite]} in {where}.",
            "Set infinite values to missing, or correct them.",
        )
    shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    return InputError(
        f"{call}(): {code!r} is not a finite number in {where} ({shown}).",
        "Leave such rows out with where=, or transform the column differently.",
    )


def undefined(
    factor: Factor,
    states: Sequence[TransformState],
    numbers: Array,
    position: int,
    frame: nw.DataFrame[Any],
    call: str,
    row: int,
) -> InputError:
    """Make the error of a row that a factor has no value for; `numbers` is (n, variables)."""
    here = numbers[[position]]
    if states and factor.is_spline and states[-1].bounds is not None:
        low, high = states[-1].bounds
        value = float(spline_argument(factor, dict(zip(factor.variables, here.T, strict=True)), states)[0])
        if np.isfinite(value):
            shown = ", ".join(
                f"{name} = {x:g}" for name, x in zip(factor.variables, here[0].tolist(), strict=True)
            )
            return InputError(
                f"{call}(): {factor.code!r} goes from {low:g} to {high:g}, and {row_name(frame, row)} "
                f"lies outside ({shown}).",
                "Leave such rows out, fit with lower_bound= and upper_bound=, or use cr(), which goes on "
                "as a straight line.",
            )
    return not_finite(factor.code, list(factor.variables), here, frame, call, row)
