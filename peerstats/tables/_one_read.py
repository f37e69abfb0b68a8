"""The columns of a table of characteristics, each read as numbers, levels or truth values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, is_textual, nw, read_numbers, read_words, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from peerstats.estimates import Sample
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["CALL", "MISSING_LEVEL", "Variable", "read_variables"]

CALL = "table_one"
MISSING_LEVEL = "(missing)"
_MOST_LEVELS = 50  # levels that a printed table can list
_FEWEST_TO_JUDGE = 10  # values from which on "all are different" says that a column names its rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variable:
    """One column.

    Attributes
    ----------
    name, label : str
        Name and what is printed for it.
    kind : {"continuous", "date", "categorical", "truth"}
        How it is described; of a truth value only "yes" is printed.
    values : (n,) float array or None
        Numbers, NaN where missing, of a continuous column; of dates days since 1970-01-01.
    codes : (n,) int array or None
        Level of each row, -1 where missing, of the others.
    levels : tuple of str
        Levels in words.
    """

    name: str
    label: str
    kind: Literal["continuous", "date", "categorical", "truth"]
    values: Array | None
    codes: IntArray | None
    levels: tuple[str, ...]

    @property
    def known(self) -> BoolArray:
        """The (n,) rows that have a value."""
        if self.values is not None:
            return ~np.isnan(self.values)
        return np.asarray(self.codes) >= 0


class _UnfitError(InputError):
    """A column that cannot be described as it is."""


def _unfit(name: str, what: str, step: str) -> _UnfitError:
    return _UnfitError(f"{CALL}(): column {name!r} {what}.", step)


def _word(level: Any) -> str:
    """Write a level; half steps among whole numbers do not give these decimals."""
    return f"{level:g}" if isinstance(level, float) else str(level)


def _levels(
    sample: Sample, name: str, words: Mapping[Any, str], *, named: bool
) -> tuple[IntArray, tuple[str, ...]]:
    codes, found = read_words(sample.frame, name)
    inside = codes[sample.inside]
    n_known, n_levels = int((inside >= 0).sum()), len(np.unique(inside[inside >= 0]))
    if n_levels == n_known >= _FEWEST_TO_JUDGE and is_textual(sample.frame[name]):
        raise _unfit(
            name,
            f"has a value of its own in each of {n_known:,} rows: it names the rows",
            "Leave it out of columns=.",
        )
    if n_levels > _MOST_LEVELS:
        raise _unfit(
            name,
            f"has {n_levels:,} levels, more than the {_MOST_LEVELS} that a table can list",
            "Leave it out of categorical= to describe numbers by their mean or median."
            if named and not is_textual(sample.frame[name])
            else "Put the values into classes, or leave the column out of columns=.",
        )
    return codes, tuple(words.get(level, _word(level)) for level in found)


def _numbers(sample: Sample, name: str) -> Array:
    try:
        values = read_numbers(sample.frame, [name], CALL)[:, 0]
    except InputError as error:
        raise _UnfitError(*error.args) from None
    bad = np.isinf(values) & sample.inside
    if bad.any():
        raise InputError(
            f"{CALL}(): column {name!r} is infinite in {row_name(sample.frame, int(np.argmax(bad)))} "
            f"({int(bad.sum()):,} such values).",
            "Recode it to null if the value is missing.",
        )
    return values


def _holds_dates(series: nw.Series[Any]) -> bool:
    """Tell dates of Python, which pandas keeps as objects."""
    if series.dtype not in (nw.Object, nw.Unknown):
        return False
    known = [cell for cell, gone in zip(series.to_list(), is_null(series), strict=True) if not gone]
    return bool(known) and all(isinstance(cell, dt.date) for cell in known)


def _days(series: nw.Series[Any]) -> Array:
    """Return days since 1970-01-01 by the column's own clock, NaN where missing."""
    gone = is_null(series)
    if series.dtype in (nw.Object, nw.Unknown):
        cells = zip(series.to_list(), gone, strict=True)
        stamps = np.array(
            [
                np.datetime64("NaT")
                if none
                else np.datetime64(cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell)
                for cell, none in cells
            ]
        )
    else:
        if getattr(series.dtype, "time_zone", None) is not None:
            series = series.dt.replace_time_zone(None)
        stamps = series.to_numpy()
    return np.where(gone, np.nan, stamps.astype("datetime64[D]").astype(np.int64))


def _all_labelled(series: nw.Series[Any], words: Mapping[Any, str]) -> bool:
    """Tell whether every value has a label: a scale with labels at its ends alone is numbers."""
    if not words:
        return False
    found = set(series.drop_nulls().unique().to_list())
    return len(found) <= _MOST_LEVELS and all(v in words or v != v for v in found)  # noqa: PLR0124


