"""Records from what JSON made of them: one reader for each type that a field may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from peerstats.design import FrozenDesign
from peerstats.errors import InputError
from peerstats.numerics import SpreadEstimate

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NEWER", "UNCHANGED", "read_fields", "spell"]

_Record = TypeVar("_Record")

NEWER = "Read it with a newer peerstats."
UNCHANGED = "Read a record that to_dict() wrote, unchanged."
_TEXT_NUMBERS = ("inf", "-inf", "nan")
_MOST_DIGITS = 300  # of a whole number: more do not fit a float


def spell(value: float) -> float | str:
    """Return a number as JSON can hold it: infinite and missing ones as text."""
    return float(value) if np.isfinite(value) else str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("is not text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("is neither true nor false")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("is not a whole number")
    return value


def _number(value: Any) -> float:
    """Read a number; to_dict() writes what JSON has no number for as text."""
    if isinstance(value, str) and value in _TEXT_NUMBERS:
        return float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 10.0**_MOST_DIGITS:
        raise TypeError("is not a number")
    return float(value)


def _numbers(value: Any) -> Any:
    return [_numbers(each) for each in value] if isinstance(value, list | tuple) else _number(value)


def _array(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not isinstance(value, list | tuple):
        raise TypeError("is not a list of numbers")
    try:
        return np.array(_numbers(value), dtype=float)
    except ValueError as error:
        raise TypeError("has rows of different lengths") from error


def _level(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise TypeError("has a level that is neither text nor a number")
    return value


def _list_of(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def reader(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise TypeError("is not a list")
        return tuple(read(each) for each in value)

    return reader


def _counts(value: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, Mapping):
        raise TypeError("is not counts by name")
    return tuple((_text(key), _whole(count)) for key, count in value.items())


def _spread(value: Any) -> SpreadEstimate:
    if not isinstance(value, Mapping):
        raise TypeError("is not an estimate with limits")
    return read_fields(SpreadEstimate, value, "SpreadEstimate", {})


# By the text of a field's annotation, which ` | None` may follow.
_READERS: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "bool": _truth,
    "int": _whole,
    "float": _number,
    "Array": _array,
    "FrozenDesign": FrozenDesign.from_dict,
    "SpreadEstimate": _spread,
    "Literal['ML', 'REML']": _text,
    "tuple[Level, ...]": _list_of(_level),
    "tuple[str, ...]": _list_of(_text),
    "tuple[float, ...]": _list_of(_number),
    "tuple[tuple[str, int], ...]": _counts,
}


def read_fields(
    cls: type[_Record], record: Mapping[str, Any], call: str, readers: Mapping[str, Callable[[Any], Any]]
) -> _Record:
    """Make a record of a dictionary, each field read by its type.

    Parameters
    ----------
    cls : type
        A dataclass whose annotations are text.
    record : mapping
        Its fields by name; a field with a default may be absent, as in files of an older release.
    call : str
        The public call, for messages.
    readers : mapping of str to callable
        Readers of types beside the common ones, by the text of the annotation.

    Returns
    -------
    object
        The record.

    Raises
    ------
    InputError
        If a field is absent, unknown or of another type.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"{call}(): the record is a {type(record).__name__}.", UNCHANGED)
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    extra = [name for name in record if name not in known]
    if extra:
        raise InputError(f"{call}(): the record has {extra[0]!r}, which this release does not know.", NEWER)
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name not in record:
            if field.default is MISSING:
                raise InputError(f"{call}(): the record lacks {name!r}.", UNCHANGED)
            continue
        value = record[name]
        kind = str(field.type).replace('"', "'")
        if value is None and kind.endswith(" | None"):
            values[name] = None
            continue
        kind = kind.removesuffix(" | None")
        read = readers[kind] if kind in readers else _READERS[kind]
        try:
            values[name] = read(value)
        except TypeError as error:
            raise InputError(f"{call}(): {name!r} {error}: {str(value)[:60]!r}.", UNCHANGED) from error
    return cls(**values)
