"""Small counts of a table, and those that would reveal them, kept back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.results._hide_counts import hide_counts

if TYPE_CHECKING:
    from peerstats.results._table import Table

__all__ = ["HIDDEN", "suppress_counts"]

HIDDEN = "[s]"  # what stands in a cell that is kept back


def suppress_counts(table: Table, below: int, *, zeros: bool) -> Table:
    """Return a table without its small counts; `Table.suppress` says what is done."""
    if isinstance(below, bool) or not isinstance(below, int) or below < 2:  # noqa: PLR2004  (below 2 hides nothing)
        raise InputError(
            f"suppress(): below={below!r} is no threshold.", "Give 11, 5 or another whole number."
        )
    if table.counts is None:
        raise InputError(
            f"suppress(): table {table.key!r} does not say which of its cells are counts.",
            "Suppress a table of counts; or give Table(counts=Counts(...)).",
        )
    counts = table.counts.counts
    found = hide_counts(
        np.array([each.n for each in counts], dtype=np.int64),
        table.counts.sums,
        below,
        zeros=zeros,
        fixed=np.array([each.fixed for each in counts], dtype=bool),
    )
    hidden = found.small | found.revealing
    cells = {cell for each, gone in zip(counts, hidden, strict=True) if gone for cell in each.cells}
    rows = [
        [HIDDEN if (i, j) in cells and cell is not None else cell for j, cell in enumerate(row)]
        for i, row in enumerate(table.rows)
    ]
    # what is kept back must not ride along in the record
    return replace(
        table, rows=rows, counts=None, notes=(*table.notes, _note(found.small, found.revealing, below))
    )


def _note(small: np.ndarray, revealing: np.ndarray, below: int) -> str:
    n_small, n_revealing = int(small.sum()), int(revealing.sum())
    if not n_small:
        return f"No count had to be suppressed: none is below {below}."
    note = f"{HIDDEN}: suppressed, {n_small:,} {'count' if n_small == 1 else 'counts'} below {below}"
    if n_revealing:
        note += f" and {n_revealing:,} from which {'it' if n_small == 1 else 'they'} could be worked out"
    return f"{note}, with what is computed from {'it' if n_small + n_revealing == 1 else 'them'}."
