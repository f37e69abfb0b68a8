"""Which terms separate the outcomes: judged on distinct rows, and said as an error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import ConvergenceError
from peerstats.numerics import find_separation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peerstats.design import ModelRows
    from peerstats.numerics import Block, Rows, Separation
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Judged", "judge_separation", "separation_error", "separation_words"]

_MOST = 50_000  # rows judged at once: a second or two
_MOST_CELLS = 50_000_000  # of the programme's matrix, 400 MB
_ROUNDS = 10  # passes over rows that were not sampled
_ADDED = 5_000  # rows of a pass that are added to the sample
_SEEN = 1e-8  # singular values, and rows in a direction, relative to the largest: below it none sees it
_WRONG = 1e-7  # of a row's largest part: a margin below minus this contradicts the direction
_NAMED = 6  # terms named in a message
_FIRTH = ("logistic", "multinomial")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A verdict on the rows of a model.

    Parameters
    ----------
    found : Separation
        Kind, coefficients and direction.
    n_rows : int
        Rows of the model.
    n_judged : int
        Rows judged: all of them, or a sample whose direction of escape was checked against all.
    """

    found: Separation
    n_rows: int
    n_judged: int

    @property
    def sampled(self) -> bool:
        """Whether rows were sampled."""
        return self.n_judged < self.n_rows


def _together(parts: Iterable[tuple[Array, IntArray]]) -> tuple[Array, IntArray]:
    xs, ys = zip(*parts, strict=True)
    return np.concatenate(xs, axis=1), np.concatenate(ys)


def _read(rows: Rows, step: int = 1) -> tuple[Array, IntArray]:
    """Return every `step`-th row of the design with its outcome; few enough to be held."""

    def every(blocks: Iterable[Block]) -> tuple[Array, IntArray]:
        parts, seen = [], 0
        for block in blocks:
            places = slice(-seen % step, None, step)
            seen += len(block.y)
            parts.append((block.x[:, places], block.y[places].astype(np.int64, copy=False)))
        return _together(parts)

    return rows.reduce(every, _together)


def _contradicts(block: Block, direction: Array) -> BoolArray:
    """Say which rows lie on the wrong side of a (J-1, k) direction."""
    size = np.abs(direction) @ np.abs(block.x)
    eta = np.vstack([np.zeros(len(block.y)), direction @ block.x])
    own = eta[block.y, np.arange(len(block.y))]
    wrong: BoolArray = own < eta.max(axis=0) - _WRONG * np.maximum(size.max(axis=0), _WRONG)
    return wrong


def _sees(block: Block, idle: Array) -> BoolArray:
    """Say which rows see any of (k, q) directions."""
    seen: BoolArray = np.abs(idle.T @ block.x).max(axis=0) > _SEEN
    return seen


def _unseen(x: Array, reach: Array) -> Array:
    """Return the (k, q) directions, for columns over their reach, that no sampled row sees."""
    _, values, basis = np.linalg.svd(np.linalg.qr((x / reach[:, None]).T, mode="r"))
    idle = np.ones(len(x), dtype=bool)
    idle[: len(values)] = values <= _SEEN * values[0]
    unseen: Array = basis[idle].T / reach[:, None]
    return unseen


