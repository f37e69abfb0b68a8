"""The distinct patterns of a model of categories alone, counted by whoever holds the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import is_null, nw
from peerstats.design._columns import column_kind
from peerstats.design._missing import choose_rows, read_where
from peerstats.design._pattern_numbers import add_up_numbers, number_column, pattern_numbers
from peerstats.design._scan import BatchPart
from peerstats.design._survey_units import UnitScanner, base_weights
from peerstats.engines import PATTERN_ROWS, PATTERN_SQUARES, PATTERN_WEIGHT
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.design._pattern_numbers import PatternNumbers
    from peerstats.design._scan import Recipe
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.design._survey_units import DesignUnits
    from peerstats.engines import Batches
    from peerstats.typing import Array, BoolArray

__all__ = ["Patterns", "find_patterns"]

MOST_PATTERNS = 100_000  # more are no fewer than rows: each costs as much as a row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns:
    """Distinct patterns as one batch of rows.

    Parameters
    ----------
    part : BatchPart
        The patterns; their weights are the sums of those of their rows, or the numbers of these.
    squares : (n,) float array
        Sums of squared weights; with frequency weights the sums of the weights.
    numbers : PatternNumbers or None
        Means and spreads of an outcome of numbers, whose column in the frame holds the means.
    """

    part: BatchPart
    squares: Array
    numbers: PatternNumbers | None = None


def _is_categorical(batches: Batches, recipe: Recipe) -> bool:
    """Return whether all that a model reads is categories, but for its weights and outcome."""
    asked = recipe.asked
    if asked.offset is not None or asked.group is not None:
        return False
    head = batches.head()
    weights = recipe.weight_name
    if weights is not None:
        dtype = head[weights].dtype
        plan = [] if asked.survey is None else [asked.survey.strata, asked.survey.cluster, asked.survey.fpc]
        if not dtype.is_numeric() or weights in (*recipe.variables, *plan):
            return False
    return all(
        factor.column is not None
        and (factor.as_categories or column_kind(head, factor.column, asked.call) == "category")
        for factor in recipe.factors.values()
    )


def find_patterns(batches: Batches, recipe: Recipe) -> Patterns | None:
    """Count the distinct patterns of a model of categories alone.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How they are read.

    Returns
    -------
    Patterns or None
        None where other columns than categories are read, patterns are many, or something is at fault, which
        the rows themselves then show with its place.
    """
    asked = recipe.asked
    if not _is_categorical(batches, recipe):
        return None
    if not isinstance(recipe.outcome, str):
        return _find_number_patterns(batches, recipe)
    keys = [name for name in recipe.columns if name != recipe.weight_name]
    whole = asked.weight_kind == "frequency"
    batches.readings.start()
    frame = batches.group(keys, recipe.weight_name, MOST_PATTERNS, whole=whole)
    if frame is None:
        return None
    return _read_patterns(frame, recipe)


def _find_number_patterns(batches: Batches, recipe: Recipe) -> Patterns | None:
    """Count patterns of predictors and add up an outcome of numbers in them."""
    outcome = number_column(batches, recipe)
    summed = None if outcome is None else add_up_numbers(batches, recipe, outcome, MOST_PATTERNS)
    found = None if summed is None else _read_patterns(summed.frame, recipe)
    if summed is None or found is None:
        return None
    numbers = pattern_numbers(summed, recipe, found.part.use.used)
    return None if numbers is None else replace(found, numbers=numbers)


def _read_patterns(frame: nw.DataFrame[Any], recipe: Recipe) -> Patterns | None:
    asked = recipe.asked
    if asked.where is not None and (
        frame[asked.where].dtype != nw.Boolean or is_null(frame[asked.where]).any()
    ):
        return None
    if asked.clusters is not None and is_null(frame[asked.clusters]).any():
        return None
    rows = np.asarray(frame[PATTERN_ROWS].to_numpy(), dtype=float)
    if recipe.weight_name is None:
        weights, total, squares = None, rows, rows
    else:
        weights = total = np.asarray(frame[PATTERN_WEIGHT].to_numpy(), dtype=float)
        squares = np.asarray(frame[PATTERN_SQUARES].to_numpy(), dtype=float)
    if asked.weight_kind == "frequency":
        squares = total
    if _has_fractions(frame, recipe):
        return None
    where = read_where(frame, asked.where, asked.call, whole=False)
    use = choose_rows(
        frame, recipe.variables, where=where, weights=weights, missing="drop", call=asked.call, whole=False
    )
    if not use.used.any() or (use.missing and asked.missing == "raise"):
        return None
    inside = np.ones(len(rows), dtype=bool) if where is None else where
    zero = inside & (total <= 0)
    use = replace(use, n_zero=int(rows[zero].sum()))
    if asked.survey is not None:
        units = _find_units(asked.survey, frame, total > 0, use.used, rows, asked.call)
        if units is None:
            return None
        if asked.survey.weights is None:
            w = base_weights(asked.survey, units, frame, asked.call)
            total, squares = rows * w, rows * w * w
    return Patterns(part=BatchPart(start=0, frame=frame, use=use, weights=total, rows=rows), squares=squares)


def _has_fractions(frame: nw.DataFrame[Any], recipe: Recipe) -> bool:
    outcome = frame[recipe.outcome] if isinstance(recipe.outcome, str) else None
    if outcome is None or not outcome.dtype.is_float():
        return False
    codes = np.asarray(outcome.drop_nulls().to_numpy(), dtype=float)
    return bool((codes % 1 > 0).any())


def _find_units(
    design: SurveyDesign, frame: nw.DataFrame[Any], rows: BoolArray, used: BoolArray, copies: Array, call: str
) -> DesignUnits | None:
    """Return the units of a design that patterns hold; None where something is wrong with it."""
    scanner = UnitScanner(design, call)
    try:
        scanner.add(frame, rows, used, copies=copies)
        return scanner.finish()
    except InputError:
        return None
