"""A balanced grid of all levels, and the means and spreads of numbers over rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from math import prod
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics import add_up
from peerstats.postfit._scenario import PlacedRows, Put

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._scenario import Scenarios, Setting
    from peerstats.typing import Array

__all__ = ["balanced_rows", "moments"]

_LARGEST_GRID = 1_000_000  # combinations of levels: 16 MB a column of the design


def moments(rows: MarginRows, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return mean and standard deviation of numbers over all rows, weighted as the rows are."""
    n, found = rows.reduce(lambda parts: _weighted(parts, names), _weighted_together, names)
    spread = n / (n - 1) if n > 1 else np.nan
    return {
        name: (each.mean, float(np.sqrt(each.squares / each.total * spread))) for name, each in found.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Weighted:
    """Sum of weights, weighted mean, and weighted sum of squares about it."""

    total: float
    mean: float
    squares: float

    @staticmethod
    def of(x: Array, w: Array) -> _Weighted:
        total = float(w.sum())
        mean = float(w @ x) / total
        return _Weighted(total=total, mean=mean, squares=float(w @ (x - mean) ** 2))

    def __add__(self, other: _Weighted) -> _Weighted:
        total, away = self.total + other.total, other.mean - self.mean
        return _Weighted(
            total=total,
            mean=self.mean + away * other.total / total,
            squares=self.squares + other.squares + away**2 * self.total * other.total / total,
        )


def _weighted(
    parts: Iterable[tuple[int, PlacedRows]], names: Sequence[str]
) -> tuple[int, dict[str, _Weighted]]:
    each = []
    for _, part in parts:
        w = np.ones(part.n) if part.weights is None else part.weights
        each.append((part.n, {name: _Weighted.of(part.numbers[name], w) for name in names}))
    return _weighted_together(each)


def _weighted_together(
    parts: Iterable[tuple[int, dict[str, _Weighted]]],
) -> tuple[int, dict[str, _Weighted]]:
    sizes, found = zip(*parts, strict=True)
    return sum(sizes), {name: reduce(add, (each[name] for each in found)) for name in found[0]}


def balanced_rows(
    fit: ModelFit, rows: MarginRows, scenarios: Scenarios, fixed: Container[str], call: str
) -> MarginRows:
    """Return a grid of all levels, numbers at their means over the rows.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    rows : MarginRows
        The rows that means are taken over, unweighted.
    scenarios : Scenarios
        The design's variables.
    fixed : container of str
        Variables that are set by every scenario.
    call : str
        The public call, for messages.

    Returns
    -------
    MarginRows
        One row a combination of levels, without weights.

    Notes
    -----
    R ``emmeans::ref_grid``, whose `cov.reduce` is the plain mean of a column.
    """
    variables = scenarios.variables.values()
    numbers = [each.name for each in variables if not each.levels]
    plain = replace(
        rows,
        reduce=lambda part, together, names: rows.reduce(
            lambda parts: part(_unweighted(parts)), together, names
        ),
    )
    means = {name: mean for name, (mean, _) in moments(plain, numbers).items()}
    free = [each for each in variables if each.levels and each.name not in fixed]
    n = prod(len(each.levels) for each in free)
    if n > _LARGEST_GRID:
        raise InputError(
            f"{call}(): the balanced grid has {n:,} combinations of levels.", 'Take grid="sample".'
        )
    setting: Setting = {name: Put(value=mean) for name, mean in means.items()}
    setting.update({each.name: Put(value=0) for each in variables if each.levels})
    combinations = np.array(list(product(*(range(len(each.levels)) for each in free))), dtype=np.int64)
    for j, each in enumerate(free):
        setting[each.name] = Put(value=combinations[:, j])
    empty = PlacedRows(n=n, coded={}, numbers={}, weights=None, offset=None)
    offset = None
    if fit.offset is not None:
        total, size = rows.reduce(_sum_offsets, add_up, ())
        offset = np.full(n, total / size)
    coded = scenarios.coded(empty, 0, n, setting)
    codes = {each.name: combinations[:, j] for j, each in enumerate(free)}

    def grid(names: Sequence[str]) -> Iterator[tuple[int, PlacedRows]]:
        columns: dict[str, Array] = {}
        for name in names:
            levels = scenarios.variables[name].levels
            if not levels:
                columns[name] = np.full(n, means[name])
            else:
                columns[name] = _as_numbers(levels)[codes.get(name, np.zeros(n, dtype=np.int64))]
        yield 0, replace(empty, coded=coded, numbers=columns, offset=offset)

    return replace(
        rows,
        parts=grid,
        reduce=lambda part, together, names: part(grid(names)),  # noqa: ARG005  (they lie in one place)
        groups=None,
        n=n,
        weighted=False,
        own=False,
    )


def _sum_offsets(parts: Iterable[tuple[int, PlacedRows]]) -> tuple[float, int]:
    held = [part.offset for _, part in parts if part.offset is not None]
    return float(sum(offset.sum() for offset in held)), sum(map(len, held))


def _as_numbers(levels: Sequence[Any]) -> Array:
    return np.array([float(level) if not isinstance(level, str) else np.nan for level in levels])


def _unweighted(parts: Iterable[tuple[int, PlacedRows]]) -> Iterator[tuple[int, PlacedRows]]:
    for group, part in parts:
        yield group, replace(part, weights=None)
