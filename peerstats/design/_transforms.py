"""Transforms that learn from the rows of a fit, as a formula writes them: their names and arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from peerstats.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BOUNDS",
    "FEWEST_CYCLIC",
    "SPLINES",
    "TRANSFORMS",
    "Refuse",
    "TransformCall",
    "check_arguments",
    "inner_knots",
]

# Makes the error of an argument that cannot be used: what is wrong, and the next step.
Refuse: TypeAlias = Callable[[str, str], FormulaError]

BOUNDS = ("lower_bound", "upper_bound")

# Arguments after the first, in patsy's order.
TRANSFORMS: dict[str, tuple[str, ...]] = {
    "center": (),
    "standardize": ("center", "rescale", "ddof"),
    "scale": ("center", "rescale", "ddof"),
    "bs": ("df", "knots", "degree", "include_intercept", *BOUNDS),
    "cr": ("df", "knots", *BOUNDS, "constraints"),
    "cc": ("df", "knots", *BOUNDS, "constraints"),
}
SPLINES = ("bs", "cr", "cc")

_MOST_COLUMNS = 100  # of one spline; a curve with more turns than that is no model of a survey
_HIGHEST_DEGREE = 5  # as patsy's, whose splines are FITPACK's
FEWEST_CYCLIC = 4  # knots, both ends counted, as in R's mgcv: with three the curve can hardly turn


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformCall:
    """A call of a transform in a factor, its arguments checked.

    Parameters
    ----------
    node : ast.Call
        Its syntax.
    name : str
        The transform.
    options : mapping of str to object
        The arguments given after the first, by name.
    """

    node: Any
    name: str
    options: Mapping[str, Any]


def _is_number(value: Any, kind: type | tuple[type, ...] = (int, float)) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _check_types(name: str, options: Mapping[str, Any], refuse: Refuse) -> None:
    yes_or_no = {"center", "rescale", "include_intercept"}
    whole = {"df", "degree"}
    for option, value in options.items():
        if value is None and option in ("df", "knots", *BOUNDS, "constraints"):
            continue
        if option in yes_or_no:
            right, wanted = isinstance(value, bool), "True or False"
        elif option in whole:
            right, wanted = _is_number(value, int), "a whole number"
        elif option == "knots":
            right = isinstance(value, tuple) and all(_is_number(knot) for knot in value)
            wanted = "a list of numbers, as in knots=[30, 50]"
        elif option == "constraints":
            right, wanted = value == "center", '"center"'
        else:
            right, wanted = _is_number(value), "a number"
        if not right:
            raise refuse(f"{name}() with {option}={value!r}", f"Give {option}={wanted}.")


def _least_df(name: str, options: Mapping[str, Any]) -> int:
    """Return the columns of a spline without inner knots, or the fewest that there can be."""
    if name == "bs":
        least = int(options.get("degree", 3)) + bool(options.get("include_intercept"))
        return max(least, 1)
    centred = options.get("constraints") is not None
    return (FEWEST_CYCLIC - 1 if name == "cc" else 2) - centred


def inner_knots(name: str, options: Mapping[str, Any]) -> int | None:
    """Return the number of inner knots that `df` asks for."""
    df = options.get("df")
    if df is None:
        return None
    if name == "bs":
        return int(df) - int(options.get("degree", 3)) - bool(options.get("include_intercept"))
    return int(df) - 2 + (options.get("constraints") is not None) + (name == "cc")


def check_arguments(name: str, options: Mapping[str, Any], refuse: Refuse) -> None:
    """Check what can be known of a transform's arguments before there are data.

    Parameters
    ----------
    name : str
        The transform.
    options : mapping of str to object
        Its arguments after the first.
    refuse : callable
        Makes the error.

    Raises
    ------
    FormulaError
        If an argument is of the wrong kind, or a spline has too few or too many columns.
    """
    _check_types(name, options, refuse)
    if options.get("ddof", 0) < 0:
        raise refuse(f"{name}() with ddof={options['ddof']}", "Give ddof=0, as patsy does, or ddof=1.")
    if name not in SPLINES:
        return
    df, knots, degree = options.get("df"), options.get("knots"), options.get("degree", 3)
    if not 0 <= degree <= _HIGHEST_DEGREE:
        raise refuse(f"bs() with degree={degree}", f"Give a degree from 0 to {_HIGHEST_DEGREE}.")
    if df is None and knots is None:
        raise refuse(f"{name}() without df= and knots=", f"Say how many columns: {name}(x, df=4).")
    least = _least_df(name, options)
    columns = df if df is not None else least + len(knots or ())
    if columns > _MOST_COLUMNS:
        raise refuse(f"{name}() with {columns} columns", f"Ask for {_MOST_COLUMNS} at most.")
    if df is not None and df < least:
        raise refuse(f"{name}() with df={df} where the least is {least}", f"Give df={least} or more.")
    inner = inner_knots(name, options)
    if knots is not None and inner is not None and len(knots) != inner:
        raise refuse(
            f"{name}() with df={df}, which asks for {inner} inner knots, and {len(knots)} in knots=",
            "Give df= or knots=, not both.",
        )
