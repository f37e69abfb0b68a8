"""Linear predictors made from the constants of the simulated cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peerstats.typing import Array

__all__ = ["Wide", "coefficients", "linear_predictor", "term_column", "terms"]

# A column of everybody: (n, 1) where it is constant over the waves, (n, 3) where it is not.
Wide: TypeAlias = dict[str, npt.NDArray[Any]]


def coefficients(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of the constants without its note of the source."""
    return {name: value for name, value in table.items() if name != "source"}


def terms(table: Mapping[str, Any]) -> Iterator[tuple[str, str | None, float]]:
    """Give each coefficient as (variable, level or None for a number, value), in the table's order."""
    for name, value in coefficients(table).items():
        if isinstance(value, dict):
            yield from ((name, level, each) for level, each in value.items())
        else:
            yield name, None, value


def term_column(name: str, level: str | None, columns: Wide) -> Array:
    """Return the column that a coefficient multiplies, (n, 1) or (n, 3); `a:b` is a product."""
    if name == "Intercept":
        return np.ones((1, 1))
    *factors, last = name.split(":")
    column = columns[last] if level is None else columns[last].astype(str) == level
    for factor in factors:
        column = column * columns[factor]
    return np.asarray(column, dtype=float)


def linear_predictor(table: Mapping[str, Any], columns: Wide) -> Array:
    """Add up coefficient times column, (n, 1) or (n, 3)."""
    total = np.zeros((1, 1))
    for name, level, value in terms(table):
        total = total + value * term_column(name, level, columns)
    return total
