"""Factor code: checked against a closed list, then evaluated by walking its syntax; nothing is ever run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design._formula import FactorCode, show_place
from peerstats.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.typing import Array

__all__ = ["Factor", "evaluate", "read_factor"]

_MAX_NODES = 200  # of syntax in one factor; far beyond any transformation a reader could follow
_LARGEST = 1e300  # of a number written in a formula: it must fit a float

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "sqrt": np.sqrt,
}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
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
_ALLOWED = (
    "Allowed are column names, numbers, + - * / **, comparisons, "
    f'{", ".join(sorted(_FUNCTIONS))} (also as np.log), I(), Q("name"), C(name) and '
    'C(name, Treatment("reference")).'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A factor that passed the check.

    Parameters
    ----------
    code : str
        Its text.
    variables : tuple of str
        Columns that it reads, in order.
    column : str or None
        The column, if the factor is one: `name`, `Q("name")`, or either inside `C()`.
    as_categories : bool
        Whether `C()` stands around it.
    reference : str, int, float, bool or None
        Level named by `Treatment()`.
    compares : bool
        Whether it is a comparison, so true or false.
    tree : ast.expr
        Its syntax, inside `C()` if there is one.
    """

    code: str
    variables: tuple[str, ...]
    column: str | None
    as_categories: bool
    reference: str | float | None
    compares: bool
    tree: ast.expr


class _Reader:
    """Checks one factor's syntax; every refusal shows the factor in its formula."""

    def __init__(self, factor: FactorCode, text: str, call: str) -> None:
        self.factor, self.text, self.call = factor, text, call
        self.variables: list[str] = []

    def refuse(self, what: str, next_step: str = _ALLOWED) -> FormulaError:
        place = show_place(self.text, self.factor.start, self.factor.end)
        return FormulaError(f"{self.call}(): {what} is not allowed in a formula.{place}", next_step)

    def parse(self) -> ast.expr:
        try:
            tree = ast.parse(self.factor.code, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self.refuse(f"{self.factor.code!r}") from error
        for count, _ in enumerate(ast.walk(tree)):
            if count > _MAX_NODES:
                raise self.refuse("so long an expression", "Make a column of it first.")
        return tree

    def name(self, name: str) -> None:
        if name.startswith("__"):
            raise self.refuse(f"the name {name!r}", 'Write Q("name") if the column is really called that.')
        self.variables.append(name)

    def text_argument(self, node: ast.Call, use: str) -> str:
        value = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            raise self.refuse(f"{use} without exactly one name in quotes", f'Write {use}("name").')
        return value.value

    def function(self, node: ast.Call) -> str:
        called = node.func
        if isinstance(called, ast.Name):
            return called.id
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            if called.value.id in ("np", "numpy") and called.attr in _FUNCTIONS:
                return called.attr
            raise self.refuse(f"'{called.value.id}.{called.attr}'")
        raise self.refuse("a call of that kind")

    def column(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            self.name(node.id)
            return node.id
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Q":
            name = self.text_argument(node, "Q")
            self.variables.append(name)
            return name
        return None

    def call_parts(self, node: ast.Call) -> list[ast.expr]:
        name = self.function(node)
        if name != "I" and name not in _FUNCTIONS:
            raise self.refuse(f"{name}()" + (" inside another expression" if name == "C" else ""))
        if len(node.args) != 1 or node.keywords:
            raise self.refuse(f"{name}() without exactly one argument")
        return node.args

    def parts(self, node: ast.expr) -> list[ast.expr]:
        """Return the operands of an expression of numbers."""
        match node:
            case ast.Constant(value=bool() | int() | float() as constant) if abs(constant) <= _LARGEST:
                return []
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return [node.left, node.right]
            case ast.UnaryOp(op=op) if type(op) in _OPERATORS:
                return [node.operand]
            case ast.Call():
                return self.call_parts(node)
        words: dict[type[ast.expr], str] = {
            ast.Attribute: "an attribute",
            ast.Compare: "a comparison inside another expression",
            ast.Constant: "text outside Q(), C() and Treatment(), or so large a number,",
        }
        raise self.refuse(words.get(type(node), f"{type(node).__name__} syntax"))

    def numbers(self, node: ast.expr) -> None:
        """Check an expression of numbers."""
        if self.column(node) is None:
            for part in self.parts(node):
                self.numbers(part)

    def treatment(self, node: ast.expr) -> str | float | None:
        if isinstance(node, ast.Name) and node.id == "Treatment":
            return None
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Name)
            or node.func.id != "Treatment"
        ):
            raise self.refuse("a contrast other than Treatment")
        given = [*node.args, *(k.value for k in node.keywords if k.arg == "reference")]
        if len(given) != 1 or len(node.args) + len(node.keywords) != 1:
            raise self.refuse("Treatment() without exactly one reference level")
        value = given[0]
        minus = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)
        inner = value.operand if isinstance(value, ast.UnaryOp) and minus else value
        if not isinstance(inner, ast.Constant) or not isinstance(inner.value, str | int | float):
            raise self.refuse("a reference level that is no word or number")
        if minus and not isinstance(inner.value, str):
            return -inner.value
        return inner.value


