"""Margins that weights are raked to: read from a call, and found again in a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import nw, read_words, row_name
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import Raked, rake_weights

if TYPE_CHECKING:
    from peerstats.design._columns import Level
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Calibration", "Margin", "code_margin", "rake_base", "read_margins"]

# Published tables are rounded: shares of a tenth of a percent may add to 0.997, totals in thousands differ.
_ROUNDING = 0.005
_EXACT = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Margin:
    """One known margin of the population.

    Parameters
    ----------
    columns : tuple of str
        Its columns; several for a joint margin.
    levels : tuple of tuples
        Its L levels, each one value a column.
    targets : tuple of float
        How many people of the population have each level.
    """

    columns: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    targets: tuple[float, ...]

    @property
    def name(self) -> str:
        """The margin in words."""
        return " x ".join(self.columns)

    @property
    def level_names(self) -> tuple[str, ...]:
        """The levels as conditions on the columns."""
        return tuple(
            ", ".join(f"{name}={value!r}" for name, value in zip(self.columns, level, strict=True))
            for level in self.levels
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """How the weights of a design are raked whenever it is read.

    Parameters
    ----------
    margins : tuple of Margin
        The margins, in the order in which they are fitted.
    trim : (float, float) or None
        Least and greatest weight as multiples of the mean weight.
    max_iterations : int
        Cycles through the margins at most.
    tolerance : float
        Largest distance from a target, as a share of it.
    residuals : {"rake", "calibrate"}
        How linearised errors take the margins' part out of the scores.
    n_rows : int
        Rows that were raked, those of weight zero left out.
    """

    margins: tuple[Margin, ...]
    trim: tuple[float, float] | None
    max_iterations: int
    tolerance: float
    residuals: str
    n_rows: int


def _read_margin(columns: Any, targets: Any, call: str) -> Margin:
    names = (columns,) if isinstance(columns, str) else tuple(columns)
    if hasattr(targets, "to_dict"):
        targets = targets.to_dict()  # a pandas Series, such as value_counts() of a census file
    if not isinstance(targets, Mapping) or not targets:
        raise InputError(
            f"{call}(): the margin {' x '.join(map(str, names))} has no levels.",
            'Give targets by level, for example {"sex": {"women": 52_000, "men": 48_000}}.',
        )
    levels = []
    for level in targets:
        parts = (level,) if len(names) == 1 else level
        if not isinstance(parts, tuple) or len(parts) != len(names):
            raise InputError(
                f"{call}(): the level {level!r} of the margin {' x '.join(names)} does not have "
                f"{len(names)} parts.",
                f"Name each level by one value a column: ({', '.join(names)}).",
            )
        # numpy's scalars would print and serialise otherwise than Python's
        levels.append(tuple(part.item() if isinstance(part, np.generic) else part for part in parts))
    margin = Margin(columns=names, levels=tuple(levels), targets=tuple(map(float, targets.values())))
    for name, target in zip(margin.level_names, margin.targets, strict=True):
        if not (np.isfinite(target) and target > 0):
            raise InputError(
                f"{call}(): the target of {name} is {target:g}.",
                "Targets are positive; leave out levels that nobody has, and rows that are not of the "
                "population.",
            )
    return margin


def _scaled(margin: Margin, total: float) -> Margin:
    factor = total / sum(margin.targets)
    return Margin(
        columns=margin.columns, levels=margin.levels, targets=tuple(t * factor for t in margin.targets)
    )


def read_margins(margins: Any, total: float | None, call: str) -> tuple[tuple[Margin, ...], tuple[str, ...]]:
    """Read the margins of a call as counts of people.

    Parameters
    ----------
    margins : mapping
        From a column, or a tuple of columns, to targets by level.
    total : float or None
        Size of the population.
    call : str
        The public call, for messages.

    Returns
    -------
    margins : tuple of Margin
        The margins, all adding to one total.
    notes : tuple of str
        What was scaled.

    Raises
    ------
    InputError
        If a target is not positive, shares come without a total, or totals disagree.
    """
    if not isinstance(margins, Mapping) or not margins:
        raise InputError(
            f"{call}(): margins= names no margin.",
            'Give targets by column and level: {"sex": {"women": 52_000, "men": 48_000}}.',
        )
    if total is not None and not (np.isfinite(total) and total > 0):
        raise InputError(f"{call}(): total={total!r} is no size of a population.", "Give a positive number.")
    read = [_read_margin(columns, targets, call) for columns, targets in margins.items()]
    sums = [sum(margin.targets) for margin in read]
    shares = [abs(size - 1) <= _ROUNDING for size in sums]
    counts = [size for size, share in zip(sums, shares, strict=True) if not share]
    if total is None and not counts:
        raise InputError(
            f"{call}(): the targets are shares, and the size of the population is not given.",
            "Say total=, for example the sum of the weights.",
        )
    whole = counts[0] if total is None else float(total)
    notes = []
    for margin, size, share in zip(read, sums, shares, strict=True):
        expected = 1.0 if share else whole
        off = size / expected - 1
        if abs(off) > _ROUNDING:
            raise InputError(
                f"{call}(): the targets of {margin.name} add to {size:,.6g}, "
                f"{'those of ' + read[shares.index(False)].name if total is None else 'total='} to "
                f"{whole:,.6g}.",
                "Margins must add to the same number of people; give counts, or shares with total=.",
            )
        if abs(off) > _EXACT:
            of = "1" if share else f"{whole:,.10g}"
            notes.append(f"The targets of {margin.name} add to {size:,.10g}; scaled to {of}.")
    return tuple(_scaled(margin, whole) for margin in read), tuple(notes)


def code_margin(frame: nw.DataFrame[Any], margin: Margin, rows: BoolArray, call: str) -> IntArray:
    """Find the level of a margin that each row has.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    margin : Margin
        The margin.
    rows : (n,) bool array
        Rows with weight, which must have a level.
    call : str
        The public call, for messages.

    Returns
    -------
    (n,) int array
        Position of the level; -1 for rows without weight that have none.

    Raises
    ------
    InputError
        If a column is absent, a value missing, a level without target, or a target without respondent.
    """
    check_columns(margin.columns, frame.columns, call, use="margin column")
    joint = np.zeros(len(frame), dtype=np.int64)
    known = np.ones(len(frame), dtype=bool)
    values = []
    for name in margin.columns:
        codes, levels = read_words(frame, name)
        empty = (codes < 0) & rows
        if empty.any():
            raise InputError(
                f"{call}(): the margin column {name!r} is missing in "
                f"{row_name(frame, int(np.argmax(empty)))} ({int(empty.sum()):,} such rows).",
                "Impute it, or give such rows a weight of zero or a level and a target of their own.",
            )
        known &= codes >= 0
        joint = joint * max(len(levels), 1) + codes
        values.append(levels)
    place = {level: i for i, level in enumerate(margin.levels)}
    found, inverse = np.unique(joint[known], return_inverse=True)
    sizes = [max(len(levels), 1) for levels in values]
    parts = np.unravel_index(found, sizes)
    combos = [tuple(values[j][int(part[i])] for j, part in enumerate(parts)) for i in range(len(found))]
    code = np.full(len(frame), -1, dtype=np.int64)
    code[known] = np.array([place.get(combo, -1) for combo in combos], dtype=np.int64)[inverse]
    _check_levels(frame, margin, code, rows, call)
    return code


def _check_levels(
    frame: nw.DataFrame[Any], margin: Margin, code: IntArray, rows: BoolArray, call: str
) -> None:
    without = (code < 0) & rows
    if without.any():
        at = int(np.argmax(without))
        level = tuple(frame[name][at] for name in margin.columns)
        named = ", ".join(f"{name}={value!r}" for name, value in zip(margin.columns, level, strict=True))
        raise InputError(
            f"{call}(): {named} has no target ({row_name(frame, at)}; {int(without.sum()):,} such rows).",
            did_you_mean(str(level[0]), [str(each[0]) for each in margin.levels], what="levels"),
        )
    absent = np.bincount(code[rows], minlength=len(margin.targets)) == 0
    if absent.any():
        raise InputError(
            f"{call}(): no respondent has {margin.level_names[int(np.argmax(absent))]}, whose target is "
            f"{margin.targets[int(np.argmax(absent))]:,.6g}.",
            "Join the level with another one, in the data and in the targets.",
        )


def rake_base(
    base: Array, coded: Sequence[IntArray], calibration: Calibration, call: str
) -> tuple[Array, Raked]:
    """Rake base weights to the margins of a calibration.

    Parameters
    ----------
    base : (n,) float array
        Base weights.
    coded : sequence of (n,) int array
        Level of each row in each margin.
    calibration : Calibration
        Margins and limits.
    call : str
        The public call, for messages.

    Returns
    -------
    weights : (n,) float array
        Raked weights.
    raked : Raked
        How near the margins are.

    Raises
    ------
    ConvergenceError
        If the margins are not reached.
    """
    steps = [
        (codes, np.array(margin.targets)) for codes, margin in zip(coded, calibration.margins, strict=True)
    ]
    found = rake_weights(
        base[:, None],
        steps,
        max_cycles=calibration.max_iterations,
        tolerance=calibration.tolerance,
        bounds=calibration.trim,
    )
    weights = found.weights[:, 0]
    if not found.converged[0]:
        worst = ("", 0.0)
        for margin, (codes, targets) in zip(calibration.margins, steps, strict=True):
            seen = codes >= 0
            off = np.bincount(codes[seen], weights=weights[seen], minlength=len(targets)) / targets - 1
            at = int(np.argmax(np.abs(off)))
            if abs(off[at]) > abs(worst[1]):
                worst = (margin.level_names[at], float(off[at]))
        raise ConvergenceError(
            f"{call}(): {found.n_cycles:,} cycles did not reach the margins; {worst[0]} is off by "
            f"{worst[1]:+.2g} of its target.",
            "Margins may contradict each other where levels seldom meet: join levels"
            + (", or allow a wider trim=." if calibration.trim else ", or raise max_iterations=."),
        )
    return weights, found
