"""What the caller of margins asks for, checked: values, changes and the variables of a formula."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError
from peerstats.postfit._balanced_grid import moments
from peerstats.postfit._scenario import Put, Shift

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._scenario import Scenarios, Setting, Variable

__all__ = ["At", "Change", "check_variables", "read_at", "read_changes", "show_level"]

_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class At:
    """Values that everybody is given.

    Parameters
    ----------
    setting : dict
        The values.
    values : dict of str to object
        The same as the caller wrote them.
    """

    setting: Setting
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """A change of one variable, or its slope.

    Parameters
    ----------
    variable : str
        The variable.
    label : str
        The change in words.
    to, start : Put, Shift or None
        The end and the start; both None for a slope.
    """

    variable: str
    label: str
    to: Put | Shift | None = None
    start: Put | Shift | None = None


def show_level(level: Any) -> str:
    """Return a level or a number as text."""
    return f"{level:g}" if isinstance(level, float) else str(level)


def check_variables(names: Iterable[str], scenarios: Scenarios, use: str, call: str) -> None:
    """Refuse what is no variable of the formula's right side."""
    for name in names:
        if name not in scenarios.variables:
            raise InputError(
                f"{call}(): {use} names {name!r}, which is not in the formula {scenarios.design.formula!r}.",
                did_you_mean(str(name), scenarios.variables, what="variables"),
            )


def place_of_level(variable: Variable, value: Any, use: str, call: str) -> int:
    """Return where a level stands among those of the fit."""
    for place, level in enumerate(variable.levels):
        # True is 1 in Python: a level of a kind of its own
        if level == value and isinstance(level, bool) == isinstance(value, bool | np.bool_):
            return place
    raise InputError(
        f"{call}(): {use} gives {variable.name!r} the level {value!r}, which the fit has not seen.",
        did_you_mean(str(value), variable.levels, what="levels"),
    )


def _number(name: str, value: Any, use: str, call: str) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise InputError(
            f"{call}(): {use} gives {name!r} the value {value!r}, and it is a number.",
            "Give finite numbers.",
        )
    return float(value)


def _values(value: Any) -> list[Any]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return [value]
    return value.tolist() if hasattr(value, "tolist") else list(value)


def read_at(at: Mapping[str, Any] | None, scenarios: Scenarios, rows: MarginRows, call: str) -> list[At]:
    """Return all combinations of the values asked for; one empty setting where there are none."""
    given = dict(at or {})
    check_variables(given, scenarios, "at=", call)
    choices: list[list[tuple[Put, Any]]] = []
    for name, value in given.items():
        variable = scenarios.variables[name]
        values = _values(value)
        if not values:
            raise InputError(f"{call}(): at= gives {name!r} no value.", "Give one or more.")
        if variable.levels:
            found = [(place_of_level(variable, each, "at=", call), each) for each in values]
            choices.append([(Put(value=place), each) for place, each in found])
            continue
        if "mean" in [each for each in values if isinstance(each, str)]:
            mean = moments(rows, [name])[name][0]
            values = [mean if isinstance(each, str) and each == "mean" else each for each in values]
        numbers = [_number(name, each, "at=", call) for each in values]
        choices.append([(Put(value=each), each) for each in numbers])
    return [
        At(
            setting={name: put for name, (put, _) in zip(given, chosen, strict=True)},
            values={name: value for name, (_, value) in zip(given, chosen, strict=True)},
        )
        for chosen in product(*choices)
    ]


def _level_changes(variable: Variable, asked: Any, call: str) -> list[Change]:
    if asked is None:
        reference = variable.base
        pairs = [(reference, place) for place in range(len(variable.levels)) if place != reference]
    elif isinstance(asked, list | tuple) and len(asked) == _PAIR:
        start, to = (place_of_level(variable, each, "change=", call) for each in asked)
        pairs = [(start, to)]
    else:
        raise InputError(
            f"{call}(): change= gives the category {variable.name!r} {asked!r}.",
            "Give two of its levels, (from, to).",
        )
    return [
        Change(
            variable=variable.name,
            label=f"{variable.levels[to]} against {variable.levels[start]}",
            to=Put(value=to),
            start=Put(value=start),
        )
        for start, to in pairs
    ]


def _number_change(name: str, asked: Any, rows: MarginRows, call: str) -> Change:
    if asked is None or (isinstance(asked, str) and asked == "slope"):
        return Change(variable=name, label="slope")
    if isinstance(asked, str) and asked == "sd":
        half = moments(rows, [name])[name][1] / 2
        return Change(variable=name, label="+1 sd", to=Shift(amount=half), start=Shift(amount=-half))
    if isinstance(asked, list | tuple) and len(asked) == _PAIR:
        start, to = (_number(name, each, "change=", call) for each in asked)
        return Change(variable=name, label=f"{start:g} to {to:g}", to=Put(value=to), start=Put(value=start))
    if isinstance(asked, str | list | tuple):
        raise InputError(
            f"{call}(): change= gives the number {name!r} {asked!r}.",
            'Give "slope", "sd", a number to be added, or (from, to).',
        )
    amount = _number(name, asked, "change=", call)
    return Change(variable=name, label=f"{amount:+g}", to=Shift(amount=amount), start=Shift(amount=0.0))


def read_changes(
    variables: str | Sequence[str] | None,
    change: Mapping[str, Any] | None,
    scenarios: Scenarios,
    rows: MarginRows,
    call: str,
) -> list[Change]:
    """Return the changes asked for: by default the slope of a number, every level against the reference."""
    names = [variables] if isinstance(variables, str) else list(variables or scenarios.variables)
    given = dict(change or {})
    check_variables(names, scenarios, "variables=", call)
    check_variables(given, scenarios, "change=", call)
    if not names:
        raise InputError(f"{call}(): the formula has no variable.", "Add a term to the formula.")
    unused = [name for name in given if name not in names]
    if unused:
        raise InputError(
            f"{call}(): change= names {unused[0]!r}, which variables= leaves out.", "Name it in both."
        )
    found: list[Change] = []
    for name in names:
        variable = scenarios.variables[name]
        if variable.levels:
            found += _level_changes(variable, given.get(name), call)
        else:
            made = _number_change(name, given.get(name), rows, call)
            if made.to is None:
                scenarios.check_slope(name)
            found.append(made)
    return found
