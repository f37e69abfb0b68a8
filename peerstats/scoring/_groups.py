"""Scoring groups: each respondent's age group and mode of administration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import read_numbers, read_words, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.instruments import Instrument
    from peerstats.instruments._records import Groups
    from peerstats.typing import IntArray

__all__ = [
    "OLDEST",
    "GroupSpec",
    "RespondentGroups",
    "check_groups",
    "everybody",
    "group_of_word",
    "read_groups",
    "unknown_group",
]

GroupSpec: TypeAlias = str | tuple[str, Mapping[Any, str]]

OLDEST = 120  # years; a higher age is a code, not an age


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RespondentGroups:
    """Where each respondent belongs.

    Attributes
    ----------
    age_group : (n,) int array
        Position among the instrument's age groups; -1 missing, -2 younger than the first.
    mode : (n,) int array
        Position among the modes; -1 missing.
    """

    age_group: IntArray
    mode: IntArray


def _from_ages(frame: nw.DataFrame[Any], column: str, ages_from: tuple[int, ...]) -> IntArray:
    check_columns([column], frame.columns, "score", use="age column")
    ages = read_numbers(frame, [column], "score", use="age column")[:, 0]
    bad = (ages < 0) | (ages > OLDEST)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(
            f"score(): age column {column!r} must hold years; {row_name(frame, row)} holds {ages[row]:g} "
            f"({int(bad.sum())} such ages).",
            "Recode missing-value codes to null first; for age bands use age_group=.",
        )
    groups = np.searchsorted(np.asarray(ages_from), ages, side="right").astype(np.int64) - 1
    groups[groups < 0] = -2
    groups[np.isnan(ages)] = -1
    return groups


def group_of_word(mapping: Mapping[Any, str] | None, levels: tuple[str, ...], name: str) -> dict[str, str]:
    """Return the scoring group of each value, the value as text; without a mapping the groups' own names."""
    if mapping is None:
        return {level: level for level in levels}
    wrong = [level for level in mapping.values() if level not in levels]
    if wrong:
        raise InputError(
            f"score(): {name} maps to {wrong[0]!r}, which is no scoring group.",
            f"The groups are {', '.join(map(repr, levels))}.",
        )
    return {str(value): level for value, level in mapping.items()}


def unknown_group(column: str, value: Any, place: str, levels: tuple[str, ...], name: str) -> InputError:
    """Make the error for a value that belongs to no scoring group."""
    return InputError(
        f"score(): {name} column {column!r} holds {value!r} in {place}, which is in no scoring group.",
        f"Map every value to one of {', '.join(map(repr, levels))}: {name}=({column!r}, {{value: group}}).",
    )


def _from_levels(
    frame: nw.DataFrame[Any],
    column: str,
    mapping: Mapping[Any, str] | None,
    levels: tuple[str, ...],
    name: str,
) -> IntArray:
    check_columns([column], frame.columns, "score", use=f"{name} column")
    codes, found = read_words(frame, column)
    table = group_of_word(mapping, levels, name)
    unknown = [value for value in found if str(value) not in table]
    if unknown:
        row = int(np.argmax(codes == found.index(unknown[0])))
        raise unknown_group(column, unknown[0], row_name(frame, row), levels, name)
    place: IntArray = np.array([levels.index(table[str(value)]) for value in found] + [-1], dtype=np.int64)
    groups: IntArray = place[codes]
    return groups


def everybody(spec: GroupSpec, columns: Sequence[str], levels: tuple[str, ...], name: str) -> int | None:
    """Return the one group that a call puts everybody in, or None where it names a column."""
    if isinstance(spec, tuple) or spec not in levels:
        return None
    if spec in columns:
        raise InputError(
            f"score(): {name}={spec!r} is both a scoring group and a column of the data.",
            f"Rename the column, or map it: {name}=({spec!r}, {{value: group}}).",
        )
    return levels.index(spec)


def _read_one(frame: nw.DataFrame[Any], spec: GroupSpec, levels: tuple[str, ...], name: str) -> IntArray:
    one = everybody(spec, frame.columns, levels, name)
    if one is not None:
        return np.full(len(frame), one, dtype=np.int64)
    column, mapping = spec if isinstance(spec, tuple) else (spec, None)
    return _from_levels(frame, column, mapping, levels, name)


def check_groups(
    instrument: Instrument, *, age: str | None, age_group: GroupSpec | None, mode: GroupSpec | None
) -> Groups | None:
    """Return the instrument's scoring groups, or None where it has none; check that they are asked for.

    Raises
    ------
    InputError
        If the instrument has no groups and one is given, or one is missing or given twice.
    """
    groups = instrument.groups
    if groups is None:
        given = [n for n, v in (("age", age), ("age_group", age_group), ("mode", mode)) if v is not None]
        if given:
            raise InputError(f"score(): {instrument.key!r} has no scoring groups.", f"Leave out {given[0]}=.")
        return None
    if (age is None) == (age_group is None):
        said = "neither age= nor age_group=" if age is None else "both age= and age_group="
        raise InputError(
            f"score(): {instrument.key!r} is scored by age group, and {said} is given.",
            f"Give a column of ages in years, or groups: {', '.join(map(repr, groups.age_group))}.",
        )
    if mode is None:
        raise InputError(
            f"score(): {instrument.key!r} is scored by mode of administration, and mode= is not given.",
            f"Say {' or '.join(f'mode={m!r}' for m in groups.mode)}, or name a column.",
        )
    return groups


def read_groups(
    frame: nw.DataFrame[Any],
    instrument: Instrument,
    *,
    age: str | None,
    age_group: GroupSpec | None,
    mode: GroupSpec | None,
) -> RespondentGroups | None:
    """Find each respondent's scoring group.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    instrument : Instrument
        The instrument; None is returned where it has no scoring groups.
    age : str or None
        Column of ages in years.
    age_group, mode : str, (str, mapping) or None
        A group for everybody, a column of groups, or a column and a mapping of its values to groups.

    Returns
    -------
    RespondentGroups or None
        Group numbers.

    Raises
    ------
    InputError
        If the age is given twice or not at all, or a value belongs to no group.
    """
    groups = check_groups(instrument, age=age, age_group=age_group, mode=mode)
    if groups is None or mode is None:
        return None
    if age is not None:
        ages = _from_ages(frame, age, groups.ages_from)
    else:
        ages = _read_one(frame, age_group, groups.age_group, "age_group")  # type: ignore[arg-type]  # not None here
    return RespondentGroups(age_group=ages, mode=_read_one(frame, mode, groups.mode, "mode"))
