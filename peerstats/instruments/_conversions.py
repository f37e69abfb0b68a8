"""The parts of an instrument file that turn answers into published scores."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.instruments._records import Groups, LookupTable, ResponseModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.instruments._source import TomlSource

__all__ = ["read_groups", "read_lookup", "read_response_model"]


def _freeze(values: Any, dtype: type = float) -> Any:
    array: Any = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def _rows(
    source: TomlSource, path: tuple[str, ...], name: str, read: Callable[[str], str]
) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(read(name).splitlines()))
    except OSError as error:
        raise source.stop(path, f"names the table {name!r}, which cannot be read") from error


def _column(source: TomlSource, path: tuple[str, ...], row: dict[str, str], name: str) -> str:
    if name not in row:
        raise source.stop(path, f"names a table without the column {name!r}", f"It has {', '.join(row)}.")
    return row[name]


def read_groups(source: TomlSource, table: dict[str, Any]) -> Groups | None:
    """Read [groups]: age groups, their first ages, and modes of administration."""
    if "groups" not in table:
        return None
    part = source.get(table, ("groups",), dict)
    source.only(part, ("groups",), ("age_group", "mode", "ages_from"))
    age_group, mode, ages_from = (
        tuple(source.get(part, ("groups", name), list)) for name in ("age_group", "mode", "ages_from")
    )
    if len(ages_from) != len(age_group) or list(ages_from) != sorted(set(ages_from)):
        raise source.stop(("groups", "ages_from"), f"must rise, one age for each of {', '.join(age_group)}")
    return Groups(age_group=age_group, mode=mode, ages_from=ages_from)


def read_lookup(
    source: TomlSource,
    table: dict[str, Any],
    groups: Groups | None,
    read: Callable[[str], str],
    n_totals: int,
) -> LookupTable | None:
    """Read [lookup]: a CSV of age_group, mode, raw, score; every total of every group must be there."""
    if "lookup" not in table or groups is None:
        return None
    part = source.get(table, ("lookup",), dict)
    source.only(part, ("lookup",), ("table",))
    path = ("lookup", "table")
    scores = np.full((len(groups.age_group), len(groups.mode), n_totals), np.nan)
    for row in _rows(source, path, source.get(part, path, str), read):
        age_group, mode, raw, score = (
            _column(source, path, row, name) for name in ("age_group", "mode", "raw", "score")
        )
        if age_group not in groups.age_group or mode not in groups.mode or not 0 <= int(raw) < n_totals:
            raise source.stop(path, f"names a table with a cell for {age_group}, {mode}, raw total {raw}")
        scores[groups.age_group.index(age_group), groups.mode.index(mode), int(raw)] = float(score)
    if np.isnan(scores).any():
        age, mode_at, raw_at = map(int, np.argwhere(np.isnan(scores))[0])
        cell = f"{groups.age_group[age]}, {groups.mode[mode_at]}, raw total {raw_at}"
        raise source.stop(path, f"names a table without a score for {cell}")
    return LookupTable(scores=_freeze(scores))


def read_response_model(
    source: TomlSource,
    table: dict[str, Any],
    groups: Groups | None,
    read: Callable[[str], str],
    n_items: int,
    n_cuts: int,
) -> ResponseModel | None:
    """Read [irt]: CSVs of item parameters and of factor means and variances, by scoring group."""
    if "irt" not in table or groups is None:
        return None
    path = ("irt",)
    part = source.get(table, path, dict)
    source.only(part, path, ("items", "latent", "numbers", "factors", "grid", "centre", "spread"))
    numbers = source.get(part, (*path, "numbers"), list)
    if len(numbers) != n_items:
        raise source.stop((*path, "numbers"), f"names {len(numbers)} items, and the instrument has {n_items}")
    factors = source.get(part, (*path, "factors"), list)
    item_path, latent_path = (*path, "items"), (*path, "latent")
    item_rows = _rows(source, item_path, source.get(part, item_path, str), read)
    latent_rows = _rows(source, latent_path, source.get(part, latent_path, str), read)
    items = {
        tuple(_column(source, item_path, r, c) for c in ("age_group", "mode", "item")): r for r in item_rows
    }
    latent = {
        tuple(_column(source, latent_path, r, c) for c in ("age_group", "mode", "factor")): r
        for r in latent_rows
    }
    cells = [[(age, mode) for mode in groups.mode] for age in groups.age_group]
    cuts = [f"cut_{k + 1}" for k in range(n_cuts)]

    def item(cell: tuple[str, str], number: int, name: str) -> str:
        if (*cell, str(number)) not in items:
            raise source.stop(item_path, f"names a table without item {number} for {', '.join(cell)}")
        return _column(source, item_path, items[*cell, str(number)], name)

    def factor(cell: tuple[str, str], which: str, name: str) -> str:
        if (*cell, which) not in latent:
            raise source.stop(latent_path, f"names a table without factor {which} for {', '.join(cell)}")
        return _column(source, latent_path, latent[*cell, which], name)

    def by_item(*names: str) -> Any:
        return _freeze(
            [[[[item(c, n, name) for name in names] for n in numbers] for c in row] for row in cells]
        )

    def by_factor(name: str) -> Any:
        return _freeze([[[factor(c, f, name) for f in factors] for c in row] for row in cells])

    grid = source.get(part, (*path, "grid"), dict)
    return ResponseModel(
        slopes=by_item("slope_general", "slope_specific"),
        cuts=by_item(*cuts),
        factor=_freeze([factors.index(item(cells[0][0], n, "factor")) - 1 for n in numbers], int),
        mean=by_factor("mean"),
        variance=by_factor("variance"),
        grid=_freeze(np.linspace(grid["low"], grid["high"], grid["points"])),
        centre=float(source.get(part, (*path, "centre"), float)),
        spread=float(source.get(part, (*path, "spread"), float)),
    )
