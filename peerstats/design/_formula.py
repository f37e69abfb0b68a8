"""Formula to terms: the only door to patsy, which parses, finds redundant columns and evaluates nothing."""

from __future__ import annotations

import tokenize
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

from patsy import ModelDesc, PatsyError
from patsy.desc import Term
from patsy.eval import EvalFactor
from patsy.parse_formula import ParseNode
from patsy.parse_formula import parse_formula as _patsy_parse
from patsy.redundancy import pick_contrasts_for_term

from peerstats.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["FactorCode", "Formula", "TermCoding", "code_terms", "parse_formula", "show_place"]

_MAX_LENGTH = 20_000  # characters
_MAX_TERMS = 5_000
_MAX_PAIRS = 250_000  # terms compared with each other by "-": patsy takes a microsecond for each pair
_MAX_DEPTH = 200  # patsy reads a formula by recursion, two calls a level; Python stops at about 1,000
_MAX_ORDER = 8  # factors in one interaction: 2**8 subsets are looked at to find redundant columns


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorCode:
    """One factor of a formula and where it stands.

    Parameters
    ----------
    code : str
        Its text, blanks made regular.
    start, end : int
        Its place in the formula.
    """

    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula taken apart.

    Parameters
    ----------
    text : str
        As given, on one line.
    outcome : FactorCode
        The left side.
    terms : tuple of tuple of str
        The right side: factor codes of each term; the empty term is the intercept.
    factors : dict of str to FactorCode
        The factors of the right side, in the order in which the formula names them.
    """

    text: str
    outcome: FactorCode
    terms: tuple[tuple[str, ...], ...]
    factors: dict[str, FactorCode]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCoding:
    """How a term becomes columns: one block of columns for each subterm.

    Parameters
    ----------
    factors : tuple of str
        Codes of the term's factors.
    subterms : tuple of tuple of (str, bool) pairs
        The factors in each block, and whether each has a column for all of its levels.
    """

    factors: tuple[str, ...]
    subterms: tuple[tuple[tuple[str, bool], ...], ...]


def show_place(text: str, start: int, end: int) -> str:
    """Return the formula with carets under a place."""
    width = 60
    left = max(0, start - width)
    right = min(len(text), min(max(end, start + 1), start + width) + width)
    carets = " " * (start - left) + "^" * max(1, min(end, right) - start)
    return f"\n    {text[left:right]}\n    {carets}"


def _children(node: Any) -> list[Any]:
    return list(node.args)


def _limit(problem: str, text: str, call: str) -> FormulaError:
    return FormulaError(f"{call}(): {problem}{show_place(text, 0, len(text))}", "Write a shorter formula.")


def _power(node: Any, most: int) -> int:
    """Return the exponent of a power; a term cannot meet more terms than there are."""
    exponent = node.args[1]
    text = "" if exponent.args else str(exponent.token.extra)
    # an exponent that is no whole number is patsy's error; one of many digits is more than enough
    return min(int(text[:9]), most) if text.isascii() and text.isdigit() else most


def _expansion(node: Any, sizes: list[int]) -> int:
    """Bound the number of terms of a node, given those of its parts."""
    if len(sizes) != 2:  # noqa: PLR2004  (the other operators take one part, names none)
        return sizes[0] if sizes else 1
    left, right = sizes
    sums = {
        ":": lambda: left * right,
        "*": lambda: left + right + left * right,
        "**": lambda: sum(comb(left, i) for i in range(1, _power(node, left) + 1)),
        "-": lambda: left if left * right <= _MAX_PAIRS else _MAX_TERMS + 1,
    }
    return sums.get(node.type, lambda: left + right)()


def _check_tree(tree: Any, text: str, call: str) -> None:
    """Stop at a formula whose expansion would not end, before patsy expands it."""
    order: list[tuple[Any, int]] = [(tree, 1)]
    for node, depth in order:  # grows while it is read: parents come before their parts
        if depth > _MAX_DEPTH:
            raise _limit(
                f"the formula is nested too deep, over {_MAX_DEPTH} operators in a chain.", text, call
            )
        order.extend((part, depth + 1) for part in _children(node))
    size: dict[int, int] = {}
    for node, _ in reversed(order):
        size[id(node)] = _expansion(node, [size[id(part)] for part in _children(node)])
        if size[id(node)] > _MAX_TERMS:
            raise _limit(f"the formula would expand to more than {_MAX_TERMS:,} terms.", text, call)


def _from_patsy(error: Exception, text: str, call: str) -> FormulaError:
    origin = getattr(error, "origin", None)
    place = (origin.start, origin.end) if origin is not None else (0, len(text))
    message = str(getattr(error, "message", "it is no formula")).rstrip(".")
    return FormulaError(
        f"{call}(): the formula cannot be read: {message}.{show_place(text, *place)}",
        "Write it as in 'outcome ~ age + C(state) + age:veteran'; Q(\"a name\") quotes a column name.",
    )


def _balance(node: Any) -> Any:
    """Make a long chain a + b + c + ... a shallow tree, which patsy's recursion can read.

    Ones and zeros, whose place decides about the intercept, stay last and in order.
    """
    taken: list[Any] = []
    while node.type == "-" and len(node.args) == 2:  # noqa: PLR2004  (two parts make it a difference)
        taken.append(node)
        node = node.args[0]
    parts: list[Any] = []
    while node.type == "+" and len(node.args) == 2:  # noqa: PLR2004  (two parts make it a sum)
        parts.append(node.args[1])
        node = node.args[0]
    parts.append(node)
    parts.reverse()
    plain = [part for part in parts[1:] if part.type not in ("ZERO", "ONE", "+", "-")]
    chain = [parts[0], *plain]
    while len(chain) > 1:
        pairs = list(zip(chain[::2], chain[1::2], strict=False))
        joined = [ParseNode("+", left.token, [left, right], left.origin) for left, right in pairs]
        chain = joined + chain[2 * len(pairs) :]
    whole = chain[0]
    for part in parts[1:]:
        if part.type in ("ZERO", "ONE", "+", "-"):
            whole = ParseNode("+", part.token, [whole, part], part.origin)
    for node in reversed(taken):
        whole = ParseNode("-", node.token, [whole, node.args[1]], node.origin)
    return whole


def _parse(text: str, call: str) -> Any:
    try:
        tree = _patsy_parse(text)
        tree = ParseNode(tree.type, tree.token, [_balance(part) for part in tree.args], tree.origin)
        _check_tree(tree, text, call)
        return ModelDesc.from_formula(tree)
    except FormulaError:
        raise
    # patsy checks its own state with assert and lets some errors of Python's tokenizer through
    except (
        PatsyError,
        SyntaxError,
        tokenize.TokenError,
        RecursionError,
        AssertionError,
        ValueError,
        IndexError,
    ) as error:
        raise _from_patsy(error, text, call) from error


def _place(factor: Any, text: str) -> FactorCode:
    origin = factor.origin
    start, end = (origin.start, origin.end) if origin is not None else (0, len(text))
    return FactorCode(code=factor.code, start=start, end=end)


def parse_formula(formula: str, call: str) -> Formula:
    """Take a formula apart without evaluating any of it.

    Parameters
    ----------
    formula : str
        As in ``"job ~ age + C(state) + age:veteran"``.
    call : str
        The public call, for messages.

    Returns
    -------
    Formula
        Outcome, terms and factors.

    Raises
    ------
    FormulaError
        If it cannot be read, has no outcome or more than one, or would expand to more than 5,000 terms.

    Notes
    -----
    The grammar is that of patsy, S and R: ``+ - : * / **`` combine terms, ``0`` or ``-1`` takes the
    intercept away.

    Examples
    --------
    >>> from peerstats.design import parse_formula
    >>> parse_formula("job ~ age * veteran", "multinomial").terms
    ((), ('age',), ('veteran',), ('age', 'veteran'))
    """
    if not isinstance(formula, str):
        raise FormulaError(
            f"{call}(): the formula is a {type(formula).__name__}, not text.",
            "Write 'outcome ~ age + state'.",
        )
    text = " ".join(formula.split("\n")).strip()
    if len(text) > _MAX_LENGTH:
        raise FormulaError(
            f"{call}(): the formula has {len(text):,} characters, over {_MAX_LENGTH:,}.",
            "Write a shorter one.",
        )
    described = _parse(text, call)
    left = [term for term in described.lhs_termlist if term.factors]
    alone = len(left) == len(described.lhs_termlist) == 1 and len(left[0].factors) == 1
    if alone:
        # patsy takes b out of a - b and one a out of a + a: what it drops stands beside the outcome
        place = _place(left[0].factors[0], text)
        alone = not (text[: place.start] + text[place.end :].split("~")[0]).strip(" ()")
    if not alone:
        raise FormulaError(
            f"{call}(): the formula needs one outcome, a column, left of '~'."
            f"{show_place(text, 0, max(text.find('~'), 1))}",
            "Write it as in 'job ~ age + state'; arithmetic with an outcome of numbers stands inside I().",
        )
    factors: dict[str, FactorCode] = {}
    terms = []
    for term in described.rhs_termlist:
        if len(term.factors) > _MAX_ORDER:
            place = _place(term.factors[0], text)
            raise FormulaError(
                f"{call}(): a term has {len(term.factors)} factors, over {_MAX_ORDER}."
                f"{show_place(text, place.start, len(text))}",
                "Leave out interactions of so many columns.",
            )
        terms.append(tuple(factor.code for factor in term.factors))
        for factor in term.factors:
            factors.setdefault(factor.code, _place(factor, text))
    return Formula(
        text=text,
        outcome=_place(left[0].factors[0], text),
        terms=tuple(terms),
        factors=dict(sorted(factors.items(), key=lambda item: item[1].start)),
    )


def code_terms(terms: Sequence[tuple[str, ...]], numeric: Collection[str]) -> tuple[TermCoding, ...]:
    """Decide the order of terms and which factors lose a level, as patsy does.

    Parameters
    ----------
    terms : sequence of tuple of str
        Factor codes of each term.
    numeric : collection of str
        The codes that are numbers; the others are categories.

    Returns
    -------
    tuple of TermCoding
        In the order of the design's columns: terms without numbers first, then by order of interaction.

    Examples
    --------
    >>> from peerstats.design import code_terms
    >>> [coding.subterms for coding in code_terms([(), ("state",)], numeric=())]
    [((),), ((('state', False),),)]
    """
    buckets: dict[frozenset[str], list[tuple[str, ...]]] = {frozenset(): []}
    for term in terms:
        buckets.setdefault(frozenset(code for code in term if code in numeric), []).append(term)
    codings = []
    for bucket in buckets.values():
        used: set[Any] = set()
        for term in sorted(bucket, key=len):
            known = {code: EvalFactor(code) for code in term}
            numbers = {factor for code, factor in known.items() if code in numeric}
            picks = pick_contrasts_for_term(Term(list(known.values())), numbers, used)
            subterms = tuple(
                tuple(
                    (code, bool(pick.get(factor, False)))
                    for code, factor in known.items()
                    if code in numeric or factor in pick
                )
                for pick in picks
            )
            codings.append(TermCoding(factors=term, subterms=subterms))
    return tuple(codings)
