"""What is wrong with the columns of a survey design; the same in memory and in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, nw, read_numbers, read_words, row_name
from peerstats.errors import InputError
from peerstats.numerics import EXHAUSTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.design._survey_design import SurveyDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "HeldRows",
    "check_lonely",
    "describe_design",
    "mixed_corrections",
    "read_corrections",
    "read_design_codes",
    "sampled_shares",
    "stratum_label",
    "torn_unit",
    "varied_correction",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldRows:
    """A frame whose rows are the data's, or sums of several of them.

    Parameters
    ----------
    frame : narwhals DataFrame
        Its columns.
    rows : (n,) bool array
        Rows with a weight.
    counts : (n,) int array or None
        How many rows of the data each is the sum of; None where they are the data's own.
    """

    frame: nw.DataFrame[Any]
    rows: BoolArray
    counts: IntArray | None = None

    def row(self, at: int) -> str:
        """Name a row; sums have no place, and are told by the rows in them."""
        return row_name(self.frame, at) if self.counts is None else f"{int(self.counts[at]):,} rows"

    def place(self, bad: BoolArray) -> str:
        """Name the first of some rows and say how many there are."""
        if self.counts is not None:
            return f"{int(self.counts[bad].sum()):,} rows"
        return f"{row_name(self.frame, int(np.argmax(bad)))} ({int(bad.sum()):,} such rows)"


def read_design_codes(held: HeldRows, name: str, use: str, call: str) -> tuple[IntArray, list[Any]]:
    """Return the codes of a design column, -1 outside the rows with a weight, and its labels."""
    frame, rows = held.frame, held.rows
    check_columns([name], frame.columns, call, use=f"{use} column")
    empty = is_null(frame[name]) & rows
    if empty.any():
        raise InputError(
            f"{call}(): {use}={name!r} is missing in {held.place(empty)}.",
            "Every row with weight has one; where it is unknown, the plan cannot be used.",
        )
    codes, labels = read_words(frame, name)
    present, inverse = np.unique(codes[rows], return_inverse=True)
    found = np.full(len(codes), -1, dtype=np.int64)
    found[rows] = inverse
    return found, [labels[code] for code in present]


def torn_unit(design: SurveyDesign, unit: Any, first: Any, second: Any, place: str, call: str) -> InputError:
    """Make the error of a PSU that lies in two strata."""
    return InputError(
        f"{call}(): cluster={design.cluster!r}: PSU {unit!r} lies in two strata, {first!r} and {second!r} "
        f"({place}).",
        "If PSU labels start again in each stratum, say nest=True; else correct the columns.",
    )


def read_corrections(held: HeldRows, name: str, call: str) -> Array:
    """Return the column of finite population corrections; refuse what cannot be one."""
    frame, rows = held.frame, held.rows
    check_columns([name], frame.columns, call, use="fpc column")
    values: Array = read_numbers(frame, [name], call, use="fpc column")[:, 0]
    bad = rows & ~(np.isfinite(values) & (values > 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise InputError(
            f"{call}(): fpc={name!r} is {values[at]:g} in {held.place(bad)}.",
            "Give numbers of PSUs in the population, or the shares that were sampled.",
        )
    return values


def mixed_corrections(name: str, value: float, place: str, call: str) -> InputError:
    """Make the error of a column with sizes and shares."""
    return InputError(
        f"{call}(): fpc={name!r} has sizes and shares ({value:g} in {place}).",
        "Give either population sizes, all 1 or more, or shares, all 1 or less.",
    )


def varied_correction(
    name: str, stratum: str, first: float, other: float, place: str, call: str
) -> InputError:
    """Make the error of a correction that is not one of its stratum."""
    return InputError(
        f"{call}(): fpc={name!r} varies in stratum {stratum}: {first:g} and {other:g} ({place}).",
        "It belongs to a stratum: the number of its PSUs, not of a PSU's people.",
    )


def sampled_shares(
    first: Array, sizes: Array, *, shares: bool, name: str, label: Callable[[int], str], call: str
) -> Array:
    """Return the share of each stratum's PSUs that was sampled, from its correction and its PSUs."""
    sampled: Array = first if shares else sizes / first
    over = sampled > 1
    if over.any():
        h = int(np.argmax(over))
        raise InputError(
            f"{call}(): stratum {label(h)} has {int(sizes[h]):,} PSUs in the sample, {first[h]:,.6g} in all "
            f"(fpc={name!r}).",
            "Give the number of PSUs in the stratum's population.",
        )
    return sampled


def stratum_label(labels: list[Any], h: int) -> str:
    """Name a stratum; without labels there is one, the whole sample."""
    return repr(labels[h]) if labels else "of the whole sample"


def check_lonely(
    sizes: Array, sampled: Array | None, rule: str, label: Callable[[int], str], call: str
) -> None:
    """Refuse a design in which a stratum's variance cannot be known."""
    if sizes.sum() == 1:
        raise InputError(
            f"{call}(): the design has a single PSU.", "Check cluster=: a variance needs two PSUs at least."
        )
    single = (sizes == 1) & (True if sampled is None else 1 - sampled >= EXHAUSTED)
    if single.any() and (rule == "fail" or (rule == "average" and single.all())):
        rest = 'choose lonely_psu="adjust", "average" or "certainty"' if rule == "fail" else "drop strata="
        raise InputError(
            f"{call}(): stratum {label(int(np.argmax(single)))} has a single PSU "
            f"({int(single.sum()):,} such strata).",
            f"Join it with a stratum that is like it, or {rest}.",
        )


def describe_design(design: SurveyDesign, sizes: Array, n_replicates: int | None) -> str:
    """Say in words what a design is; `sizes` are the PSUs of each stratum."""
    parts = ["no weights" if design.weights is None else f"weights {design.weights}"]
    if design.strata is not None:
        parts.append(f"strata {design.strata} ({len(sizes):,})")
    if design.cluster is not None:
        parts.append(f"PSUs {design.cluster} ({int(sizes.sum()):,})")
    if design.fpc is not None:
        parts.append(f"fpc {design.fpc}")
    if n_replicates is not None:
        parts.append(f"{n_replicates:,} {design.replicate_method or 'supplied'} replicates")
    if design.calibration is not None:
        parts.append("raked to " + ", ".join(margin.name for margin in design.calibration.margins))
    if (sizes == 1).any() and design.replicates is None:
        parts.append(f"lonely PSUs: {design.lonely_psu}")
    return "; ".join(parts)
