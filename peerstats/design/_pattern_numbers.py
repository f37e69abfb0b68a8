"""An outcome of numbers in the patterns of a model whose predictors are categories: means and spreads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import is_null, nw, with_columns
from peerstats.engines import (
    FINITE,
    INFINITE,
    PATTERN_ROWS,
    PATTERN_SQUARES,
    PATTERN_WEIGHT,
    WEIGHT_FAULTS,
    WEIGHT_STATE,
    Beside,
    Number,
    Totals,
    highest,
    lowest,
    state,
)

if TYPE_CHECKING:
    from peerstats.design._scan import Recipe
    from peerstats.engines import Batches
    from peerstats.numerics import Block
    from peerstats.typing import Array, BoolArray

__all__ = [
    "CellPatterns",
    "PatternNumbers",
    "add_up_numbers",
    "number_column",
    "pattern_numbers",
    "stand_twice",
]

# numbers of a cell of the predictors: which one, its mean, its rows
_ID, _CELL, _CELL_ROWS = "__peerstats_id__", "__peerstats_cell__", "__peerstats_cell_rows__"
_SUM, _LOGS = "__peerstats_sum wy", "__peerstats_sum log w"
_FIRST, _SECOND = "__peerstats_sum wd", "__peerstats_sum wdd"
_OWN_FIRST, _OWN_SECOND = "__peerstats_sum wwd", "__peerstats_sum wwdd"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatternNumbers:
    """Mean and standard deviation of the outcome in each pattern; NaN in patterns without a row used.

    Parameters
    ----------
    pivot, rest : (n,) float array
        The weighted mean in two parts: far from 0 one number would lose its last digits.
    spread : (n,) float array
        Root of the weighted mean square about it.
    own_rest, own_spread : (n,) float array
        The same where each row counts with its squared weight.
    low, high : float
        Least and greatest outcome of the rows used.
    sum_log_weights : float
        Sum of the logarithms of precision weights of the rows used; else 0.
    """

    pivot: Array
    rest: Array
    spread: Array
    own_rest: Array
    own_spread: Array
    low: float
    high: float
    sum_log_weights: float

    def squared(self) -> PatternNumbers:
        """Return the numbers under squared weights."""
        return replace(self, rest=self.own_rest, spread=self.own_spread)

    def means(self, used: BoolArray) -> Any:
        """Return the means of some patterns, in extended precision where the machine has it."""
        return self.pivot[used].astype(np.longdouble) + self.rest[used]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellPatterns:
    """Patterns with sums of deviations from the means of their cells.

    Parameters
    ----------
    frame : narwhals DataFrame
        The n patterns and their sums; the column of the outcome holds its means.
    outcome : str
        That column.
    pivot : (n,) float array
        Mean of each one's cell of the predictors, NaN without one.
    """

    frame: nw.DataFrame[Any]
    outcome: str
    pivot: Array


def stand_twice(block: Block, spread: Array) -> Block:
    """Put two rows in the place of each: half its weight at the mean less the spread, and half above it.

    Weight, mean and mean square are those of the rows that it stands for, so all sums of squared residuals
    are too.
    """
    cluster, w = block.cluster, block.w
    return replace(
        block,
        x=np.concatenate([block.x, block.x], axis=1),
        y=np.concatenate([block.y - spread, block.y + spread]),
        w=None if w is None else np.tile(w / 2, 2),
        cluster=None if cluster is None else np.tile(cluster, 2),
    )


def number_column(batches: Batches, recipe: Recipe) -> str | None:
    """Return the column of an outcome that an engine can add up; None of an expression or another kind."""
    outcome = recipe.outcome
    if isinstance(outcome, str) or outcome.column is None or outcome.transforms or outcome.as_categories:
        return None
    name = outcome.column
    asked = recipe.asked
    plan = () if asked.survey is None else (asked.survey.strata, asked.survey.cluster, asked.survey.fpc)
    others = {recipe.weight_name, asked.clusters, recipe.where, *plan}
    others.update(column for factor in recipe.factors.values() for column in factor.variables)
    if name in others or not batches.head()[name].dtype.is_numeric():
        return None
    return name


def _floats(frame: nw.DataFrame[Any], name: str) -> Array:
    return np.asarray(frame[name].to_numpy(), dtype=float)


def _finite(frame: nw.DataFrame[Any], outcome: str, recipe: Recipe) -> tuple[BoolArray, Array]:
    """Return which patterns have the outcome and a weight, and the sums of weights."""
    total = _floats(frame, PATTERN_ROWS if recipe.weight_name is None else PATTERN_WEIGHT)
    return (_floats(frame, state(outcome)) == FINITE) & (total > 0), total


def _cells(batches: Batches, recipe: Recipe, outcome: str, request: Totals) -> Beside | None:
    """Return the mean of each cell of the predictors, whatever its clusters or strata; None without any."""
    factors = recipe.factors.values()
    columns = dict.fromkeys(column for factor in factors for column in factor.variables)
    keys = (*columns, *([] if recipe.where is None else [recipe.where]))
    frame = batches.totals(replace(request, keys=tuple(dict.fromkeys(keys))))
    known, total = _finite(frame, outcome, recipe)
    for name in keys:  # a missing key meets nothing
        known &= ~is_null(frame[name])
    if not known.any() or len(frame) > request.limit:
        return None
    means = _floats(frame, _SUM)[known] / total[known]
    if not np.isfinite(means).all():
        return None
    rows = _floats(frame, PATTERN_ROWS)[known]
    return Beside(
        frame=frame.filter(known.tolist()),
        keys=(*dict.fromkeys(keys), state(outcome)),
        numbers={_ID: np.arange(len(means), dtype=float), _CELL: means, _CELL_ROWS: rows},
        inner=False,
    )


def add_up_numbers(batches: Batches, recipe: Recipe, outcome: str, limit: int) -> CellPatterns | None:
    """Count the distinct patterns of the predictors and the plan, and add up the outcome in them.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How they are read.
    outcome : str
        What `number_column` returned.
    limit : int
        The most patterns.

    Returns
    -------
    CellPatterns or None
        A frame as `Batches.group` gives it; rows without the outcome, and those where it is infinite, make
        patterns of their own. None where they are too many, or a weight is at fault.

    Notes
    -----
    Two passes: means of the cells of the predictors, and deviations from them. Squares of the outcome itself
    would lose the digits that a mean far from 0 takes.
    """
    weights = recipe.weight_name
    kind = None if weights is None else recipe.asked.weight_kind
    numbers = {"y": Number(outcome)}
    weighted: tuple[str, ...] = ()
    sums: dict[str, tuple[str, ...]] = {}
    if weights is not None:
        numbers["w"], weighted = Number(weights), ("w",)
        sums = {PATTERN_WEIGHT: ("w",), PATTERN_SQUARES: ("w", "w")}
    request = Totals(
        states=(outcome,),
        weights=weights,
        whole=kind == "frequency",
        numbers=numbers,
        sums={**sums, _SUM: (*weighted, "y")},
        limit=limit,
    )
    batches.readings.start()
    cells = _cells(batches, recipe, outcome, request)
    if cells is None:
        return None
    numbers = {**numbers, "d": Number(outcome, less=_CELL)}
    sums |= {_FIRST: (*weighted, "d"), _SECOND: (*weighted, "d", "d")}
    if kind in ("sampling", "precision"):
        sums |= {_OWN_FIRST: ("w", "w", "d"), _OWN_SECOND: ("w", "w", "d", "d")}
    if kind == "precision" and weights is not None:
        numbers["l"] = Number(weights, log=True)
        sums[_LOGS] = ("l",)
    batches.readings.start()
    frame = batches.totals(
        replace(
            request,
            keys=tuple(name for name in recipe.columns if name not in (outcome, weights)),
            beside_keys=(_ID,),
            numbers=numbers,
            sums=sums,
            extremes=("y",),
            beside=cells,
        )
    )
    if not 0 < len(frame) <= limit:
        return None
    if weights is not None and np.isin(frame[WEIGHT_STATE].to_numpy(), list(WEIGHT_FAULTS)).any():
        return None
    return _in_cells(frame, recipe, outcome, cells)


def _in_cells(frame: nw.DataFrame[Any], recipe: Recipe, outcome: str, cells: Beside) -> CellPatterns | None:
    """Put the outcome's means into its column, unless other rows were read than before."""
    known, total = _finite(frame, outcome, recipe)
    number = _floats(frame, _ID)
    met = known & ~np.isnan(number)
    at = number[met].astype(np.int64)
    pivot = np.full(len(frame), np.nan)
    pivot[met] = cells.numbers[_CELL][at]
    rows = np.bincount(at, _floats(frame, PATTERN_ROWS)[met], minlength=len(cells.numbers[_CELL]))
    if not np.array_equal(rows, cells.numbers[_CELL_ROWS]):
        return None
    means = np.where(_floats(frame, state(outcome)) == INFINITE, np.inf, np.nan)
    means[_floats(frame, state(outcome)) == FINITE] = 0.0  # of what has no weight, or no predictor
    means[met] = pivot[met] + _floats(frame, _FIRST)[met] / total[met]
    made: nw.DataFrame[Any] = nw.from_native(with_columns(frame, {outcome: means}), eager_only=True)
    return CellPatterns(frame=made, outcome=outcome, pivot=pivot)


