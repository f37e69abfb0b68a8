"""Factor code, checked against a closed list: what is on it can be evaluated, nothing else is ever run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from peerstats.design._contrasts import CONTRASTS
from peerstats.design._formula import FactorCode, show_place
from peerstats.design._transforms import SPLINES, TRANSFORMS, TransformCall, check_arguments
from peerstats.design._vocabulary import ALLOWED, FUNCTIONS, OPERATORS
from peerstats.errors import FormulaError

__all__ = ["Factor", "read_factor"]

_MAX_NODES = 200  # of syntax in one factor; far beyond any transformation a reader could follow
_LARGEST = 1e300  # of a number written in a formula: it must fit a float

_SPLINES_ALONE = "A spline is a term of its own or part of an interaction: transform the column inside it."


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
        Level named by `Treatment()` or `Sum()`.
    compares : bool
        Whether it is a comparison, so true or false.
    tree : ast.expr
        Its syntax, inside `C()` if there is one.
    contrast : str or None
        The contrast that `C()` names, in lower case.
    scores : tuple of float
        Numbers given to `Poly()`.
    transforms : tuple of TransformCall
        Its calls of transforms that learn from the rows, inner before outer.
    """

    code: str
    variables: tuple[str, ...]
    column: str | None
    as_categories: bool
    reference: str | float | None
    compares: bool
    tree: ast.expr
    contrast: str | None = None
    scores: tuple[float, ...] = ()
    transforms: tuple[TransformCall, ...] = ()

    @property
    def is_spline(self) -> bool:
        """Whether it is a spline, so several columns."""
        last = self.transforms[-1] if self.transforms else None
        return last is not None and last.node is self.tree and last.name in SPLINES


