"""The derivative of a factor by one of its columns: forward differentiation of its checked syntax."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design._learn import apply_transform
from peerstats.design._transforms import SPLINES
from peerstats.design._vocabulary import FUNCTIONS, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from peerstats.design._factor import Factor
    from peerstats.design._learn import TransformState
    from peerstats.typing import Array

__all__ = ["differentiate"]

_RULES: dict[str, Callable[[Any, Any], Any]] = {  # from x and f(x) to f'(x)
    "abs": lambda x, _: np.sign(x),
    "exp": lambda _, f: f,
    "expm1": lambda _, f: f + 1.0,
    "log": lambda x, _: 1.0 / x,
    "log10": lambda x, _: 1.0 / (x * np.log(10.0)),
    "log1p": lambda x, _: 1.0 / (1.0 + x),
    "log2": lambda x, _: 1.0 / (x * np.log(2.0)),
    "sqrt": lambda _, f: 0.5 / f,
}
# Differences of five points are exact for a piece of a cubic, so that the step may be small: only rows whose
# points lie on both sides of a knot differ, by the square of the step.
_STEP = 1e-5  # of the range of the knots; rounding is then 1e-11
_CENTRAL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
_FORWARD = ((0, -25 / 12), (1, 48 / 12), (2, -36 / 12), (3, 16 / 12), (4, -3 / 12))
_BACKWARD = tuple((-place, -factor) for place, factor in _FORWARD)


def _slope_of_spline(state: TransformState, x: Array) -> Array:
    """Return the derivative of a spline's columns, from one side at the bounds."""
    step = _STEP * (state.knots[-1] - state.knots[0])
    found: Array | None = None
    for stencil in (_CENTRAL, _FORWARD, _BACKWARD):
        made: Array = sum(
            (factor / step * apply_transform(state, x + place * step) for place, factor in stencil),
            start=np.zeros(()),
        )
        found = made if found is None else np.where(np.isfinite(found), found, made)
        if np.isfinite(found).all():
            break
    return np.asarray(found)


class _Dual:
    """Walks an expression and returns values with derivatives."""

    def __init__(self, numbers: Mapping[str, Array], by: str, learnt: Mapping[int, TransformState]) -> None:
        self.numbers, self.by, self.learnt = numbers, by, learnt

    def walk(self, node: Any) -> tuple[Any, Any]:
        match node:
            case ast.Name():
                return self.column(node.id)
            case ast.Constant():
                return np.asarray(node.value, dtype=float), 0.0
            case ast.BinOp():
                return self.operate(node)
            case ast.UnaryOp():
                value, slope = self.walk(node.operand)
                return OPERATORS[type(node.op)](value), OPERATORS[type(node.op)](slope)
        return self.call(node)

    def column(self, name: str) -> tuple[Any, Any]:
        return self.numbers[name], 1.0 if name == self.by else 0.0

    def operate(self, node: ast.BinOp) -> tuple[Any, Any]:
        left, by_left = self.walk(node.left)
        right, by_right = self.walk(node.right)
        value = OPERATORS[type(node.op)](left, right)
        match node.op:
            case ast.Add():
                slope = by_left + by_right
            case ast.Sub():
                slope = by_left - by_right
            case ast.Mult():
                slope = by_left * right + left * by_right
            case ast.Div():
                slope = (by_left - value * by_right) / right
            case _:
                slope = right * np.power(left, right - 1.0) * by_left
                if np.any(by_right != 0.0):
                    slope = slope + value * np.log(left) * by_right
        return value, slope

    def call(self, node: Any) -> tuple[Any, Any]:
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        argument = node.args[0]
        if name == "Q":
            return self.column(argument.value)
        x, slope = self.walk(argument)
        if name == "I":
            return x, slope
        if name in FUNCTIONS:
            value = FUNCTIONS[name](x)
            return value, _RULES[name](x, value) * slope
        state = self.learnt[id(node)]
        value = apply_transform(state, x)
        if state.name not in SPLINES:
            return value, slope / state.divisor
        own = _slope_of_spline(state, x)
        return value, own * (slope if own.ndim == 1 or np.ndim(slope) == 0 else np.asarray(slope)[:, None])


def differentiate(
    factor: Factor, numbers: Mapping[str, Array], states: Sequence[TransformState], by: str
) -> Array:
    """Return the derivative of a factor of numbers by one of its columns.

    Parameters
    ----------
    factor : Factor
        A factor that passed the check, no comparison.
    numbers : mapping of str to (n,) float array
        Its columns.
    states : sequence of TransformState
        What each of its transforms has learnt, in their order.
    by : str
        The column; where a transform has learnt from it, what was learnt stays.

    Returns
    -------
    (n,) or (n, columns) array
        The derivative; not finite where there is none, as of ``sqrt`` at 0.

    Notes
    -----
    Exact by the chain rule; a spline's columns by differences that are exact within its pieces.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.design import differentiate, parse_formula, read_factor
    >>> formula = parse_formula("job ~ I(age ** 2 / 10)", "logistic")
    >>> factor = read_factor(formula.factors["I(age ** 2 / 10)"], formula.text, "logistic")
    >>> differentiate(factor, {"age": np.array([25.0, 40.0])}, (), "age")
    array([5., 8.])
    """
    learnt = {id(call.node): state for call, state in zip(factor.transforms, states, strict=True)}
    with np.errstate(all="ignore"):  # what is not finite is refused by the caller
        value, slope = _Dual(numbers, by, learnt).walk(factor.tree)
    return np.array(np.broadcast_to(slope, np.shape(value)), dtype=float)