def pattern_numbers(patterns: CellPatterns, recipe: Recipe, used: BoolArray) -> PatternNumbers | None:
    """Return mean and spread of the outcome in each pattern used.

    Parameters
    ----------
    patterns : CellPatterns
        What `add_up_numbers` returned.
    recipe : Recipe
        How rows are read.
    used : (n,) bool array
        Patterns whose rows are used.

    Returns
    -------
    PatternNumbers or None
        None where the outcome is not finite, or squares are too large or too small for a number.
    """
    frame, pivot = patterns.frame, patterns.pivot
    low, high = _floats(frame, lowest("y")), _floats(frame, highest("y"))
    # equal numbers have themselves as their mean
    equal = low == high

    def of(first: str, second: str, total: Array) -> tuple[Array, Array]:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            rest = _floats(frame, first) / total
            spread = np.sqrt(np.maximum(_floats(frame, second) / total - rest**2, 0.0))
            return np.where(equal, low - pivot, rest), np.where(equal, 0.0, spread)

    mean = own = of(_FIRST, _SECOND, _finite(frame, patterns.outcome, recipe)[1])
    if _OWN_FIRST in frame.columns:
        own = of(_OWN_FIRST, _OWN_SECOND, _floats(frame, PATTERN_SQUARES))
    if not all(np.isfinite(part[used]).all() for part in (pivot, *mean, *own)):
        return None
    return PatternNumbers(
        pivot=pivot,
        rest=mean[0],
        spread=mean[1],
        own_rest=own[0],
        own_spread=own[1],
        low=float(low[used].min()),
        high=float(high[used].max()),
        sum_log_weights=float(_floats(frame, _LOGS)[used].sum()) if _LOGS in frame.columns else 0.0,
    )
