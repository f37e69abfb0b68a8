"""Blocks of estimates as rows and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from peerstats.results import Column, Numbers, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.postfit.parts import Namer, RowKey, TermRow
    from peerstats.results import StyleName
    from peerstats.tables._model_blocks import Block, Entry

__all__ = ["lay_out"]

_REFERENCE = "ref."


@dataclass(slots=True, kw_only=True)
class _Grid:
    """Rows as they are gathered."""

    rows: list[list[Any]] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)

    def add(self, label: str, cells: Sequence[Any], indent: int) -> None:
        self.rows.append([label, *cells])
        self.indents.append(indent)


def _cells(entry: Entry | None, block: Block, show: Sequence[str]) -> list[Any]:
    """Return an estimate's cells."""
    n_extra = ("std_error" in show) + ("p_value" in show)
    if entry is None:
        return [None] * (1 + n_extra)
    first: Any = Numbers(pattern="number", values=(entry.estimate,), digits=block.digits)
    if "interval" in show:
        limits = (entry.estimate, entry.conf_low, entry.conf_high)
        first = Numbers(pattern="estimate_interval", values=limits, digits=block.digits)
    error = [entry.std_error] if "std_error" in show else []
    return [first, *error, *([entry.p_value] if "p_value" in show else [])]


def _columns(groups: Sequence[str], blocks: Sequence[Block], show: Sequence[str]) -> list[Column]:
    columns = [Column(key="term", label="")]
    for i, (group, block) in enumerate(zip(groups, blocks, strict=True), 1):
        level = f" ({100 * block.conf_level:g}% CI)" if "interval" in show else ""
        found = [("estimate", f"{block.measure}{level}", "number")]
        found += [("std_error", "SE", "number")] if "std_error" in show else []
        found += [("p_value", "p", "p_value")] if "p_value" in show else []
        columns += [
            Column(key=f"{name}_{i}", label=label, kind=kind, digits=block.digits, group=group)  # type: ignore[arg-type]
            for name, label, kind in found
        ]
    return columns


def _order(blocks: Sequence[Block], every: Sequence[Block]) -> list[TermRow]:
    """Return every row once: levels of a variable together, else in the order of the table's models."""
    groups: dict[str, dict[RowKey, TermRow]] = {
        row.group or "\0".join(row.key): {} for block in every for row in block.rows
    }
    for block in blocks:
        for row in block.rows:
            groups[row.group or "\0".join(row.key)].setdefault(row.key, row)
    return [row for rows in groups.values() for row in rows.values()]


def _body(
    grid: _Grid,
    columns: Sequence[Sequence[Block]],
    kinds: Sequence[Block],
    every: Sequence[Block],
    *,
    indent: int,
    reference_rows: bool,
    show: Sequence[str],
) -> None:
    """Add the rows of some blocks; a column without a block here is empty."""
    blocks = [block for each in columns for block in each]
    known: set[RowKey] = {key for block in blocks for key in block.entries}
    heading = ""
    for row in _order(blocks, every):
        compared = row.key not in known
        if compared and not reference_rows:
            continue
        if row.group != heading:
            heading = row.group
            if heading:
                grid.add(row.heading, _empty(kinds, show), indent)
        cells: list[Any] = []
        for each, kind in zip(columns, kinds, strict=True):
            block = next(iter(each), None)
            entry = None if block is None else block.entries.get(row.key)
            found = _cells(entry, kind, show)
            own = block is not None and any(r.key == row.key and r.is_reference for r in block.rows)
            if own and not compared:  # elsewhere the level has a coefficient
                found[0] = _REFERENCE
            cells += found
        label = f"{row.label} (reference)" if compared else row.label
        grid.add(label, cells, indent + bool(row.group))


def _empty(kinds: Sequence[Block], show: Sequence[str]) -> list[Any]:
    return [cell for kind in kinds for cell in _cells(None, kind, show)]


def _group(block: Block, outcome: str) -> str:
    """Return the heading of a block's columns."""
    first = ": ".join(part for part in (block.model, outcome) if part)
    side = block.side.lower() if first else block.side
    return ", ".join(part for part in (first, side) if part)


def lay_out(
    blocks: Sequence[Block],
    namers: Mapping[str, Namer],
    *,
    shape: Literal["long", "wide"],
    reference_rows: bool,
    show: Sequence[str],
    style: StyleName,
    title: str,
    key: str,
    notes: Sequence[str],
) -> Table:
    """Return the table of some blocks."""
    grid = _Grid()
    several = len({block.variable for block in blocks}) > 1

    def name(block: Block) -> str:
        namer = namers[block.model]
        level = namer.level(block.variable, block.outcome) if block.outcome else ""
        return f"{namer.variable(block.variable)}: {level}" if several and level else level

    outcomes = {
        (block.variable, block.outcome) if block.outcome else ("", ""): name(block) for block in blocks
    }
    if shape == "wide" or len(outcomes) == 1:
        kinds = list(blocks)
        shown = "" if len(outcomes) == 1 and shape == "long" else None
        groups = [_group(block, name(block) if shown is None else shown) for block in blocks]
        _body(
            grid,
            [[block] for block in kinds],
            kinds,
            blocks,
            indent=0,
            reference_rows=reference_rows,
            show=show,
        )
        # those of a model of several outcomes stand once, below its first
        first = {(b.model, b.side, b.measure): i for i, b in reversed(list(enumerate(kinds)))}
        found = [b.statistics if i in first.values() else {} for i, b in enumerate(kinds)]
    else:
        lines: dict[tuple[str, str, str], list[Block]] = {}
        for block in blocks:
            lines.setdefault((block.model, block.side, block.measure), []).append(block)
        kinds = [each[0] for each in lines.values()]
        groups = [_group(kind, "") for kind in kinds]
        for key_of, heading in outcomes.items():
            if grid.rows:
                grid.rules.append(len(grid.rows))
            if heading:
                grid.add(heading, _empty(kinds, show), 0)
            columns = [
                [b for b in line if ((b.variable, b.outcome) if b.outcome else ("", "")) == key_of]
                for line in lines.values()
            ]
            _body(
                grid,
                columns,
                kinds,
                blocks,
                indent=int(bool(heading)),
                reference_rows=reference_rows,
                show=show,
            )
        found = [next((b.statistics for b in line if b.statistics), {}) for line in lines.values()]
    _statistics(grid, found, kinds, show)
    return Table(
        key=key,
        title=title,
        columns=_columns(groups, kinds, show),
        rows=grid.rows,
        notes=notes,
        indents=grid.indents,
        rules=grid.rules,
        style=style,
    )


def _statistics(
    grid: _Grid, found: Sequence[Mapping[str, Numbers]], kinds: Sequence[Block], show: Sequence[str]
) -> None:
    names = dict.fromkeys(name for each in found for name in each)
    if names:
        grid.rules.append(len(grid.rows))
    for name in names:
        cells = [
            [each.get(name), *_cells(None, kind, show)[1:]] for each, kind in zip(found, kinds, strict=True)
        ]
        grid.add(name, [cell for each in cells for cell in each], 0)
