"""Which terms separate the levels of an ordinal outcome, said as an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import ConvergenceError
from peerstats.numerics import find_ordinal_separation

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.numerics import Maximum
    from peerstats.typing import Array

__all__ = ["refuse_separated_levels"]

_MOST = 50_000  # rows judged by linear programming, as for logits; of more, the last step tells
_RUNAWAY = 0.1  # of the largest part or move of a linear predictor: terms that have as much are named
_NAMED = 6  # terms named in a message


def refuse_separated_levels(rows: ModelRows, found: Maximum, moves: Array, call: str) -> None:
    """Raise the error of a fit without a maximum, or with a false one.

    Parameters
    ----------
    rows : ModelRows
        The rows.
    found : Maximum
        Where the search stopped.
    moves : (k,) float array
        How far the last step moved each slope, times the reach of its column.
    call : str
        The public call.

    Raises
    ------
    ConvergenceError
        If the rows are separated, or no maximum was reached.
    """
    if rows.source.n_rows <= _MOST:
        blocks = list(rows.source.blocks())
        x = np.concatenate([block.x for block in blocks], axis=1)
        y = np.concatenate([block.y for block in blocks]).astype(np.int64, copy=False)
        judged = find_ordinal_separation(x, y, len(rows.outcome_levels))
        if judged.kind != "none":
            # the direction is of least absolute size, not of fewest terms: small parts only help large ones
            parts = np.abs(judged.direction[len(rows.outcome_levels) - 1 :])
            at_fault = parts >= _RUNAWAY * parts.max()
            how = "completely" if judged.kind == "complete" else "quasi-completely"
            raise _error(rows, at_fault, how, int(judged.separated.sum()), found.n_iterations, call)
    elif not found.converged and np.isfinite(moves).all() and moves.any():
        at_fault = np.abs(moves) >= _RUNAWAY * np.abs(moves).max()
        raise _error(rows, at_fault, "", None, found.n_iterations, call)
    if not found.converged:
        raise ConvergenceError(
            f"{call}(): no maximum was reached after {found.n_iterations} steps.",
            "Check the columns for extreme values, or leave terms out.",
        )


def _error(
    rows: ModelRows, at_fault: Array, how: str, n_separated: int | None, n_iterations: int, call: str
) -> ConvergenceError:
    """Make the error of separated levels; `at_fault` is (k,) and says whose slopes run off."""
    names = [repr(name) for name, runs in zip(rows.design.columns, at_fault, strict=True) if runs]
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if names[_NAMED:] else "")
    tell = "tells" if len(names) == 1 else "tell"
    n = rows.source.n_rows
    where = "" if n_separated is None else f" in {n_separated:,} of {n:,} rows"
    where = f" in all {n:,} rows" if n_separated == n else where
    return ConvergenceError(
        f"{call}(): the rows are {how}{' ' if how else ''}separated: {shown} {tell} lower from higher levels "
        f"of {rows.outcome} without exception{where}, so the likelihood has no maximum and coefficients grow "
        f"without end (stopped after {n_iterations} steps).",
        f"Tabulate {rows.outcome} by the term; merge levels of the term whose rows all lie at one end, or "
        "leave the term out.",
    )
