"""A page for each bundled instrument, made from the record that its file becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peerstats
from _generate._interpretation import interpretation, mark, numberings, numbers
from _generate._markdown import bullets, fields, table, toctree

if TYPE_CHECKING:
    from peerstats.instruments import Instrument

__all__ = ["instrument_pages"]

_PARTS = {
    "key": "items and key",
    "missing_rule": "missing rule",
    "lookup": "look-up table",
    "irt": "response model",
}


def _call(instrument: Instrument) -> str:
    prefix = "fwb" if instrument.lookup is not None else instrument.key.partition("_")[0]
    lines = ["data,", f'"{instrument.key}",', f'items="{prefix}_{{}}",']
    if instrument.orders and instrument.default_order is None:
        lines.append(f'order="{instrument.orders[0].name}",')
    if instrument.groups is not None:
        lines += ['age="age",', f'mode="{instrument.groups.mode[0]}",']
    if instrument.irt is not None:
        lines.append('method="irt",')
    return "```python\nresult = ps.score(\n    " + "\n    ".join(lines) + "\n)\n```\n"


def _answers(instrument: Instrument) -> str:
    if not instrument.anchors:
        return ""
    codes = range(instrument.low, instrument.high + 1)
    headings = ("items", *map(str, codes))
    rows = [(numbers(instrument, anchors.items), *anchors.words) for anchors in instrument.anchors]
    return "## Answers\n\n" + table(headings, rows)


def _items(instrument: Instrument) -> str:
    if not any(instrument.item_text):
        return f"## Items\n\nThe wording is not part of peerstats. {instrument.licence}.\n"
    reverse = {i for scale in instrument.scales for i in scale.reverse}
    rows = [
        (number, text, "reversed" if i in reverse else "")
        for i, (number, text) in enumerate(zip(instrument.item_names, instrument.item_text, strict=True))
    ]
    return "## Items\n\n" + table(("item", "wording", "key"), rows)


def _scales(instrument: Instrument) -> str:
    rows = [
        (
            f"`{scale.name}`",
            numbers(instrument, scale.items) or "by `order=`",
            numbers(instrument, scale.reverse) or "none",
            "1 with `irt`, all with `lookup`"
            if instrument.irt is not None
            else f"{scale.min_answered} of {len(scale.items)}",
            scale.high_means,
        )
        for scale in instrument.scales
    ]
    return "## Scales\n\n" + table(
        ("scale", "items", "reversed", "answers needed", "a high score means"), rows
    )


def _lookup(instrument: Instrument) -> str:
    groups, lookup = instrument.groups, instrument.lookup
    if groups is None or lookup is None:
        return ""
    cells = [(a, m) for a in range(len(groups.age_group)) for m in range(len(groups.mode))]
    headings = ("raw total", *(f"{groups.age_group[a]}, {groups.mode[m]}" for a, m in cells))
    rows = [
        (raw, *(f"{lookup.scores[a, m, raw]:g}" for a, m in cells)) for raw in range(lookup.scores.shape[2])
    ]
    return (
        "## Look-up table\n\nScore by raw total (items after reversal, each counted from 0), age group and "
        f"mode of administration.\n\n{table(headings, rows, numbers_from=0)}"
    )


def _examples(instrument: Instrument) -> str:
    rows = [
        (
            " ".join("\N{EN DASH}" if answer is None else str(answer) for answer in example.answers),
            f"`{example.method}`"
            + "".join(f", {word}" for word in (*example.groups.values(), example.order) if word),
            ", ".join(f"{scale} {value:g}" for scale, value in example.scores.items()),
            example.source,
        )
        for example in instrument.examples
    ]
    return "## Worked examples\n\nA test runs each of them.\n\n" + table(
        ("answers, in item order", "scored by", "score", "where it is printed"), rows
    )


def _confidence(instrument: Instrument) -> str:
    rows = [(_PARTS.get(part, part), mark(how)) for part, how in instrument.confidence.items()]
    return "## How sure each part is\n\n" + table(("part", "how it was checked"), rows)


def _instrument_page(key: str) -> str:
    instrument = peerstats.get_instrument(key)
    facts = [
        ("key", f"`{key}`"),
        ("form", instrument.form),
        ("answers", f"{instrument.low} to {instrument.high}"),
        ("scored by", ", ".join(f"`{method}`" for method in instrument.methods)),
        ("wording", instrument.wording),
        ("licence", instrument.licence),
        ("reference", instrument.reference),
        ("key confirmed", "yes" if instrument.confirmed else f"no: {instrument.confirm}"),
    ]
    parts = [
        f"# {instrument.title}\n",
        fields(facts),
        _call(instrument),
        bullets(instrument.notes),
        _scales(instrument),
        numberings(instrument),
        _answers(instrument),
        _items(instrument),
        _confidence(instrument),
        interpretation(instrument),
        _examples(instrument),
        _lookup(instrument),
    ]
    return "\n".join(part for part in parts if part)


def instrument_pages() -> dict[str, str]:
    """Return a page for each bundled instrument and their index, by file name."""
    known = peerstats.list_instruments().to_dict("records")
    rows = [
        (
            f"[{row['title']}]({row['instrument']}.md)",
            f"`{row['instrument']}`",
            row["form"],
            row["methods"],
            row["wording"],
        )
        for row in known
    ]
    keys = [row["instrument"] for row in known]
    index = (
        "# Instruments\n\nAn instrument is a file: items, key, response range, scales, conversion, source, "
        "licence and worked examples. These pages are made from the files that `ps.score` reads.\n\n"
        f"{toctree(keys)}\n{table(('instrument', 'key', 'form', 'scored by', 'wording'), rows)}"
    )
    return {"index.md": index, **{f"{key}.md": _instrument_page(key) for key in keys}}
