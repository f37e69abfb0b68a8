"""From an `Instrument` to the text of an instrument file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from peerstats.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from peerstats.instruments._instrument import Instrument
    from peerstats.instruments._records import Groups

__all__ = ["instrument_tables", "instrument_text", "write_new"]

_ROW = 100  # characters: a longer list is written one value a line


def _value(value: Any) -> str:
    """Write one TOML value; JSON's text, numbers and truth values are TOML's too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        flat = "[" + ", ".join(map(_value, value)) + "]"
        return flat if len(flat) <= _ROW else "[\n" + "".join(f"    {_value(v)},\n" for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _table(header: str, values: Mapping[str, Any]) -> str:
    lines = [header, *(f"{key} = {_value(value)}" for key, value in values.items())]
    return "\n".join(line for line in lines if line) + "\n"


def _numbers(instrument: Instrument, positions: Iterable[int]) -> list[int | str]:
    """Name items as files do: by number where the name is one."""
    names = [instrument.item_names[i] for i in positions]
    return [int(name) if name.isdecimal() else name for name in names]


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, (), [], {}, "")}


def _head(instrument: Instrument) -> str:
    plain = ("key", "title", "form", "wording", "licence", "reference")
    values: dict[str, Any] = {"schema": 1} | {name: getattr(instrument, name) for name in plain}
    values |= {"confirmed": instrument.confirmed} | _given(
        {
            "confirm": instrument.confirm,
            "default_order": instrument.default_order,
            "methods": instrument.methods,
            "notes": instrument.notes,
        }
    )
    return _table("", values)


def _scales(instrument: Instrument) -> list[str]:
    parts = []
    for scale in instrument.scales:
        values: dict[str, Any] = {}
        if not instrument.orders:
            values["items"] = _numbers(instrument, scale.items)
        values |= _given({"reverse": _numbers(instrument, scale.reverse)})
        if scale.min_answered != len(scale.items):
            values["min_answered"] = scale.min_answered
        values |= {"high_means": scale.high_means} | _given({"unit": scale.unit})
        parts.append(_table(f"[scale.{scale.name}]", values))
    for order in instrument.orders:
        items = {name: _numbers(instrument, positions) for name, positions in order.items.items()}
        head = {"about": order.about, "confidence": order.confidence}
        parts.append(_table(f"[order.{order.name}]", head | items))
    return parts


def _conversions(instrument: Instrument) -> list[str]:
    parts = []
    values: dict[str, Any]
    if instrument.groups is not None:
        groups = instrument.groups
        values = {"age_group": groups.age_group, "mode": groups.mode, "ages_from": groups.ages_from}
        parts.append(_table("[groups]", values))
    if instrument.lookup is not None:
        parts.append(_table("[lookup]", {"table": f"{instrument.key}_lookup.csv"}))
    if instrument.irt is not None:
        grid = instrument.irt.grid
        values = {
            "items": f"{instrument.key}_irt.csv",
            "latent": f"{instrument.key}_latent.csv",
            "numbers": list(range(1, len(instrument.item_names) + 1)),
            "factors": ["F", "S1", "S2"],
            "grid": {"low": float(grid[0]), "high": float(grid[-1]), "points": len(grid)},
            "centre": instrument.irt.centre,
            "spread": instrument.irt.spread,
        }
        parts.append(_table("[irt]", values))
    return parts


def _interpretation(instrument: Instrument) -> list[str]:
    parts = []
    values: dict[str, Any]
    if instrument.roles:
        parts.append(_table("[roles]", instrument.roles))
    for each in instrument.composites:
        values = {"about": each.about, "weights": dict(each.weights)} | _given({"reverse": each.reverse})
        values |= {"bands": each.bands, "bands_from": each.bands_from}
        values |= {"confidence": each.confidence, "source": each.source}
        parts.append(_table(f"[composite.{each.name}]", values))
    for cuts in instrument.cutoffs:
        texts = {name: getattr(cuts, name) for name in ("name", "group", "confidence", "source", "note")}
        scales = {
            f"scales.{name}": {
                "moderate_from": cuts.moderate_from[name],
                "high_from": cuts.high_from[name],
                "burnout": cuts.burnout[name],
            }
            for name in cuts.moderate_from
        }
        parts.append(_table("[[cutoffs]]", texts | scales))
    if instrument.match is not None:
        match = instrument.match
        values = {"midpoint": match.midpoint, "about": match.about, "confidence": match.confidence}
        parts.append(_table("[match]", values))
    if instrument.bands is not None:
        bands = instrument.bands
        values = {
            "scale": bands.scale,
            "names": bands.names,
            "from": bands.lower,
            "confirmed": bands.confirmed,
        }
        parts.append(_table("[bands]", values | _given({"confirm": bands.confirm})))
    return parts


