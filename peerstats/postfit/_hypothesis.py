"""Linear hypotheses on the coefficients of a fit: from terms, outcomes, text or a matrix."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["Hypothesis", "merge_hypothesis", "read_hypothesis", "slope_columns", "term_hypotheses"]

_NUMBER = re.compile(r"\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hypothesis:
    """A linear hypothesis: matrix times coefficients equals value.

    Parameters
    ----------
    name : str
        The term, or the hypothesis in words.
    outcome : str or None
        The one outcome that it is about; None for all together.
    matrix : (q, p) float array
        The combinations, outcomes slowest.
    value : (q,) float array
        What they are equal to.
    """

    name: str
    outcome: str | None
    matrix: Array
    value: Array


def _places(fit: ModelFit, columns: Sequence[str]) -> list[int]:
    """Return where columns stand among the terms of an equation; an ordinal model has no intercept."""
    place = {name: i for i, name in enumerate(fit.terms)}
    return [place[name] for name in columns if name in place]


def slope_columns(fit: ModelFit) -> list[int]:
    """Return where the columns other than the intercept stand among the terms of an equation."""
    return _places(fit, [name for name in fit.design.columns if name != "Intercept"])


def _zeros(fit: ModelFit, places: Sequence[int], equations: Sequence[int], k: int) -> Array:
    """Return the matrix that picks coefficients."""
    rows = [j * k + i for j in equations for i in places]
    matrix = np.zeros((len(rows), fit.n_parameters))
    matrix[np.arange(len(rows)), rows] = 1.0
    return matrix


def term_hypotheses(
    fit: ModelFit, terms: str | Sequence[str] | None, *, joint: bool, by_outcome: bool, call: str
) -> list[Hypothesis]:
    """Return the hypotheses that terms have no part in a model.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    terms : str, sequence of str or None
        Terms of the formula; all but the intercept by default.
    joint : bool
        Whether the terms are tested together.
    by_outcome : bool
        Whether each outcome is tested on its own.
    call : str
        The public call, for messages.

    Returns
    -------
    list of Hypothesis
        One per term, or one of all; for each outcome, or of all outcomes.

    Raises
    ------
    InputError
        If a term is not in the model.
    """
    known = {term.name: term for term in fit.design.terms}
    if terms is None:
        named = [name for name, term in known.items() if tuple(term.columns) != ("Intercept",)]
        if not named:
            raise InputError(f"{call}(): the model has an intercept only.", "Add a term to the formula.")
    else:
        named = [terms] if isinstance(terms, str) else list(terms)
        if not named:
            raise InputError(f"{call}(): terms= is empty.", "Name a term, or leave it out for all of them.")
        for name in named:
            if name not in known:
                raise InputError(
                    f"{call}(): {name!r} is no term of {fit.formula!r}.",
                    did_you_mean(str(name), list(known), what="terms"),
                )
        named = list(dict.fromkeys(named))
    groups = [named] if joint else [[name] for name in named]
    k, n_equations = fit.coefficients.shape
    found = []
    for group in groups:
        places = _places(fit, [column for name in group for column in known[name].columns])
        if not places:
            raise InputError(f"{call}(): {group[0]!r} has no coefficient of its own.", "Name another term.")
        parts = (
            [((j,), fit.equations[j]) for j in range(n_equations)]
            if by_outcome
            else [(tuple(range(n_equations)), None)]
        )
        for equations, outcome in parts:
            matrix = _zeros(fit, places, equations, k)
            found.append(
                Hypothesis(
                    name=" + ".join(group), outcome=outcome, matrix=matrix, value=np.zeros(len(matrix))
                )
            )
    return found


def merge_hypothesis(fit: ModelFit, first: str, second: str) -> Hypothesis:
    """Return the hypothesis that no slope tells two outcomes apart; the intercepts are free."""
    k, _ = fit.coefficients.shape
    places = slope_columns(fit)
    matrix = np.zeros((len(places), fit.n_parameters))
    for level, sign in ((first, 1.0), (second, -1.0)):
        if level != str(fit.base):
            matrix += sign * _zeros(fit, places, [fit.equations.index(level)], k)
    return Hypothesis(name=f"{first} = {second}", outcome=None, matrix=matrix, value=np.zeros(len(matrix)))


class _Reader:
    """Reads one hypothesis: sums of numbers times coefficients, with at most one equals sign."""

    def __init__(self, text: str, names: dict[str, int], n: int, call: str) -> None:
        self.text, self.names, self.n, self.call = text, names, n, call
        self.longest = sorted(names, key=len, reverse=True)
        self.at = 0

    def wrong(self, what: str) -> InputError:
        here = self.text[self.at :].strip() or "its end"
        shown = [name for name in self.longest if self.names[name] >= 0]
        return InputError(
            f"{self.call}(): hypothesis {self.text!r}: {what} at {here!r}.",
            f"{did_you_mean(here, shown, what='coefficients')} Write it as in "
            f"{shown[-1] + ' = 0'!r}; covariance() lists the names.",
        )

    def take(self, signs: str) -> str | None:
        """Take one of some signs, if it comes next."""
        self.skip()
        if self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1
            return self.text[self.at - 1]
        return None

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def number(self) -> float | None:
        self.skip()
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return float(found.group())

    def name(self) -> int | None:
        """Take the longest known name that comes next and ends where a name may end."""
        self.skip()
        for name in self.longest:
            end = self.at + len(name)
            if self.text.startswith(name, self.at) and (
                end == len(self.text) or self.text[end] in " \t\n+-*="
            ):
                self.at = end
                return self.names[name]
        return None

    def side(self) -> tuple[Array, float]:
        """Take a sum: its coefficients, and its number."""
        row, constant = np.zeros(self.n), 0.0
        sign = -1.0 if self.take("+-") == "-" else 1.0
        while True:
            place = self.name()
            factor = 1.0
            if place is None:
                number = self.number()
                if number is None:
                    raise self.wrong("neither a coefficient nor a number")
                factor = number
                if self.take("*"):
                    place = self.name()
                    if place is None:
                        raise self.wrong("no coefficient")
            elif self.take("*"):
                raise self.wrong("a factor stands before its coefficient, not")
            if place is None:
                constant += sign * factor
            else:
                row[place] += sign * factor
            following = self.take("+-")
            if following is None:
                return row, constant
            sign = -1.0 if following == "-" else 1.0

    def read(self) -> tuple[Array, float]:
        """Read the whole text: the combination, and its value."""
        row, constant = self.side()
        if self.take("="):
            right, number = self.side()
            row, constant = row - right, constant - number
        self.skip()
        if self.at < len(self.text):
            raise self.wrong("cannot be read")
        if not row.any():
            raise InputError(
                f"{self.call}(): hypothesis {self.text!r} holds no coefficient.",
                "Name one as covariance() does.",
            )
        return row, -constant


def _names(fit: ModelFit) -> dict[str, int]:
    k = len(fit.terms)
    names = {
        f"{equation}: {term}": j * k + i
        for j, equation in enumerate(fit.equations)
        for i, term in enumerate(fit.terms)
    }
    if len(fit.equations) == 1:
        names |= {term: i for i, term in enumerate(fit.terms)}
    return names


def read_hypothesis(fit: ModelFit, hypothesis: Any, null: Any, call: str) -> Hypothesis:
    """Read a linear hypothesis from text or from a matrix.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    hypothesis : str, sequence of str or (q, p) array
        Equations between coefficients, or their matrix, outcomes slowest.
    null : float, (q,) array or None
        With a matrix: what the combinations are equal to; 0 by default.
    call : str
        The public call, for messages.

    Returns
    -------
    Hypothesis
        All equations together.

    Raises
    ------
    InputError
        If it cannot be read, or an equation follows from the others.
    """
    p = fit.n_parameters
    texts = [hypothesis] if isinstance(hypothesis, str) else hypothesis
    if isinstance(texts, Sequence) and texts and all(isinstance(each, str) for each in texts):
        if null is not None:
            raise InputError(
                f"{call}(): null= beside a hypothesis in words.", "Write the value after its equals sign."
            )
        read = [_Reader(text, _names(fit), p, call).read() for text in texts]
        matrix, value = np.array([row for row, _ in read]), np.array([number for _, number in read])
        name = "; ".join(" ".join(text.split()) for text in texts)
    else:
        try:
            matrix = np.atleast_2d(np.asarray(hypothesis, dtype=float))
            value = np.broadcast_to(np.asarray(0.0 if null is None else null, dtype=float), (len(matrix),))
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{call}(): hypothesis={hypothesis!r} is neither text nor a matrix ({error}).",
                f"Give equations as text, or {p} numbers for each equation and null= of one number each.",
            ) from error
        if matrix.ndim != 2 or matrix.shape[1] != p or not len(matrix):  # noqa: PLR2004  (a matrix)
            raise InputError(
                f"{call}(): the hypothesis has the shape {matrix.shape}; the fit has {p} coefficients.",
                "Give one row per equation, in the order of covariance().",
            )
        if not (np.isfinite(matrix).all() and np.isfinite(value).all()):
            raise InputError(f"{call}(): the hypothesis holds a number that is not finite.", "Mend it.")
        name = f"{len(matrix)} linear combination{'s' if len(matrix) > 1 else ''}"
    for i in range(len(matrix)):
        if np.linalg.matrix_rank(matrix[: i + 1]) <= i:
            raise InputError(
                f"{call}(): equation {i + 1} of the hypothesis says nothing that those before it do not.",
                "Leave it out.",
            )
    return Hypothesis(name=name, outcome=None, matrix=matrix, value=np.array(value))
