"""What an instrument's file says about its numberings and about the meaning of its scores."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from _generate._markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peerstats.instruments import Instrument

__all__ = ["interpretation", "mark", "numberings", "numbers"]

_MARKS = {
    "V": "read in two independent sources, or reproduced from data",
    "1": "read in one source",
    "R": "recalled, not confirmed",
}


def mark(confidence: str) -> str:
    """Put a mark of confidence into words."""
    first, _, rest = confidence.partition(" ")
    first, colon = first.removesuffix(":"), first.endswith(":")
    if first not in _MARKS:
        return confidence
    return f"{_MARKS[first]}{':' if colon else ''} {rest}".strip()


def numbers(instrument: Instrument, positions: Iterable[int]) -> str:
    """Name items by their numbers."""
    return ", ".join(instrument.item_names[i] for i in positions)


def numberings(instrument: Instrument) -> str:
    """Return the section on numberings in circulation."""
    if not instrument.orders:
        return ""
    scales = instrument.scale_names
    rows = [
        (
            f"`{order.name}`" + (" (the default)" if order.name == instrument.default_order else ""),
            *(numbers(instrument, order.items[scale]) for scale in scales),
            f"{order.about}; {mark(order.confidence)}",
        )
        for order in instrument.orders
    ]
    return (
        "## Numberings\n\nMore than one numbering of the items is in circulation; `order=` names the one of "
        f"your file.\n\n{table(('order', *(f'`{scale}`' for scale in scales), 'where it is used'), rows)}"
    )


def _spans(edges: Sequence[float], names: Sequence[str]) -> str:
    between = [f"{low:g} to below {high:g}" for low, high in pairwise(edges)]
    places = [f"below {edges[0]:g}", *between, f"{edges[-1]:g} and over"]
    return "; ".join(f"{name}: {place}" for name, place in zip(names, places, strict=True))


def interpretation(instrument: Instrument) -> str:
    """Return the section on composites, cut-offs, matches and bands; none of them is used unasked."""
    rows = [
        (
            composite.name,
            f"{composite.about}. {_spans(composite.bands_from, composite.bands)}",
            composite.confidence,
        )
        for composite in instrument.composites
    ]
    for cut in instrument.cutoffs:
        spans = [
            f"{scale} high from {cut.high_from[scale]:g}, moderate from {low:g}"
            for scale, low in cut.moderate_from.items()
        ]
        rows.append(
            (
                cut.name,
                f"Legacy cut-offs of sums ({cut.group}): {'; '.join(spans)}. {cut.note}",
                cut.confidence,
            )
        )
    if instrument.match is not None:
        rows.append(
            (
                "match",
                f"Midpoint {instrument.match.midpoint:g}. {instrument.match.about}.",
                instrument.match.confidence,
            )
        )
    if instrument.bands is not None:
        bands = instrument.bands
        sure = "V" if bands.confirmed else f"not confirmed: {bands.confirm}"
        rows.append(("bands", f"{_spans(bands.lower, bands.names)}.", sure))
    if not rows:
        return ""
    named = [(f"`{name}`", text, mark(sure)) for name, text, sure in rows]
    return (
        "## What others read into the scores\n\nThe file carries these; no score is put into a band "
        "unasked.\n\n"
        f"{table(('name', 'rule', 'how it was checked'), named)}"
    )
