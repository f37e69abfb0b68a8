"""What centring, standardising and splines learn from the rows of a fit, and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.design._transforms import BOUNDS, FEWEST_CYCLIC, SPLINES, inner_knots
from peerstats.numerics import absorb_constraint, b_spline_columns, cubic_spline_columns

if TYPE_CHECKING:
    from peerstats.design._seen import Seen
    from peerstats.design._transforms import Refuse, TransformCall
    from peerstats.typing import Array, BoolArray

__all__ = ["TransformState", "apply_transform", "learn_transform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformState:
    """What a transform has learnt from the rows of a fit, as plain numbers.

    It is learnt without weights, and holds values of the whole sample, never of a row: where the formula
    names no knots they are quantiles, and the outer knots are the smallest and the largest value.

    Parameters
    ----------
    name : str
        The transform.
    shift, divisor : float
        Of ``center`` and ``standardize``: what is taken off, and by what the rest is divided.
    knots : tuple of float
        Of splines: all knots in order, the outer ones too; those of ``bs`` degree + 1 times.
    degree : int
        Of ``bs``.
    intercept : bool
        Of ``bs``: whether the first column is kept, so that the columns sum to 1.
    constraint : tuple of float
        Of ``cr`` and ``cc`` with ``constraints="center"``: the means of the columns before they were centred.
    """

    name: str
    shift: float = 0.0
    divisor: float = 1.0
    knots: tuple[float, ...] = ()
    degree: int = 3
    intercept: bool = False
    constraint: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        if self.name == "bs":
            return len(self.knots) - self.degree - 1 - (not self.intercept)
        if self.name in SPLINES:
            return len(self.knots) - (self.name == "cc") - bool(self.constraint)
        return 1

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The smallest and the largest value that there are columns for; None if for all."""
        return (self.knots[0], self.knots[-1]) if self.name == "bs" else None


def _bounds(call: TransformCall, seen: Seen, refuse: Refuse) -> tuple[float, float]:
    given = [call.options.get(side) for side in BOUNDS]
    low, high = (
        float(side if side is not None else found)
        for side, found in zip(given, (seen.low, seen.high), strict=True)
    )
    if low >= high:
        raise refuse(
            f"{call.name}() from {low:g} to {high:g}",
            "The values must vary, and lower_bound be below upper_bound.",
        )
    return low, high


def _check_inside(call: TransformCall, inner: Array, low: float, high: float, refuse: Refuse) -> None:
    outside = inner[(inner < low) | (inner > high)]
    if len(outside):
        raise refuse(
            f"{call.name}() with a knot at {outside[0]:g}, outside its bounds {low:g} and {high:g},",
            "Move the knot, or set lower_bound= and upper_bound=.",
        )


def _learn_b_spline(call: TransformCall, seen: Seen, refuse: Refuse) -> TransformState:
    low, high = _bounds(call, seen, refuse)
    degree, intercept = call.options.get("degree", 3), bool(call.options.get("include_intercept"))
    if call.options.get("knots") is not None:
        inner = np.sort(np.array(call.options["knots"], dtype=float))
    else:
        n_inner = inner_knots(call.name, call.options) or 0
        shares = np.linspace(0, 1, n_inner + 2)[1:-1]
        inner = np.percentile(seen.values("bs", refuse), 100 * shares) if n_inner else np.zeros(0)
    _check_inside(call, inner, low, high, refuse)
    knots = np.sort(np.concatenate([[low, high] * (degree + 1), inner]))
    value, times = np.unique(knots, return_counts=True)
    if times.max() > degree + 1:
        most = value[times.argmax()]
        raise refuse(
            f"{call.name}() with {int((inner == most).sum())} of its inner knots at {most:g}, which leaves "
            "columns of zeros,",
            "Too many rows share that value: ask for fewer columns, or name other knots=.",
        )
    state = TransformState(name="bs", knots=tuple(knots.tolist()), degree=degree, intercept=intercept)
    if state.width < 1:
        raise refuse("bs() of no column", "Give df=1 or more.")
    return state


