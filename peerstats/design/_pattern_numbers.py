"""An outcome of numbers in the patterns of a model whose predictors are categories: means and spreads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw, with_columns
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

__all__ = ["PatternNumbers", "add_up_means", "add_up_spreads", "number_column", "stand_twice"]

_ID = "__peerstats_id__"
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


def _keys(recipe: Recipe, outcome: str) -> tuple[str, ...]:
    return tuple(name for name in recipe.columns if name not in (outcome, recipe.weight_name))


def _times(recipe: Recipe, *factors: str) -> tuple[str, ...]:
    return factors if recipe.weight_name is None else ("w", *factors)


def add_up_means(batches: Batches, recipe: Recipe, outcome: str, limit: int) -> nw.DataFrame[Any] | None:
    """Return the patterns of the predictors with the mean of the outcome in its column.

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
    narwhals DataFrame or None
        As `Batches.group` gives it; rows without the outcome, and those where it is infinite, make patterns
        of their own. None also where `Batches.group` gives it.
    """
    weights = recipe.weight_name
    numbers, sums = {"y": Number(outcome)}, {_SUM: _times(recipe, "y")}
    if weights is not None:
        numbers["w"] = Number(weights)
        sums |= {PATTERN_WEIGHT: ("w",), PATTERN_SQUARES: ("w", "w")}
    frame = batches.totals(
        Totals(
            keys=_keys(recipe, outcome),
            states=(outcome,),
            weights=weights,
            whole=recipe.asked.weight_kind == "frequency",
            numbers=numbers,
            sums=sums,
            extremes=("y",),
            limit=limit,
        )
    )
    if not 0 < len(frame) <= limit:
        return None
    if weights is not None and np.isin(frame[WEIGHT_STATE].to_numpy(), list(WEIGHT_FAULTS)).any():
        return None
    total = _floats(frame, PATTERN_ROWS if weights is None else PATTERN_WEIGHT)
    means = np.divide(_floats(frame, _SUM), total, out=np.zeros(len(frame)), where=total > 0)
    low, high, states = (_floats(frame, name) for name in (lowest("y"), highest("y"), state(outcome)))
    means = np.clip(means, low, high)  # a mean of equal numbers is that number
    means[states == INFINITE] = np.inf
    means[~np.isin(states, (FINITE, INFINITE))] = np.nan
    made: nw.DataFrame[Any] = nw.from_native(with_columns(frame, {outcome: means}), eager_only=True)
    return made


def add_up_spreads(
    batches: Batches, recipe: Recipe, outcome: str, frame: nw.DataFrame[Any], used: BoolArray
) -> PatternNumbers | None:
    """Add up deviations from the means of a first pass.

    Parameters
    ----------
    batches, recipe, outcome
        As in `add_up_means`.
    frame : narwhals DataFrame
        What that returned.
    used : (n,) bool array
        Patterns whose rows are used.

    Returns
    -------
    PatternNumbers or None
        None where the outcome is not finite, or squares too large or too small, or the engine did not find
        the same rows again.
    """
    pivot, weights = _floats(frame, outcome), recipe.weight_name
    if not np.isfinite(pivot[used]).all():
        return None
    kind = None if weights is None else recipe.asked.weight_kind
    numbers = {"d": Number(outcome, less="c")}
    sums = {_FIRST: _times(recipe, "d"), _SECOND: _times(recipe, "d", "d")}
    if weights is not None:
        numbers["w"] = Number(weights)
    if kind in ("sampling", "precision"):
        sums |= {_OWN_FIRST: ("w", "w", "d"), _OWN_SECOND: ("w", "w", "d", "d")}
    if kind == "precision" and weights is not None:
        numbers["l"] = Number(weights, log=True)
        sums[_LOGS] = ("l",)
    kept = np.flatnonzero(used)
    found = batches.totals(
        Totals(
            states=(outcome,),
            beside_keys=(_ID,),
            weights=weights,
            whole=kind == "frequency",
            numbers=numbers,
            sums=sums,
            where=recipe.where,
            positive=weights is not None,
            beside=Beside(
                frame=frame.filter(used.tolist()),
                keys=(*_keys(recipe, outcome), state(outcome)),
                numbers={_ID: kept.astype(float), "c": pivot[kept]},
                inner=True,
            ),
            limit=len(kept),
        )
    )
    order = np.argsort(_floats(found, _ID))
    at = _floats(found, _ID)[order].astype(np.int64)
    rows = _floats(frame, PATTERN_ROWS)[kept]
    if not np.array_equal(at, kept) or not np.array_equal(_floats(found, PATTERN_ROWS)[order], rows):
        return None
    sums_of = {name: _floats(found, name)[order] for name in sums}
    equal = (_floats(frame, lowest("y")) == _floats(frame, highest("y")))[kept]
    total = rows if weights is None else _floats(frame, PATTERN_WEIGHT)[kept]
    mean = _mean_and_spread(sums_of[_FIRST], sums_of[_SECOND], total, equal)
    own = mean
    if _OWN_FIRST in sums:
        squares = _floats(frame, PATTERN_SQUARES)[kept]
        own = _mean_and_spread(sums_of[_OWN_FIRST], sums_of[_OWN_SECOND], squares, equal)
    if not all(np.isfinite(part).all() for part in (*mean, *own)):
        return None

    def spread_out(values: Array) -> Array:
        whole = np.full(len(frame), np.nan)
        whole[kept] = values
        return whole

    return PatternNumbers(
        pivot=pivot,
        rest=spread_out(mean[0]),
        spread=spread_out(mean[1]),
        own_rest=spread_out(own[0]),
        own_spread=spread_out(own[1]),
        low=float(_floats(frame, lowest("y"))[kept].min()),
        high=float(_floats(frame, highest("y"))[kept].max()),
        sum_log_weights=float(sums_of[_LOGS].sum()) if _LOGS in sums else 0.0,
    )


def _mean_and_spread(first: Array, second: Array, total: Array, equal: BoolArray) -> tuple[Array, Array]:
    """Return what is missing to the mean of each pattern, and its spread; 0 where all rows are equal."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rest = first / total
        spread = np.sqrt(np.maximum(second / total - rest**2, 0.0))
    return np.where(equal, 0.0, rest), np.where(equal, 0.0, spread)