def _names_rows(values: Array) -> bool:
    """Tell numbers that count the rows: whole, all different and without gaps."""
    known = values[~np.isnan(values)]
    if len(known) < _FEWEST_TO_JUDGE or known.max() - known.min() != len(known) - 1:
        return False
    return bool((known == np.round(known)).all()) and len(np.unique(known)) == len(known)


def _read(
    sample: Sample,
    name: str,
    *,
    label: str,
    words: Mapping[Any, str],
    categorical: bool,
    as_numbers: bool,
    asked: bool,
) -> Variable:
    series = sample.frame[name]
    dtype = series.dtype
    if dtype in (nw.Date, nw.Datetime) or _holds_dates(series):
        if categorical:
            raise InputError(
                f"{CALL}(): categorical= names {name!r}, which holds dates.",
                "Leave it out of categorical=, or turn the dates into years or months.",
            )
        return Variable(name=name, label=label, kind="date", values=_days(series), codes=None, levels=())
    if dtype.is_temporal():
        raise _unfit(
            name,
            f"holds times ({dtype})",
            "Turn them into numbers, such as hours, or leave the column out of columns=.",
        )
    if dtype.is_nested():
        raise _unfit(name, f"holds {dtype}", "Leave it out of columns=.")
    textual = dtype in (nw.Categorical, nw.Enum) or is_textual(series)
    if textual and as_numbers:
        raise InputError(
            f"{CALL}(): continuous= names {name!r}, which holds text.",
            "Leave it out of continuous=: text is described by the counts of its levels.",
        )
    labelled = not as_numbers and not textual and _all_labelled(series, words)
    if dtype == nw.Boolean or not (textual or categorical or labelled):
        values = _numbers(sample, name)
        inside = values[sample.inside]
        binary = not as_numbers and bool(((inside == 0) | (inside == 1) | np.isnan(inside)).all())
        if binary and not np.isnan(inside).all():
            codes = np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int64)
            return Variable(
                name=name, label=label, kind="truth", values=None, codes=codes, levels=("no", "yes")
            )
        if not asked and _names_rows(inside):
            raise _unfit(name, "counts the rows", "Name it in columns= if it is a measure.")
        return Variable(name=name, label=label, kind="continuous", values=values, codes=None, levels=())
    codes, levels = _levels(sample, name, words, named=categorical)
    return Variable(name=name, label=label, kind="categorical", values=None, codes=codes, levels=levels)


def read_variables(
    sample: Sample,
    names: Sequence[str] | None,
    *,
    left_out: Collection[str],
    categorical: Collection[str],
    as_numbers: Collection[str],
    labels: Mapping[str, str],
    level_labels: Mapping[str, Mapping[Any, str]],
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    """Read the columns of the table.

    Parameters
    ----------
    sample : Sample
        The sample.
    names : sequence of str or None
        The columns; None for all that can be described.
    left_out : collection of str
        Columns that None leaves out: groups, weights, and what the design is made of.
    categorical, as_numbers : collection of str
        Columns whose values are taken as levels, and as numbers even where they are 0 and 1.
    labels : mapping of str to str
        What is printed for columns.
    level_labels : mapping of str to mapping
        What is printed for the levels of columns.

    Returns
    -------
    variables : tuple of Variable
        One a column.
    lines : tuple of str
        What was left out, and why.

    Raises
    ------
    InputError
        If a column is absent, or named and cannot be described.
    """
    known = sample.frame.columns
    check_columns([*(names or ()), *categorical, *as_numbers, *labels, *level_labels], known, CALL)
    both = set(categorical) & set(as_numbers)
    if both:
        raise InputError(
            f"{CALL}(): {min(both)!r} is in categorical= and in continuous=.", "Leave it out of one."
        )
    found, dropped = [], []
    for name in known if names is None else names:
        if names is None and name in left_out:
            continue
        try:
            found.append(
                _read(
                    sample,
                    name,
                    label=labels.get(name, name),
                    words=level_labels.get(name, {}),
                    categorical=name in categorical,
                    as_numbers=name in as_numbers,
                    asked=names is not None,
                )
            )
        except _UnfitError as error:
            if names is not None:
                raise InputError(*error.args) from None
            dropped.append(str(error).partition("\n")[0].removeprefix(f"{CALL}(): ").rstrip("."))
    if not found:
        raise InputError(f"{CALL}(): no column is left to describe.", "Name some: columns=[...].")
    lines = tuple(f"left out: {what}" for what in dropped)
    return tuple(found), lines
