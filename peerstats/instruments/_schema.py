"""From an instrument file to an `Instrument`, checked on the way."""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.instruments._records import (
    Anchors,
    Example,
    Groups,
    Instrument,
    LookupTable,
    ResponseModel,
    Scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["METHODS", "parse_instrument"]

METHODS = ("mean", "sum", "lookup", "irt")

_REQUIRED = (
    "key",
    "title",
    "form",
    "wording",
    "licence",
    "reference",
    "confirmed",
    "methods",
    "answers",
    "items",
    "scale",
)
_OPTIONAL = ("schema", "notes", "confidence", "anchors", "groups", "lookup", "irt", "example")


def _stop(place: str, problem: str, next_step: str = "Mend the instrument file.") -> InputError:
    return InputError(f"instrument file {place}: {problem}.", next_step)


def _freeze(array: Any, dtype: type = float) -> Any:
    out: Any = np.array(array, dtype=dtype)
    out.setflags(write=False)
    return out


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def _positions(numbers: Sequence[object], names: Sequence[str], place: str) -> tuple[int, ...]:
    unknown = [n for n in numbers if str(n) not in names]
    if unknown:
        raise _stop(place, f"names item {unknown[0]!r}, which is not among the items {', '.join(names)}")
    found = tuple(names.index(str(n)) for n in numbers)
    if len(set(found)) < len(found):
        raise _stop(place, "names an item twice")
    return found


def _scale(name: str, table: Mapping[str, Any], names: Sequence[str], place: str) -> Scale:
    here = f"{place}, [scale.{name}]"
    items = _positions(table["items"], names, here)
    reverse = _positions(table.get("reverse", ()), names, here)
    if not set(reverse) <= set(items):
        raise _stop(here, "reverses an item that is not in the scale")
    least = int(table.get("min_answered", len(items)))
    if not 1 <= least <= len(items):
        raise _stop(here, f"min_answered = {least} is not between 1 and its {len(items)} items")
    return Scale(
        name=name,
        items=items,
        reverse=reverse,
        min_answered=least,
        high_means=table["high_means"],
        unit=table.get("unit", ""),
    )


def _groups(table: Mapping[str, Any] | None) -> Groups | None:
    if table is None:
        return None
    return Groups(
        age_group=tuple(table["age_group"]), mode=tuple(table["mode"]), ages_from=tuple(table["ages_from"])
    )


def _lookup(
    table: Mapping[str, Any] | None, groups: Groups | None, read: Callable[[str], str]
) -> LookupTable | None:
    if table is None or groups is None:
        return None
    rows = _rows(read(table["table"]))
    scores = np.full(
        (len(groups.age_group), len(groups.mode), 1 + max(int(row["raw"]) for row in rows)), np.nan
    )
    for row in rows:
        scores[groups.age_group.index(row["age_group"]), groups.mode.index(row["mode"]), int(row["raw"])] = (
            row["score"]
        )
    return LookupTable(scores=_freeze(scores))


def _irt(
    table: Mapping[str, Any] | None, groups: Groups | None, read: Callable[[str], str]
) -> ResponseModel | None:
    if table is None or groups is None:
        return None
    factors = table["factors"]
    items = {(r["age_group"], r["mode"], int(r["item"])): r for r in _rows(read(table["items"]))}
    latent = {(r["age_group"], r["mode"], r["factor"]): r for r in _rows(read(table["latent"]))}
    cells = [[(age, mode) for mode in groups.mode] for age in groups.age_group]
    numbers = table["numbers"]
    first = items[(*cells[0][0], numbers[0])]
    cuts = [name for name in first if name.startswith("cut_")]

    def item_values(*names: str) -> Any:
        return _freeze(
            [
                [[[items[(*cell, n)][name] for name in names] for n in numbers] for cell in row]
                for row in cells
            ]
        )

    def factor_values(name: str) -> Any:
        return _freeze([[[latent[(*cell, f)][name] for f in factors] for cell in row] for row in cells])

    grid = table["grid"]
    return ResponseModel(
        slopes=item_values("slope_general", "slope_specific"),
        cuts=item_values(*cuts),
        factor=_freeze([factors.index(items[(*cells[0][0], n)]["factor"]) - 1 for n in numbers], int),
        mean=factor_values("mean"),
        variance=factor_values("variance"),
        grid=_freeze(np.linspace(grid["low"], grid["high"], grid["points"])),
        centre=float(table["centre"]),
        spread=float(table["spread"]),
    )


def _example(table: Mapping[str, Any]) -> Example:
    return Example(
        answers=tuple(None if a == "missing" else int(a) for a in table["answers"]),
        method=table["method"],
        groups=dict(table.get("groups", {})),
        scores=dict(table["scores"]),
        source=table["source"],
    )


def _table(text: str, place: str) -> dict[str, Any]:
    """Read the file's TOML and check its parts by name."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _stop(place, f"is not TOML: {error}") from error
    missing = [name for name in _REQUIRED if name not in table]
    if missing:
        raise _stop(place, f"lacks {', '.join(missing)}")
    known = (*_REQUIRED, *_OPTIONAL)
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise _stop(place, f"has {unknown[0]!r}, which means nothing", f"Known: {', '.join(known)}.")
    wrong = [m for m in table["methods"] if m not in METHODS]
    if wrong:
        raise _stop(place, f"method {wrong[0]!r} is unknown", f"Choose from {', '.join(METHODS)}.")
    return table


def parse_instrument(text: str, place: str, read: Callable[[str], str]) -> Instrument:
    """Make an `Instrument` of an instrument file's text.

    Parameters
    ----------
    text : str
        The TOML text.
    place : str
        Name of the file, for messages.
    read : callable
        Returns the text of a table that stands beside the file, by its name.

    Returns
    -------
    Instrument
        The checked record.

    Raises
    ------
    InputError
        If the file is no TOML, lacks a part, or contradicts itself.
    """
    table = _table(text, place)
    low, high = int(table["answers"]["low"]), int(table["answers"]["high"])
    if low >= high:
        raise _stop(place, f"answers go from {low} to {high}")
    names = [str(name) for name in table["items"]["names"]]
    if len(set(names)) < len(names):
        raise _stop(place, "has an item name twice")
    wording = tuple(table["items"].get("text", ()))
    if wording and table["wording"] != "public domain":
        raise _stop(place, f"holds item text, but its wording is {table['wording']!r}")
    groups = _groups(table.get("groups"))
    lookup = _lookup(table.get("lookup"), groups, read)
    irt = _irt(table.get("irt"), groups, read)
    for method, part in (("lookup", lookup), ("irt", irt)):
        if method in table["methods"] and part is None:
            raise _stop(place, f"offers the method {method!r} without [{method}] and [groups]")
    anchors = tuple(
        Anchors(items=_positions(a["items"], names, f"{place}, [[anchors]]"), words=tuple(a["words"]))
        for a in table.get("anchors", ())
    )
    if any(len(a.words) != high - low + 1 for a in anchors):
        raise _stop(place, f"has anchors that are not {high - low + 1} words")
    return Instrument(
        **{
            name: table[name]
            for name in ("key", "title", "form", "wording", "licence", "reference", "confirmed")
        },
        methods=tuple(table["methods"]),
        notes=tuple(table.get("notes", ())),
        confidence=dict(table.get("confidence", {})),
        low=low,
        high=high,
        item_names=tuple(names),
        item_text=wording,
        anchors=anchors,
        scales=tuple(_scale(name, part, names, place) for name, part in table["scale"].items()),
        groups=groups,
        lookup=lookup,
        irt=irt,
        examples=tuple(_example(e) for e in table.get("example", ())),
    )
