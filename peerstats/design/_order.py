"""The order of an ordinal outcome's levels: the column's own, that of numbers, or one that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats._core.frames import nw
from peerstats.design._columns import as_held
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.design._columns import Level

__all__ = ["put_in_order"]

_SHOWN = 8  # levels named in a message


def put_in_order(
    frame: nw.DataFrame[Any], name: str, found: list[Level], unused: list[Level], said: Any, call: str
) -> tuple[list[Level], list[Level]]:
    """Return the levels of an ordinal outcome from the lowest to the highest, and those without rows.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data, or their first batch: the column's kind.
    name : str
        The outcome's column.
    found, unused : list
        Levels of the rows used, and others that are known; in the column's order if it has one, else sorted.
    said : list of str, int or bool, or None
        All levels, the lowest first, as the caller says.
    call : str
        The public call, for messages.

    Returns
    -------
    levels, unused : list
        The same, in order.

    Raises
    ------
    InputError
        If the levels are text without an order, or what is said is no list of all of them.
    """
    if said is not None:
        return _as_said(name, found, unused, said, call)
    kind = frame[name].dtype
    if kind == nw.Enum:  # narwhals' word for an ordered pandas categorical too
        return found, unused
    if not any(isinstance(level, str) for level in found):
        return sorted(found), unused
    shown = ", ".join(map(repr, found[:_SHOWN])) + (", ..." if found[_SHOWN:] else "")
    raise InputError(
        f"{call}(): the outcome {name!r} is text without an order; its levels are {shown}.",
        f"Say the order, the lowest first: levels={{{name!r}: [{shown}]}}, with these in their order; or "
        "make the column an ordered categorical.",
    )


def _as_said(
    name: str, found: list[Level], unused: list[Level], said: Any, call: str
) -> tuple[list[Level], list[Level]]:
    if not isinstance(said, list | tuple):
        raise InputError(
            f"{call}(): levels= gives {said!r} for the outcome {name!r}, which is no order.",
            f"List all of its levels, the lowest first: levels={{{name!r}: [{found[0]!r}, ...]}}.",
        )
    wanted = [as_held(level, found) for level in said]
    twice = next((level for i, level in enumerate(wanted) if level in wanted[:i]), None)
    if twice is not None:
        raise InputError(f"{call}(): levels= names {twice!r} of {name!r} twice.", "Name each level once.")
    lacking = next((level for level in found if level not in wanted), None)
    if lacking is not None:
        raise InputError(
            f"{call}(): levels= for {name!r} lacks {lacking!r}, which rows hold.",
            "List every level, the lowest first, or leave such rows out with where=.",
        )
    extra = [level for level in wanted if level not in found and level not in unused]
    return [level for level in wanted if level in found], [*unused, *extra]
