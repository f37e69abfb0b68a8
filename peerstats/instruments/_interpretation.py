"""The parts of an instrument file that say what scores mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats.instruments._records import Bands, Composite, CutoffSet, Match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.instruments._source import TomlSource

__all__ = ["read_bands", "read_composites", "read_cutoffs", "read_match", "read_roles"]

_ROLES = ("exhaustion", "cynicism", "efficacy")


def _check_scales(source: TomlSource, path: tuple[str, ...], names: Any, table: dict[str, Any]) -> None:
    unknown = [name for name in names if name not in table["scale"]]
    if unknown:
        raise source.stop(
            path, f"names the scale {unknown[0]!r}", f"The scales are {', '.join(table['scale'])}."
        )


def _check_bands(
    source: TomlSource, path: tuple[str, ...], names: tuple[str, ...], lower: tuple[float, ...]
) -> None:
    if len(names) != len(lower) + 1 or list(lower) != sorted(set(lower)):
        raise source.stop(path, f"must rise and have one edge fewer than its {len(names)} bands")


def read_roles(source: TomlSource, table: dict[str, Any]) -> Mapping[str, str]:
    """Read [roles]: which scale is exhaustion, cynicism and efficacy."""
    if "roles" not in table:
        return {}
    part = source.get(table, ("roles",), dict)
    source.only(part, ("roles",), _ROLES)
    roles = {role: source.get(part, ("roles", role), str) for role in _ROLES}
    _check_scales(source, ("roles",), roles.values(), table)
    return roles


def read_composites(source: TomlSource, table: dict[str, Any]) -> tuple[Composite, ...]:
    """Read [composite.NAME]: weighted scores of scale means."""
    found = []
    for name, part in source.get(table, ("composite",), dict, {}).items():
        path = ("composite", name)
        source.only(
            part, path, ("about", "weights", "reverse", "bands", "bands_from", "confidence", "source")
        )
        weights = source.get(part, (*path, "weights"), dict)
        reverse = tuple(source.get(part, (*path, "reverse"), list, []))
        _check_scales(source, path, (*weights, *reverse), table)
        bands = tuple(source.get(part, (*path, "bands"), list))
        lower = tuple(map(float, source.get(part, (*path, "bands_from"), list)))
        _check_bands(source, (*path, "bands_from"), bands, lower)
        about, confidence, where = (
            source.get(part, (*path, k), str) for k in ("about", "confidence", "source")
        )
        found.append(
            Composite(
                name=name,
                about=about,
                confidence=confidence,
                source=where,
                weights={scale: float(weight) for scale, weight in weights.items()},
                reverse=reverse,
                bands=bands,
                bands_from=lower,
            )
        )
    return tuple(found)


def read_cutoffs(source: TomlSource, table: dict[str, Any]) -> tuple[CutoffSet, ...]:
    """Read [[cutoffs]]: legacy cut-offs of sums, each labelled with its norm group."""
    path = ("cutoffs",)
    texts = ("name", "group", "confidence", "source", "note")
    found = []
    for part in source.get(table, path, list, []):
        source.only(part, path, (*texts, "scales"))
        scales = source.get(part, (*path, "scales"), dict)
        _check_scales(source, path, scales, table)
        for scale, cut in scales.items():
            source.only(cut, (*path, scale), ("moderate_from", "high_from", "burnout"))
            moderate = source.get(cut, (*path, "moderate_from"), float)
            if not moderate < source.get(cut, (*path, "high_from"), float):
                raise source.stop(path, f"has its high band of {scale} begin before its moderate one")
            if source.get(cut, (*path, "burnout"), str) not in ("high", "low"):
                raise source.stop(
                    path, f"has burnout = {cut['burnout']!r} for {scale}", "Say 'high' or 'low'."
                )
        found.append(
            CutoffSet(
                **{name: source.get(part, (*path, name), str) for name in texts},
                moderate_from={scale: float(cut["moderate_from"]) for scale, cut in scales.items()},
                high_from={scale: float(cut["high_from"]) for scale, cut in scales.items()},
                burnout={scale: cut["burnout"] for scale, cut in scales.items()},
            )
        )
    return tuple(found)


def read_match(source: TomlSource, table: dict[str, Any]) -> Match | None:
    """Read [match]: match and mismatch about a midpoint."""
    if "match" not in table:
        return None
    part = source.get(table, ("match",), dict)
    source.only(part, ("match",), ("midpoint", "about", "confidence"))
    return Match(
        midpoint=float(source.get(part, ("match", "midpoint"), float)),
        about=source.get(part, ("match", "about"), str),
        confidence=source.get(part, ("match", "confidence"), str),
    )


def read_bands(source: TomlSource, table: dict[str, Any]) -> Bands | None:
    """Read [bands]: named bands of one scale's score."""
    if "bands" not in table:
        return None
    path = ("bands",)
    part = source.get(table, path, dict)
    source.only(part, path, ("scale", "names", "from", "confirmed", "confirm"))
    scale = source.get(part, (*path, "scale"), str)
    _check_scales(source, path, [scale], table)
    names = tuple(source.get(part, (*path, "names"), list))
    lower = tuple(map(float, source.get(part, (*path, "from"), list)))
    _check_bands(source, (*path, "from"), names, lower)
    confirmed = source.get(part, (*path, "confirmed"), bool)
    return Bands(
        scale=scale,
        names=names,
        lower=lower,
        confirmed=confirmed,
        confirm=source.get(part, (*path, "confirm"), str, "" if confirmed else None),
    )
