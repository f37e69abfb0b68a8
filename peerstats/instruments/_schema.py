"""From an instrument file to an `Instrument`, checked on the way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from peerstats.instruments._conversions import read_groups, read_lookup, read_response_model
from peerstats.instruments._instrument import Instrument
from peerstats.instruments._interpretation import (
    read_bands,
    read_composites,
    read_cutoffs,
    read_match,
    read_roles,
)
from peerstats.instruments._records import Anchors, Example, Order, Scale
from peerstats.instruments._source import TomlSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["METHODS", "WORDING", "parse_instrument"]

METHODS = ("mean", "sum", "lookup", "irt")
WORDING = ("public domain", "not distributed")

_TEXTS = ("key", "title", "form", "wording", "licence", "reference")
_KNOWN = (
    *("schema", *_TEXTS, "confirmed", "confirm", "default_order", "methods", "notes", "confidence"),
    *("answers", "anchors", "items", "groups", "scale", "order", "lookup", "irt"),
    *("roles", "composite", "cutoffs", "match", "bands", "example"),
)


def _positions(
    source: TomlSource, path: tuple[str, ...], numbers: Sequence[object], names: Sequence[str]
) -> tuple[int, ...]:
    """Turn item numbers into positions; each must be an item, and be named once."""
    for number in numbers:
        if str(number) not in names:
            raise source.stop(path, f"names item {number!r}, which is not among the items {', '.join(names)}")
    found = tuple(names.index(str(number)) for number in numbers)
    if len(set(found)) < len(found):
        twice = next(n for n in numbers if list(numbers).count(n) > 1)
        raise source.stop(path, f"names item {twice!r} twice")
    return found


def _least(source: TomlSource, path: tuple[str, ...], table: dict[str, Any], n_items: int) -> int:
    """Return how many answers a scale needs: a count, a share below 1, or all by default."""
    value = table.get("min_answered", n_items)
    if isinstance(value, float) and 0 < value < 1:
        return math.ceil(value * n_items)
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not min(1, n_items) <= value <= max(n_items, 1)
    ):
        raise source.stop(path, f"is {value!r}: give a count from 1 to {n_items}, or a share below 1")
    return value


def _scale(
    source: TomlSource, name: str, table: Any, items: tuple[int, ...] | None, names: Sequence[str]
) -> Scale:
    path = ("scale", name)
    if not isinstance(table, dict):
        raise source.stop(path, "must be a table")
    source.only(table, path, ("items", "reverse", "min_answered", "high_means", "unit"))
    if items is None:
        here = (*path, "items")
        items = _positions(source, here, source.get(table, here, list), names)
        if not items:
            raise source.stop(here, "is empty")
    elif "items" in table:
        raise source.stop((*path, "items"), "is given, and [order] gives the items too", "Keep one of them.")
    here = (*path, "reverse")
    reverse = _positions(source, here, source.get(table, here, list, []), names)
    stray = [names[i] for i in reverse if i not in items]
    if stray:
        raise source.stop(here, f"reverses item {stray[0]}, which is not in the scale")
    return Scale(
        name=name,
        items=items,
        reverse=reverse,
        min_answered=_least(source, (*path, "min_answered"), table, len(items)),
        high_means=source.get(table, (*path, "high_means"), str),
        unit=source.get(table, (*path, "unit"), str, ""),
    )


def _orders(source: TomlSource, table: dict[str, Any], names: Sequence[str]) -> tuple[Order, ...]:
    scales = tuple(table["scale"])
    found = []
    for name, part in source.get(table, ("order",), dict, {}).items():
        source.only(part, ("order", name), ("about", "confidence", *scales))
        found.append(
            Order(
                name=name,
                about=source.get(part, ("order", name, "about"), str),
                confidence=source.get(part, ("order", name, "confidence"), str),
                items={
                    scale: _positions(
                        source,
                        ("order", name, scale),
                        source.get(part, ("order", name, scale), list),
                        names,
                    )
                    for scale in scales
                },
            )
        )
    return tuple(found)


def _example(source: TomlSource, table: dict[str, Any]) -> Example:
    path = ("example",)
    known = ("answers", "method", "groups", "order", "scores", "source")
    source.only(table, path, known)
    answers = source.get(table, (*path, "answers"), list)
    return Example(
        answers=tuple(None if a == "missing" else int(a) for a in answers),
        method=source.get(table, (*path, "method"), str),
        groups=dict(source.get(table, (*path, "groups"), dict, {})),
        order=table.get("order"),
        scores=dict(source.get(table, (*path, "scores"), dict)),
        source=source.get(table, (*path, "source"), str),
    )


def _answers(source: TomlSource, table: dict[str, Any]) -> tuple[int, int]:
    part = source.get(table, ("answers",), dict)
    source.only(part, ("answers",), ("low", "high"))
    low = source.get(part, ("answers", "low"), int)
    high = source.get(part, ("answers", "high"), int)
    if low >= high:
        raise source.stop(("answers", "high"), f"is {high}, not above the lowest answer {low}")
    return low, high


def _items(source: TomlSource, table: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    part = source.get(table, ("items",), dict)
    source.only(part, ("items",), ("names", "text"))
    names = tuple(str(name) for name in source.get(part, ("items", "names"), list))
    if len(set(names)) < len(names):
        raise source.stop(("items", "names"), "has an item name twice")
    text = tuple(source.get(part, ("items", "text"), list, []))
    if text and table["wording"] != "public domain":
        raise source.stop(("items", "text"), f"holds item text, but wording is {table['wording']!r}")
    if text and len(text) != len(names):
        raise source.stop(("items", "text"), f"has {len(text)} texts for {len(names)} items")
    return names, text


def _anchors(
    source: TomlSource, table: dict[str, Any], names: Sequence[str], n_codes: int
) -> tuple[Anchors, ...]:
    found = []
    for part in source.get(table, ("anchors",), list, []):
        words = tuple(source.get(part, ("anchors", "words"), list))
        if len(words) != n_codes:
            raise source.stop(("anchors", "words"), f"has {len(words)} words for {n_codes} answer codes")
        items = source.get(part, ("anchors", "items"), list)
        found.append(Anchors(items=_positions(source, ("anchors", "items"), items, names), words=words))
    return tuple(found)


def _head(source: TomlSource, table: dict[str, Any]) -> dict[str, Any]:
    """Check the parts by name and return the plain fields."""
    source.only(table, (), _KNOWN)
    head = {name: source.get(table, (name,), str) for name in _TEXTS}
    if head["wording"] not in WORDING:
        raise source.stop(("wording",), f"is {head['wording']!r}", f"Choose from {', '.join(WORDING)}.")
    head["confirmed"] = source.get(table, ("confirmed",), bool)
    head["confirm"] = source.get(table, ("confirm",), str, "" if head["confirmed"] else None)
    head["methods"] = tuple(source.get(table, ("methods",), list))
    wrong = [method for method in head["methods"] if method not in METHODS]
    if wrong or not head["methods"]:
        raise source.stop(("methods",), f"is {list(head['methods'])!r}", f"Choose from {', '.join(METHODS)}.")
    head["notes"] = tuple(source.get(table, ("notes",), list, []))
    head["confidence"] = dict(source.get(table, ("confidence",), dict, {}))
    return head


def _scales(
    source: TomlSource, table: dict[str, Any], orders: Sequence[Order], names: Sequence[str]
) -> tuple[str | None, tuple[Scale, ...]]:
    default = table.get("default_order")
    known: Mapping[str, Order] = {order.name: order for order in orders}
    if default is not None and default not in known:
        raise source.stop(
            ("default_order",), f"is {default!r}", f"The orders are {', '.join(known) or 'none'}."
        )
    parts = table["scale"]
    if not parts:
        raise source.stop(("scale",), "has no scale")
    chosen = known[default].items if default is not None else dict.fromkeys(parts, () if orders else None)
    return default, tuple(_scale(source, name, part, chosen[name], names) for name, part in parts.items())


def parse_instrument(text: str, name: str, read: Callable[[str], str]) -> Instrument:
    """Make an `Instrument` of an instrument file's text.

    Parameters
    ----------
    text : str
        The TOML text.
    name : str
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
        If the file is no TOML, lacks a part, has one that means nothing, or contradicts itself; the line
        is named.
    """
    source = TomlSource(name=name, text=text)
    table = source.parse()
    head = _head(source, table)
    low, high = _answers(source, table)
    names, wording = _items(source, table)
    source.get(table, ("scale",), dict)
    orders = _orders(source, table, names)
    default_order, scales = _scales(source, table, orders, names)
    groups = read_groups(source, table)
    lookup = read_lookup(source, table, groups, read, n_totals=(high - low) * len(names) + 1)
    irt = read_response_model(source, table, groups, read, n_items=len(names), n_cuts=high - low)
    for method, part in (("lookup", lookup), ("irt", irt)):
        if method in head["methods"] and part is None:
            raise source.stop(("methods",), f"offers {method!r} without [{method}] and [groups]")
    return Instrument(
        **head,
        low=low,
        high=high,
        item_names=names,
        item_text=wording,
        anchors=_anchors(source, table, names, high - low + 1),
        scales=scales,
        orders=orders,
        default_order=default_order,
        groups=groups,
        lookup=lookup,
        irt=irt,
        roles=read_roles(source, table),
        composites=read_composites(source, table),
        cutoffs=read_cutoffs(source, table),
        match=read_match(source, table),
        bands=read_bands(source, table),
        examples=tuple(_example(source, e) for e in source.get(table, ("example",), list, [])),
    )
