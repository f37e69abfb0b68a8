"""Checks on arguments that every floor shares; each error names the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["check_choice", "check_columns", "check_conf_level", "check_twice"]

_Choice = TypeVar("_Choice", bound=str)


def check_choice(value: _Choice, choices: Sequence[str], name: str, call: str) -> _Choice:
    """Return `value` if it is one of the `choices`."""
    if value not in choices:
        words = ", ".join(map(repr, choices))
        raise InputError(f"{call}(): {name}={value!r} is not known.", f"Choose one of {words}.")
    return value


def check_columns(names: Iterable[str], columns: Sequence[str], call: str, *, use: str = "column") -> None:
    """Raise unless every one of `names` is among `columns`; the closest names are told."""
    missing = [name for name in names if name not in columns]
    if missing:
        first = missing[0]
        rest = f" (and {len(missing) - 1} more: {', '.join(map(repr, missing[1:6]))})" if missing[1:] else ""
        raise InputError(
            f"{call}(): {use} {first!r} is not in the data{rest}.",
            did_you_mean(first, columns, what="columns"),
        )


def check_conf_level(conf_level: float, call: str) -> float:
    """Return `conf_level` if it lies strictly between 0.5 and 1 (a fraction, not a percentage)."""
    if not 0.5 <= conf_level < 1:  # noqa: PLR2004
        raise InputError(
            f"{call}(): conf_level={conf_level!r} is not a confidence level.",
            "Give a fraction such as 0.95.",
        )
    return float(conf_level)


def check_twice(names: Sequence[str], call: str) -> None:
    """Refuse data with two columns of one name."""
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise InputError(
            f"{call}(): the data have more than one column named {twice[0]!r}.",
            "Rename or drop the copies: a name must mean one column.",
        )
