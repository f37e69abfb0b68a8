"""Columns of a design that depend on each other: named and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import FormulaError

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.numerics import Collinearity

__all__ = ["refuse_collinear", "refuse_large"]

_NAMED = 8  # columns of a combination that are named


def refuse_large(rows: ModelRows, column: int, call: str, names: tuple[str, ...] = ()) -> FormulaError:
    """Make the error of a column whose squares overflow; without `names` the design's are meant."""
    name = (names or rows.design.columns)[column]
    return FormulaError(f"{call}(): the values of {name!r} are too large to square.", "Rescale them.")


def refuse_collinear(
    rows: ModelRows, found: Collinearity, call: str, names: tuple[str, ...] = ()
) -> FormulaError:
    """Make the error of a column that is a combination of others; without `names` the design's are meant."""
    names = names or rows.design.columns
    if found.column is None:
        finite = np.isfinite(found.triangle).all(axis=0)
        return refuse_large(rows, int(np.flatnonzero(~finite)[0]), call, names)
    name, n_rows = names[found.column], rows.source.n_rows
    if found.others == (0,) and names[0] == "Intercept":
        return FormulaError(
            f"{call}(): {name!r} has the same value in all {n_rows:,} rows used.",
            "Take it out of the formula.",
        )
    if not found.others and ":" in name:
        return FormulaError(
            f"{call}(): {name!r} is 0 in every row used: no row has both.",
            "Merge levels, or take the interaction out of the formula.",
        )
    if not found.others:
        return FormulaError(f"{call}(): {name!r} is 0 in every row used.", "Take it out of the formula.")
    others = ", ".join(repr(names[i]) for i in found.others[:_NAMED])
    others += f" and {len(found.others) - _NAMED} more" if found.others[_NAMED:] else ""
    return FormulaError(
        f"{call}(): the column {name!r} is a combination of {others} in the {n_rows:,} rows used; of these "
        "it comes last in the design.",
        f"Take {name!r} out of the formula, or one of the others if it means less to you, or merge levels. "
        "None is left out for you: which one decides what the other coefficients mean.",
    )