def _learn_cubic(call: TransformCall, seen: Seen, refuse: Refuse) -> TransformState:
    low, high = _bounds(call, seen, refuse)
    wanted = inner_knots(call.name, call.options)
    if call.options.get("knots") is not None:
        inner = np.unique(np.array(call.options["knots"], dtype=float))
    else:
        x = seen.values(call.name, refuse)
        distinct = np.unique(x[(low <= x) & (x <= high)])
        quantiles = np.linspace(0, 100, (wanted or 0) + 2)
        if len(distinct) < len(quantiles):
            raise refuse(
                f"{call.name}() with {len(quantiles)} knots for {len(distinct)} different values",
                "Ask for fewer columns, or name the knots.",
            )
        inner = np.percentile(distinct, quantiles[1:-1])
    _check_inside(call, inner, low, high, refuse)
    knots = np.unique(np.concatenate([[low, high], inner]))
    same = len(inner) + 2 - len(knots)
    if same:
        raise refuse(
            f"{call.name}() with {len(inner)} inner knots, of which {same} fall on others,",
            "There are too few different values: ask for fewer columns, or name other knots=.",
        )
    if call.name == "cc" and len(knots) < FEWEST_CYCLIC:
        raise refuse(f"cc() with {len(knots)} knots", f"Give {FEWEST_CYCLIC - 2} inner knots or more.")
    constraint: tuple[float, ...] = ()
    if call.options.get("constraints") is not None:
        columns = cubic_spline_columns(seen.values(call.name, refuse), knots, cyclic=call.name == "cc")
        constraint = tuple(columns.mean(axis=1).tolist())
    return TransformState(name=call.name, knots=tuple(knots.tolist()), constraint=constraint)


def learn_transform(call: TransformCall, seen: Seen, refuse: Refuse) -> TransformState:
    """Learn a transform's numbers from the rows of a fit.

    Parameters
    ----------
    call : TransformCall
        The transform and its arguments.
    seen : Seen
        Finite values, or what is known of them.
    refuse : callable
        Makes the error.

    Returns
    -------
    TransformState
        Mean and standard deviation, or knots.

    Raises
    ------
    FormulaError
        If the values are all alike or too few, or knots do not fit them.

    Notes
    -----
    As patsy: the standard deviation has n - ddof below, ddof being 0 by default; inner knots of ``bs`` are
    equally spaced quantiles of the values, those of ``cr`` and ``cc`` of the different values.
    """
    if call.name == "bs":
        return _learn_b_spline(call, seen, refuse)
    if call.name in SPLINES:
        return _learn_cubic(call, seen, refuse)
    mean = seen.mean
    if call.name == "center":
        return TransformState(name="center", shift=mean)
    divisor = 1.0
    if call.options.get("rescale", True):
        ddof = call.options.get("ddof", 0)
        if seen.n <= ddof:
            raise refuse(f"{call.name}() with ddof={ddof} of {seen.n:,} values", "Give ddof=0 or ddof=1.")
        if seen.low == seen.high:
            raise refuse(
                f"{call.name}() of {seen.n:,} values that are all {seen.low:g}", "Take it out of the formula."
            )
        divisor = seen.spread(ddof)
    shift = mean if call.options.get("center", True) else 0.0
    return TransformState(name="standardize", shift=shift, divisor=divisor)


def apply_transform(state: TransformState, x: Array) -> Array:
    """Transform values by what was learnt.

    Parameters
    ----------
    state : TransformState
        What was learnt.
    x : (n,) array
        Values; NaN where missing.

    Returns
    -------
    (n,) or (n, columns) array
        One dimension if there is one column. NaN where a value is not finite or, for ``bs``, outside the
        bounds. ``cr`` goes on as a straight line, ``cc`` starts again.
    """
    if state.name not in SPLINES:
        return np.asarray((x - state.shift) / state.divisor)
    usable: BoolArray = np.isfinite(x)
    knots = np.array(state.knots)
    if state.bounds is not None:
        usable &= (x >= knots[0]) & (x <= knots[-1])
    gaps = not usable.all()
    safe = np.where(usable, x, knots[0]) if gaps else x
    if state.name == "bs":
        columns = b_spline_columns(safe, knots, state.degree)[not state.intercept :]
    else:
        columns = cubic_spline_columns(safe, knots, cyclic=state.name == "cc")
        if state.constraint:
            columns = absorb_constraint(columns, np.array(state.constraint))
    if gaps:
        columns[:, ~usable] = np.nan
    return columns[0] if len(columns) == 1 else columns.T