def _pick(rows: Rows, wanted: Callable[[Block], BoolArray]) -> tuple[Array, IntArray]:
    """Return some of the rows that are wanted, from all parts of the data."""

    def pick(blocks: Iterable[Block]) -> tuple[Array, IntArray]:
        parts = []
        for block in blocks:
            places = np.flatnonzero(wanted(block))[:_ADDED]
            parts.append((block.x[:, places], block.y[places].astype(np.int64, copy=False)))
        return _together(parts)

    x, y = rows.reduce(pick, _together)
    step = max(-(-len(y) // _ADDED), 1)
    return x[:, ::step], y[::step]


def judge_separation(rows: Rows, n_outcomes: int, reach: Array, *, signs: bool = False) -> Judged | None:
    """Judge whether the rows of a logit are separated.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    n_outcomes : int
        Outcome levels, the base included.
    reach : (k,) float array
        Largest absolute value of each column of the design.
    signs : bool
        Whether the sign of each infinite coefficient is asked for.

    Returns
    -------
    Judged or None
        None if a sample never agreed with all rows.

    Notes
    -----
    Up to 50,000 rows all are judged. Of more, evenly spaced ones are, and rows that make their columns as
    independent as those of all: if these overlap, so do all. If they are separated, the other rows are read,
    and those that contradict the direction join the sample, until none does; so the verdict holds for all
    rows. Which coefficients are infinite is that of the sample.
    """
    n_other = n_outcomes - 1
    most = min(_MOST, max(_MOST_CELLS // (n_other * n_other * len(reach)), 1_000))
    if rows.n_rows <= most:
        found = find_separation(*_read(rows), n_outcomes, signs=signs)
        return Judged(found=found, n_rows=rows.n_rows, n_judged=rows.n_rows)
    x, y = _read(rows, -(-rows.n_rows // most))
    for _ in range(_ROUNDS):
        idle = _unseen(x, reach)
        more = _pick(rows, partial(_sees, idle=idle)) if idle.shape[1] else None
        if more is None or not len(more[1]):
            found = find_separation(x, y, n_outcomes, signs=signs)
            if found.kind == "none":
                return Judged(found=found, n_rows=rows.n_rows, n_judged=rows.n_rows)
            direction = found.direction / np.abs(x).max(axis=1)  # that of columns of unit reach in the sample
            more = _pick(rows, partial(_contradicts, direction=direction))
            if not len(more[1]):
                return Judged(found=found, n_rows=rows.n_rows, n_judged=len(y))
        x, y = _together([(x, y), more])
    return None


def _listed(names: list[str]) -> str:
    shown = [repr(name) for name in names[:_NAMED]]
    if names[_NAMED:]:
        return ", ".join(shown) + f" and {len(names) - _NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def separation_words(rows: ModelRows, direction: Array) -> str:
    """Say which terms tell which outcomes from the base, by a (J-1, k) direction."""
    columns, (base, *others) = rows.design.columns, rows.outcome_levels
    told: dict[tuple[str, ...], list[str]] = {}
    for level, runs in zip(others, direction != 0, strict=True):
        names = [name for name, runs_off in zip(columns, runs, strict=True) if runs_off]
        # the intercept runs against the others; it is named only if it runs alone
        names = [name for name in names if name != "Intercept"] or names
        if names:
            told.setdefault(tuple(names), []).append(repr(level))
    return "; ".join(
        f"{_listed(list(names))} {'tell' if names[1:] else 'tells'} {rows.outcome} {' and '.join(levels)} "
        f"from {base!r}"
        for names, levels in told.items()
    )


def _at_fault(rows: ModelRows, direction: Array) -> tuple[bool, bool]:
    """Say whether the terms at fault hold categories, and whether they are all terms there are."""
    runs = (direction != 0).any(axis=0)
    kinds = {factor.code: factor.kind for factor in rows.design.factors}
    category, every = False, True
    start = 0
    for term in rows.design.terms:
        stop = start + len(term.columns)
        if term.subterms != ((),):
            codes = [code for subterm in term.subterms for code, _ in subterm]
            category |= bool(runs[start:stop].any()) and any(kinds[code] == "category" for code in codes)
            every &= bool(runs[start:stop].any())
        start = stop
    return category, every


def separation_error(rows: ModelRows, judged: Judged, n_iterations: int, call: str) -> ConvergenceError:
    """Make the error of separated rows.

    Parameters
    ----------
    rows : ModelRows
        The rows.
    judged : Judged
        The verdict, of kind "quasi" or "complete".
    n_iterations : int
        Steps taken before.
    call : str
        The public call.

    Returns
    -------
    ConvergenceError
        Kind, terms, outcomes and what to do.
    """
    found = judged.found
    how = "completely" if found.kind == "complete" else "quasi-completely"
    words = separation_words(rows, found.direction)
    n, n_all = int(found.separated.sum()), len(found.separated)
    where = f"in all {n_all:,} rows" if n == n_all else f"in {n:,} of {n_all:,} rows"
    if judged.sampled:
        where += f" (judged on that many sampled rows; none of all {judged.n_rows:,} contradicts)"
    category, every = _at_fault(rows, found.direction)
    many = sum(bool(term.subterms != ((),)) for term in rows.design.terms) > 1
    steps = [f"Tabulate {rows.outcome} by the term" if category else f"Plot {rows.outcome} against the term"]
    if category:
        steps.append("merge or drop levels in which an outcome never or always occurs")
    steps.append("keep fewer terms: every one takes part" if every and many else "leave the term out")
    firth = call in _FIRTH and rows.survey is None and rows.weight_kind in {"none", "frequency"}
    return ConvergenceError(
        f"{call}(): the rows are {how} separated: {words} without exception {where}, so the likelihood has "
        f"no maximum and coefficients grow without end (stopped after {n_iterations} steps).",
        f"{'; '.join(steps)}{'; or say' if firth else '.'}"
        + (' penalty="firth", whose estimates are finite.' if firth else ""),
    )
