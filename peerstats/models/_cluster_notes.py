"""What clusters and leverage say about an error: too few, or resting on one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.design import ModelRows
    from peerstats.numerics import Block, Rows
    from peerstats.typing import IntArray

__all__ = ["cluster_notes", "full_notes", "largest_cluster"]

_FEW = 20  # clusters: "few" begins between 20 and 50 (Cameron and Miller 2015, J. Human Resources 50, 317)
_NAMED = 6  # terms named in a note


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _clusters(block: Block) -> IntArray:
    if block.cluster is None:
        raise ValueError("rows without clusters")
    return block.cluster


def largest_cluster(rows: Rows, n_clusters: int) -> int:
    """Return the number of rows of the largest cluster."""
    sizes = np.zeros(n_clusters, dtype=np.int64)
    for block in rows.blocks():
        sizes += np.bincount(_clusters(block), minlength=n_clusters)
    return int(sizes.max())


def _first_row(rows: Rows, cluster: int) -> int:
    """Return the position of the first row of a cluster."""
    start = 0
    for block in rows.blocks():
        here = np.flatnonzero(_clusters(block) == cluster)
        if len(here):
            return start + int(here[0])
        start += len(block.y)
    raise ValueError(cluster)


def full_notes(variance: str, rows: ModelRows, full: tuple[int, ...], call: str) -> tuple[str, ...]:
    """Say which rows or clusters a coefficient fits exactly; HC3 and CR3 have no value then."""
    if not full:
        return ()
    noun = "cluster" if rows.clustered else "row"
    first = _first_row(rows.source, full[0]) if rows.clustered else full[0]
    place = f"{'the cluster of ' if rows.clustered else ''}{rows.source.row_name(first)}"
    count = _count(len(full), noun)
    if variance in ("HC3", "CR3"):
        raise InputError(
            f"{call}(): variance={variance!r} leaves out one {noun} at a time, and a coefficient rests "
            f"on one alone: {place} ({count} in all).",
            f'Take variance="{"CR2" if rows.clustered else "HC2"}", or leave the term out.',
        )
    return (f"{count} with a leverage of 1, the first {place}: a coefficient fits each exactly.",)


def _alone(rows: ModelRows) -> list[str]:
    """Name the columns that are not 0 in one cluster only."""
    k = len(rows.design.columns)
    n_codes = rows.n_codes

    def span(blocks: Iterable[Block]) -> tuple[IntArray, IntArray]:
        low, high = np.full(k, n_codes), np.full(k, -1)
        for block in blocks:
            cluster, present = _clusters(block), block.x != 0
            np.minimum(low, np.where(present, cluster, n_codes).min(axis=1), out=low)
            np.maximum(high, np.where(present, cluster, -1).max(axis=1), out=high)
        return low, high

    def widest(parts: Iterable[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
        lows, highs = zip(*parts, strict=True)
        return np.minimum.reduce(lows), np.maximum.reduce(highs)

    low, high = rows.summed.reduce(span, widest)
    return [name for name, single in zip(rows.design.columns, low == high, strict=True) if single]


def cluster_notes(variance: str, rows: ModelRows, n_parameters: int) -> tuple[str, ...]:
    """Say where clustered errors cannot be trusted."""
    if not rows.clustered:
        return ()
    notes = []
    alone = _alone(rows)
    if alone:
        shown = ", ".join(map(repr, alone[:_NAMED])) + (" and others" if alone[_NAMED:] else "")
        notes.append(
            f"Only one cluster tells of {shown}: a clustered error has nothing to compare it with and is "
            "far too small."
        )
    n_clusters = rows.n_clusters or rows.n_codes
    if n_clusters < n_parameters:
        counts = f"{counted(n_clusters, 'cluster')} for {n_parameters:,} coefficients"
        notes.append(f"{counts}: tests of all coefficients together are impossible, single errors uncertain.")
    elif rows.n_codes < _FEW and variance not in ("CR2", "CR3"):
        notes.append(f"{_count(rows.n_codes, 'cluster')}: with so few, errors tend to be too small.")
    return tuple(notes)