class _Reader:
    """Checks one factor's syntax; every refusal shows the factor in its formula."""

    def __init__(self, factor: FactorCode, text: str, call: str) -> None:
        self.factor, self.text, self.call = factor, text, call
        self.variables: list[str] = []
        self.transforms: list[TransformCall] = []

    def refuse(self, what: str, next_step: str = ALLOWED) -> FormulaError:
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
            if called.value.id in ("np", "numpy") and called.attr in FUNCTIONS:
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

    def constant(self, node: ast.expr, where: str) -> Any:
        """Return an argument that is written out: a number, a word, True, False, None or a list of them."""
        match node:
            case ast.Constant(value=None | bool() | str()):
                return node.value
            case ast.Constant(value=int() | float() as number) if abs(number) <= _LARGEST:
                return number
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)) if (
                abs(number) <= _LARGEST
            ):
                return -number
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return tuple(self.constant(part, where) for part in parts)
        raise self.refuse(
            f"an argument of {where} that is no number or word", f"Write the arguments of {where} out."
        )

    def options(self, node: ast.Call, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the arguments of a call by name; those without a keyword are in the order of `names`."""
        called = f"{self.function(node)}()"
        taken = ", ".join(names) or "none"
        if len(node.args) > len(names):
            raise self.refuse(f"{called} with so many arguments", f"Its further arguments are: {taken}.")
        given = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg not in names or keyword.arg in given:
                raise self.refuse(f"{called} with {keyword.arg}=", f"Its further arguments are: {taken}.")
            given[keyword.arg] = keyword.value
        return {name: self.constant(value, called) for name, value in given.items()}

    def transform(self, node: ast.Call, name: str) -> None:
        """Check a call of a transform, its argument first, so that inner ones stand before outer ones."""
        if not node.args:
            raise self.refuse(f"{name}() of nothing", f"Write {name}(column).")
        seen = len(self.variables)
        self.numbers(node.args[0])
        if len(self.variables) == seen:
            raise self.refuse(f"{name}() of what names no column", f"Write {name}(column).")
        rest = ast.Call(func=node.func, args=node.args[1:], keywords=node.keywords)
        options = self.options(rest, TRANSFORMS[name])
        check_arguments(name, options, self.refuse)
        self.transforms.append(TransformCall(node=node, name=name, options=options))

    def call_parts(self, node: ast.Call) -> list[ast.expr]:
        name = self.function(node)
        if name in TRANSFORMS and isinstance(node.func, ast.Name):
            if name in SPLINES:
                raise self.refuse(f"{name}() inside another expression", _SPLINES_ALONE)
            self.transform(node, name)
            return []
        if name != "I" and name not in FUNCTIONS:
            raise self.refuse(f"{name}()" + (" inside another expression" if name == "C" else ""))
        if len(node.args) != 1 or node.keywords:
            raise self.refuse(f"{name}() without exactly one argument")
        return node.args

    def parts(self, node: ast.expr) -> list[ast.expr]:
        """Return the operands of an expression of numbers."""
        match node:
            case ast.Constant(value=bool() | int() | float() as constant) if abs(constant) <= _LARGEST:
                return []
            case ast.BinOp(op=op) if type(op) in OPERATORS:
                return [node.left, node.right]
            case ast.UnaryOp(op=op) if type(op) in OPERATORS:
                return [node.operand]
            case ast.Call():
                return self.call_parts(node)
        words: dict[type[ast.expr], str] = {
            ast.Attribute: "an attribute",
            ast.Compare: "a comparison inside another expression",
            ast.Constant: "text outside Q() and contrasts, or so large a number,",
        }
        raise self.refuse(words.get(type(node), f"{type(node).__name__} syntax"))

    def numbers(self, node: ast.expr) -> None:
        """Check an expression of numbers."""
        if self.column(node) is None:
            for part in self.parts(node):
                self.numbers(part)

    def contrast(self, node: ast.expr) -> tuple[str, Any]:
        """Return the name of a contrast and its argument, None if it has none."""
        called = node.func if isinstance(node, ast.Call) else node
        name = called.id if isinstance(called, ast.Name) else ""
        if name not in CONTRASTS:
            raise self.refuse(
                f"a contrast other than {', '.join(CONTRASTS)}", "Write it as in C(state, Sum)."
            )
        if not isinstance(node, ast.Call):
            return name, None
        argument = CONTRASTS[name]
        return name, self.options(node, () if argument is None else (argument,)).get(argument or "")

    def coding(self, node: ast.expr) -> dict[str, Any]:
        """Return what a contrast says of a factor."""
        name, value = self.contrast(node)
        if name == "Poly" and value is not None:
            if (
                not isinstance(value, tuple)
                or not value
                or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in value)
                or len(set(value)) < len(value)
            ):
                raise self.refuse("Poly() with other than different numbers", "Write Poly([1, 2, 10]).")
            return {"contrast": "poly", "scores": tuple(float(x) for x in value)}
        if isinstance(value, tuple):
            raise self.refuse(f"{name}() with a list", f'Name one level: {name}("level").')
        return {"contrast": name.lower(), "reference": value}


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
    as_categories, coding = False, {}
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "C":
        as_categories = True
        if tree.keywords or len(tree.args) not in (1, 2):
            raise reader.refuse(
                "C() with other than a column and a contrast", "Name the order of levels in levels=."
            )
        coding = reader.coding(tree.args[1]) if len(tree.args) > 1 else {}
        tree = tree.args[0]
    column = reader.column(tree)
    match tree:
        case ast.Compare():
            if len(tree.ops) != 1 or type(tree.ops[0]) not in OPERATORS:
                raise reader.refuse("a comparison of that kind")
            reader.numbers(tree.left)
            reader.numbers(tree.comparators[0])
        case ast.Call(func=ast.Name(id=name)) if name in SPLINES and not as_categories:
            reader.transform(tree, name)
        case _ if column is None:
            reader.numbers(tree)
    if not reader.variables:
        raise reader.refuse(f"{factor.code!r}, which names no column,")
    return Factor(
        code=factor.code,
        variables=tuple(dict.fromkeys(reader.variables)),
        column=column,
        as_categories=as_categories,
        reference=coding.get("reference"),
        compares=isinstance(tree, ast.Compare),
        tree=tree,
        contrast=coding.get("contrast"),
        scores=coding.get("scores", ()),
        transforms=tuple(reader.transforms),
    )