def read_factor(factor: FactorCode, text: str, call: str) -> Factor:
    """Check one factor's code against the closed list.

    Parameters
    ----------
    factor : FactorCode
        The factor.
    text : str
        The formula, for messages.
    call : str
        The public call, for messages.

    Returns
    -------
    Factor
        What it reads and how.

    Raises
    ------
    FormulaError
        If it holds anything outside the list, or names no column.

    Examples
    --------
    >>> from peerstats.design import parse_formula, read_factor
    >>> formula = parse_formula("job ~ np.log(wage)", "logistic")
    >>> read_factor(formula.factors["np.log(wage)"], formula.text, "logistic").variables
    ('wage',)
    """
    reader = _Reader(factor, text, call)
    tree = reader.parse()
    as_categories, reference = False, None
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "C":
        as_categories = True
        if tree.keywords or len(tree.args) not in (1, 2):
            raise reader.refuse(
                "C() with other than a column and a contrast", "Name the order of levels in levels=."
            )
        reference = reader.treatment(tree.args[1]) if len(tree.args) > 1 else None
        tree = tree.args[0]
    column = reader.column(tree)
    compares = isinstance(tree, ast.Compare)
    if isinstance(tree, ast.Compare):
        if len(tree.ops) != 1 or type(tree.ops[0]) not in _OPERATORS:
            raise reader.refuse("a comparison of that kind")
        reader.numbers(tree.left)
        reader.numbers(tree.comparators[0])
    elif column is None:
        reader.numbers(tree)
    if not reader.variables:
        raise reader.refuse(f"{factor.code!r}, which names no column,")
    return Factor(
        code=factor.code,
        variables=tuple(dict.fromkeys(reader.variables)),
        column=column,
        as_categories=as_categories,
        reference=reference,
        compares=compares,
        tree=tree,
    )


def evaluate(factor: Factor, numbers: Mapping[str, Array]) -> Array:
    """Evaluate a factor of numbers.

    Parameters
    ----------
    factor : Factor
        A factor that passed the check.
    numbers : mapping of str to (n,) float array
        Its columns.

    Returns
    -------
    (n,) array
        Floats; booleans for a comparison.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.design import evaluate, parse_formula, read_factor
    >>> formula = parse_formula("job ~ I(age / 10)", "logistic")
    >>> factor = read_factor(formula.factors["I(age / 10)"], formula.text, "logistic")
    >>> evaluate(factor, {"age": np.array([25.0, 40.0])})
    array([2.5, 4. ])
    """

    def value(node: Any) -> Any:
        match node:
            case ast.Name():
                found: Any = numbers[node.id]
            case ast.Constant():
                # a float, so that 9 ** 9 ** 9 overflows instead of growing for ever
                found = np.asarray(node.value, dtype=float)
            case ast.BinOp():
                found = _OPERATORS[type(node.op)](value(node.left), value(node.right))
            case ast.UnaryOp():
                found = _OPERATORS[type(node.op)](value(node.operand))
            case ast.Compare():
                found = _OPERATORS[type(node.ops[0])](value(node.left), value(node.comparators[0]))
            case _:  # read_factor lets nothing through but calls of these
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                argument = node.args[0]
                if name == "Q":
                    found = numbers[argument.value]
                else:
                    found = value(argument) if name == "I" else _FUNCTIONS[name](value(argument))
        return found

    with np.errstate(all="ignore"):  # what is not finite is refused by row afterwards
        return np.asarray(value(factor.tree))
