"""The value of a factor: its checked syntax is walked, and transforms learn or are applied on the way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design._learn import TransformState, apply_transform, learn_transform
from peerstats.design._seen import Values
from peerstats.design._vocabulary import FUNCTIONS, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from peerstats.design._factor import Factor
    from peerstats.design._transforms import Refuse, TransformCall
    from peerstats.typing import Array, BoolArray

__all__ = ["UndefinedArgumentError", "evaluate", "learn", "spline_argument", "transform_arguments"]


class UndefinedArgumentError(Exception):
    """A transform cannot learn from rows in which its argument is not a finite number.

    Parameters
    ----------
    bad : (n,) bool array
        Those rows.
    """

    def __init__(self, bad: BoolArray) -> None:
        super().__init__("a transform's argument is not finite")
        self.bad = bad


def _compare(node: ast.Compare, left: Any, right: Any) -> Any:
    found = OPERATORS[type(node.ops[0])](left, right)
    unknown = np.isnan(left) | np.isnan(right)
    return np.where(unknown, np.nan, found) if unknown.any() else found


def _walk(
    tree: ast.expr, numbers: Mapping[str, Array], transform: Callable[[ast.Call, Array], Array]
) -> Array:
    """Evaluate an expression; `transform` is asked about every call that is no plain function."""

    def value(node: Any) -> Any:
        match node:
            case ast.Name():
                found: Any = numbers[node.id]
            case ast.Constant():
                # a float, so that 9 ** 9 ** 9 overflows instead of growing for ever
                found = np.asarray(node.value, dtype=float)
            case ast.BinOp():
                found = OPERATORS[type(node.op)](value(node.left), value(node.right))
            case ast.UnaryOp():
                found = OPERATORS[type(node.op)](value(node.operand))
            case ast.Compare():
                found = _compare(node, value(node.left), value(node.comparators[0]))
            case _:  # read_factor lets nothing through but calls of these
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                argument = node.args[0]
                if name == "Q":
                    found = numbers[argument.value]
                elif name == "I":
                    found = value(argument)
                elif name in FUNCTIONS:
                    found = FUNCTIONS[name](value(argument))
                else:
                    found = transform(node, value(argument))
        return found

    with np.errstate(all="ignore"):  # what is not finite is refused by row afterwards
        return np.asarray(value(tree))


def evaluate(factor: Factor, numbers: Mapping[str, Array], states: Sequence[TransformState] = ()) -> Array:
    """Evaluate a factor of numbers.

    Parameters
    ----------
    factor : Factor
        A factor that passed the check.
    numbers : mapping of str to (n,) float array
        Its columns.
    states : sequence of TransformState
        What each of its transforms has learnt, in their order.

    Returns
    -------
    (n,) or (n, columns) array
        Floats; booleans for a comparison, or floats with NaN where a side of it is no number.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.design import evaluate, parse_formula, read_factor
    >>> formula = parse_formula("job ~ I(age / 10)", "logistic")
    >>> factor = read_factor(formula.factors["I(age / 10)"], formula.text, "logistic")
    >>> evaluate(factor, {"age": np.array([25.0, 40.0])})
    array([2.5, 4. ])
    """
    learnt = {id(call.node): state for call, state in zip(factor.transforms, states, strict=True)}
    return _walk(factor.tree, numbers, lambda node, x: apply_transform(learnt[id(node)], x))


def learn(
    factor: Factor, numbers: Mapping[str, Array], refuse: Refuse
) -> tuple[Array, tuple[TransformState, ...]]:
    """Evaluate a factor on the rows of a fit, from which its transforms learn.

    Parameters
    ----------
    factor : Factor
        A factor that passed the check.
    numbers : mapping of str to (n,) float array
        Its columns.
    refuse : callable
        Makes the error of an argument that does not fit the rows.

    Returns
    -------
    values : (n,) or (n, columns) array
        As `evaluate`.
    states : tuple of TransformState
        What each transform has learnt.

    Raises
    ------
    FormulaError
        If a transform's arguments do not fit the rows.
    UndefinedArgumentError
        If a transform's argument is not a finite number in some row.
    """
    calls: dict[int, TransformCall] = {id(call.node): call for call in factor.transforms}
    learnt: dict[int, TransformState] = {}

    def transform(node: ast.Call, x: Array) -> Array:
        bad = ~np.isfinite(x)
        if bad.any():
            raise UndefinedArgumentError(bad)
        learnt[id(node)] = state = learn_transform(calls[id(node)], Values(x=x), refuse)
        return apply_transform(state, x)

    values = _walk(factor.tree, numbers, transform)
    return values, tuple(learnt[id(call.node)] for call in factor.transforms)


def spline_argument(factor: Factor, numbers: Mapping[str, Array], states: Sequence[TransformState]) -> Array:
    """Return the values that a spline factor makes its columns of; arguments as in `evaluate`."""
    learnt = {id(call.node): state for call, state in zip(factor.transforms, states, strict=True)}
    argument = factor.transforms[-1].node.args[0]
    return _walk(argument, numbers, lambda node, x: apply_transform(learnt[id(node)], x))


def transform_arguments(
    factor: Factor, numbers: Mapping[str, Array], learnt: Mapping[int, TransformState]
) -> dict[int, Array]:
    """Return what transforms learn from, of those whose inner ones have learnt already.

    Parameters
    ----------
    factor : Factor
        A factor that passed the check.
    numbers : mapping of str to (n,) float array
        Its columns.
    learnt : mapping of int to TransformState
        What transforms have learnt, by their place among the factor's.

    Returns
    -------
    dict of int to (n,) float array
        By the place of each transform that can learn next.

    Raises
    ------
    UndefinedArgumentError
        If a transform's argument is not a finite number in some row.
    """
    places = {id(call.node): i for i, call in enumerate(factor.transforms)}
    found = {}
    for i, call in enumerate(factor.transforms):
        argument = call.node.args[0]
        inner = [places[id(node)] for node in ast.walk(argument) if id(node) in places]
        if i in learnt or any(each not in learnt for each in inner):
            continue
        x = _walk(argument, numbers, lambda node, x: apply_transform(learnt[places[id(node)]], x))
        bad = ~np.isfinite(x)
        if bad.any():
            raise UndefinedArgumentError(bad)
        found[i] = x
    return found