def instrument_text(instrument: Instrument) -> str:
    """Write an instrument as the text of an instrument file.

    Parameters
    ----------
    instrument : Instrument
        The instrument.

    Returns
    -------
    str
        TOML; its conversion tables are named as `instrument_tables` names them.
    """
    parts = [_head(instrument)]
    if instrument.confidence:
        parts.append(_table("[confidence]", instrument.confidence))
    parts.append(_table("[answers]", {"low": instrument.low, "high": instrument.high}))
    parts += [
        _table("[[anchors]]", {"items": _numbers(instrument, each.items), "words": each.words})
        for each in instrument.anchors
    ]
    items = {"names": instrument.item_names} | _given({"text": instrument.item_text})
    parts += [_table("[items]", items), *_scales(instrument), *_conversions(instrument)]
    parts += _interpretation(instrument)
    for each in instrument.examples:
        values = {"answers": ["missing" if a is None else a for a in each.answers], "method": each.method}
        values |= _given({"groups": dict(each.groups), "order": each.order})
        parts.append(_table("[[example]]", values | {"scores": dict(each.scores), "source": each.source}))
    return "\n".join(parts)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    return "\n".join([",".join(header), *(",".join(map(str, row)) for row in rows)]) + "\n"


def _cells(groups: Groups) -> list[tuple[tuple[int, int], tuple[str, str]]]:
    return [
        ((a, m), (age, mode)) for a, age in enumerate(groups.age_group) for m, mode in enumerate(groups.mode)
    ]


def instrument_tables(instrument: Instrument) -> dict[str, str]:
    """Write an instrument's conversion tables.

    Parameters
    ----------
    instrument : Instrument
        The instrument.

    Returns
    -------
    dict of str to str
        CSV text by file name; empty where scores are means or sums only.
    """
    if instrument.groups is None:
        return {}
    cells, tables = _cells(instrument.groups), {}
    if instrument.lookup is not None:
        scores = instrument.lookup.scores
        rows = [(*names, raw, float(score)) for at, names in cells for raw, score in enumerate(scores[at])]
        tables[f"{instrument.key}_lookup.csv"] = _csv(("age_group", "mode", "raw", "score"), rows)
    irt = instrument.irt
    if irt is not None:
        cuts = [f"cut_{k + 1}" for k in range(irt.cuts.shape[-1])]
        factors = ("F", "S1", "S2")
        items = [
            (
                *names,
                i + 1,
                factors[irt.factor[i] + 1],
                *irt.slopes[at][i].tolist(),
                *irt.cuts[at][i].tolist(),
            )
            for at, names in cells
            for i in range(len(instrument.item_names))
        ]
        head = ("age_group", "mode", "item", "factor", "slope_general", "slope_specific", *cuts)
        tables[f"{instrument.key}_irt.csv"] = _csv(head, items)
        latent = [
            (*names, factor, float(irt.mean[at][f]), float(irt.variance[at][f]))
            for at, names in cells
            for f, factor in enumerate(factors)
        ]
        head = ("age_group", "mode", "factor", "mean", "variance")
        tables[f"{instrument.key}_latent.csv"] = _csv(head, latent)
    return tables


def write_new(files: Mapping[Path, str]) -> None:
    """Write files that are not there yet: all of them, or none where one is in the way."""
    there = [path for path in files if path.exists()]
    if there:
        raise SourceError(f"to_toml(): {there[0]} is already there.", "Name another file, or move that one.")
    for path, text in files.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise SourceError(
                f"to_toml(): {path} cannot be written: {error.strerror}.", "Check the folder."
            ) from error
