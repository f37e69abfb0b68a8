"""The left side of a formula: levels (words, categories, booleans, whole numbers), or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import nw, read_numbers, row_name
from peerstats.design._build import unused_note
from peerstats.design._columns import column_kind, read_levels
from peerstats.design._evaluate import UndefinedArgumentError, learn
from peerstats.design._factor import Factor, read_factor
from peerstats.design._formula import show_place
from peerstats.design._order import put_in_order
from peerstats.design._values import not_finite
from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from peerstats.design._columns import Level
    from peerstats.design._formula import Formula
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "Outcome",
    "check_fractions",
    "check_varies",
    "number_outcome",
    "number_values",
    "order_levels",
    "outcome_column",
    "read_number_outcome",
    "read_outcome",
]

_MOST_LEVELS = 50  # more look like a number, and a model for each would have no rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """An outcome as codes or numbers.

    Parameters
    ----------
    name : str
        The column, or the expression of columns.
    values : (m,) int or float array
        Outcome of each row used: its code, 0 for the base, or a number.
    levels : tuple
        The levels, the base first; empty for numbers.
    notes : tuple of str
        Levels left out.
    """

    name: str
    values: IntArray | Array
    levels: tuple[Level, ...]
    notes: tuple[str, ...]


def number_outcome(formula: Formula, frame: nw.DataFrame[Any], call: str) -> Factor:
    """Return the outcome of a model of numbers: a column, or an expression such as ``log(wage)``."""
    factor = read_factor(formula.outcome, formula.text, call)
    if factor.as_categories or factor.compares or factor.is_spline:
        raise FormulaError(
            f"{call}(): the outcome {factor.code!r} is no number."
            f"{show_place(formula.text, formula.outcome.start, formula.outcome.end)}",
            "logistic() and multinomial() model categories.",
        )
    check_columns(factor.variables, frame.columns, call, use="outcome column")
    return factor


def outcome_column(formula: Formula, frame: nw.DataFrame[Any], call: str) -> str:
    """Return the name of the outcome's column."""
    factor = read_factor(formula.outcome, formula.text, call)
    if factor.column is None or factor.as_categories:
        raise FormulaError(
            f"{call}(): the outcome {factor.code!r} is not a plain column.",
            "Write a column name or Q(\"a name\") left of '~'; base= names the level to compare with.",
        )
    check_columns([factor.column], frame.columns, call, use="outcome column")
    return factor.column


def check_fractions(
    frame: nw.DataFrame[Any], name: str, levels: list[Level], used: BoolArray, call: str
) -> None:
    """Refuse an outcome of levels that holds fractions."""
    fraction = next((x for x in levels if isinstance(x, float) and not x.is_integer()), None)
    if fraction is not None:
        first = int(np.flatnonzero(used & np.asarray((frame[name] == fraction).to_numpy(), dtype=bool))[0])
        raise InputError(
            f"{call}(): the outcome {name!r} holds fractions, such as {fraction!r} in "
            f"{row_name(frame, first)}.",
            "An outcome is words, categories, True and False, or whole numbers.",
        )


def order_levels(
    name: str, levels: list[Level], unused: list[Level], base: Level | None, n: int, call: str
) -> tuple[list[Level], tuple[str, ...]]:
    """Return the levels of an outcome, the base first, and a note of levels without rows.

    Parameters
    ----------
    name : str
        The outcome's column.
    levels, unused : list
        Levels of the rows used, and others that are known.
    base : str, int, bool or None
        The level that the others are compared with; None takes the first.
    n : int
        Rows used.
    call : str
        The public call, for messages.

    Returns
    -------
    levels : list
        The base first, then the others in order.
    notes : tuple of str
        Levels left out.

    Raises
    ------
    InputError
        If there is one level, or more than 50, or the base is none of them.
    """
    if len(levels) > _MOST_LEVELS:
        raise InputError(
            f"{call}(): the outcome {name!r} has {len(levels):,} levels; more than {_MOST_LEVELS} "
            "look like a number.",
            "Name an outcome with few levels.",
        )
    if len(levels) == 1:
        raise InputError(
            f"{call}(): the outcome {name!r} is {levels[0]!r} in all {n:,} rows used.",
            "A model needs two outcomes at least; check where= and the missing values.",
        )
    first = _base(levels, base, name, call)
    ordered = [levels[first], *levels[:first], *levels[first + 1 :]]
    return ordered, (unused_note(name, unused),) if unused else ()


