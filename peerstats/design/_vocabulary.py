"""The closed list of what a factor may hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design._contrasts import CONTRASTS
from peerstats.design._transforms import TRANSFORMS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ALLOWED", "FUNCTIONS", "OPERATORS"]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "sqrt": np.sqrt,
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
ALLOWED = (
    "Allowed are column names, numbers, + - * / **, comparisons, "
    f'{", ".join(sorted(FUNCTIONS))} (also as np.log), {", ".join(TRANSFORMS)}, I(), Q("name"), C(name) '
    f'and C(name, contrast) with {", ".join(CONTRASTS)}, as in Treatment("reference").'
)
