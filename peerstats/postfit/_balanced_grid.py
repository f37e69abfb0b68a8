"""A balanced grid of all levels, and the means and spreads of numbers over rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
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
    total, sums, squares, n = 0.0, dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0), 0
    centre: dict[str, float] = {}
    for _, part in rows.parts(names):
        w = np.ones(part.n) if part.weights is None else part.weights
        total += float(w.sum())
        n += part.n
        for name in names:
            # about a value near the mean, so that squares keep their digits
            x = part.numbers[name] - centre.setdefault(name, float(part.numbers[name].mean()))
            sums[name] += float(w @ x)
            squares[name] += float(w @ x**2)
    out = {}
    for name in names:
        mean = sums[name] / total
        spread = max(squares[name] / total - mean**2, 0.0) * (n / (n - 1) if n > 1 else np.nan)
        out[name] = (centre[name] + mean, float(np.sqrt(spread)))
    return out


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
    plain = replace(rows, parts=lambda names: _unweighted(rows.parts(names)))
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
        parts = [part for _, part in rows.parts(())]
        offset = np.full(n, np.concatenate([p.offset for p in parts if p.offset is not None]).mean())
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

    return replace(rows, parts=grid, groups=None, n=n, weighted=False, own=False)


def _as_numbers(levels: Sequence[Any]) -> Array:
    return np.array([float(level) if not isinstance(level, str) else np.nan for level in levels])


def _unweighted(parts: Iterable[tuple[int, PlacedRows]]) -> Iterator[tuple[int, PlacedRows]]:
    for group, part in parts:
        yield group, replace(part, weights=None)