def _base(levels: list[Level], base: Level | None, name: str, call: str) -> int:
    if base is None:
        return 0
    if base in levels:
        return levels.index(base)
    labels = [str(level) for level in levels]
    if str(base) in labels:
        return labels.index(str(base))
    raise InputError(
        f"{call}(): base={base!r} is no level of the outcome {name!r} in the rows used.",
        did_you_mean(str(base), levels, what="levels"),
    )


def read_outcome(
    frame: nw.DataFrame[Any],
    name: str,
    used: BoolArray,
    base: Level | None,
    call: str,
    *,
    ordered: bool = False,
    said: Any = None,
) -> Outcome:
    """Read the outcome of the rows used.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    name : str
        The outcome's column.
    used : (n,) bool array
        The rows used; none has a missing value.
    base : str, int, bool or None
        The level that the others are compared with; None takes the first.
    call : str
        The public call, for messages.
    ordered : bool
        Whether the levels need an order.
    said : list, optional
        That order, as the caller says it.

    Returns
    -------
    Outcome
        Codes and levels, the base or the lowest first.

    Raises
    ------
    InputError
        If it holds fractions, one level, or more than 50, or the base is none of its levels; if it has no
        order and needs one.
    """
    column_kind(frame, name, call)
    codes, levels, unused = read_levels(frame, name, used)
    check_fractions(frame, name, levels, used, call)
    whole = levels
    if ordered:
        whole, unused = put_in_order(frame, name, levels, unused, said, call)
    settled, notes = order_levels(name, whole, unused, base, int(used.sum()), call)
    place = np.array([settled.index(level) for level in levels])
    return Outcome(name=name, values=place[codes], levels=tuple(settled), notes=notes)


def number_values(frame: nw.DataFrame[Any], factor: Factor, used: BoolArray, call: str) -> Array:
    """Read an outcome of numbers of the rows used.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    factor : Factor
        What `number_outcome` returned.
    used : (n,) bool array
        The rows used; none has a missing value.
    call : str
        The public call, for messages.

    Returns
    -------
    (m,) float array
        The outcome.

    Raises
    ------
    InputError
        If a column does not hold numbers, or a value is not finite.
    """
    for name in factor.variables:
        dtype = frame[name].dtype
        if dtype in (nw.String, nw.Categorical, nw.Enum):
            raise InputError(
                f"{call}(): the outcome {name!r} holds {dtype}, not numbers.",
                "logistic() and multinomial() model words and categories.",
            )
    names = list(factor.variables)
    numbers = read_numbers(frame, names, call, use="outcome column")[used]

    def refuse(what: str, next_step: str) -> FormulaError:
        return FormulaError(f"{call}(): {what} cannot be used left of '~'.", next_step)

    try:
        learnt, _ = learn(factor, dict(zip(names, numbers.T, strict=True)), refuse)
        values = np.array(np.broadcast_to(learnt, len(numbers)), dtype=float)
        bad = ~np.isfinite(values)
    except UndefinedArgumentError as error:  # standardize(log(wage)) where a wage is 0
        bad = np.asarray(error.bad)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        row = int(np.flatnonzero(used)[first])
        raise not_finite(factor.code, names, numbers[[first]], frame, call, row)
    return values


def check_varies(name: str, low: float, high: float, n: int, call: str) -> None:
    """Refuse an outcome of numbers that are all the same."""
    if low == high:
        raise InputError(
            f"{call}(): the outcome {name!r} is {low:g} in all {n:,} rows used.",
            "A model needs an outcome that varies; check where= and the missing values.",
        )


def read_number_outcome(frame: nw.DataFrame[Any], factor: Factor, used: BoolArray, call: str) -> Outcome:
    """Read an outcome of numbers that vary; the arguments are those of `number_values`."""
    values = number_values(frame, factor, used, call)
    check_varies(factor.code, float(values.min()), float(values.max()), len(values), call)
    return Outcome(name=factor.code, values=values, levels=(), notes=())
