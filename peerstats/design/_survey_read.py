"""Read a survey design against data: weights, PSUs, strata, corrections and margins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, nw, read_frame, read_numbers, read_words, row_name
from peerstats._core.weights import read_weights
from peerstats.design._survey_arrays import DesignArrays
from peerstats.design._survey_margins import code_margin, rake_base
from peerstats.design._survey_replicates import Plan, made_replicates, supplied_columns
from peerstats.engines import raked_replicates
from peerstats.errors import InputError
from peerstats.numerics import EXHAUSTED

if TYPE_CHECKING:
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.engines import Replicates
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["read_design", "read_summed_design"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Held:
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
    counts: IntArray | None

    def row(self, at: int) -> str:
        """Name a row; sums have no place, and are told by the rows in them."""
        return row_name(self.frame, at) if self.counts is None else f"{int(self.counts[at]):,} rows"

    def place(self, bad: BoolArray) -> str:
        """Name the first of some rows and say how many there are."""
        if self.counts is not None:
            return f"{int(self.counts[bad].sum()):,} rows"
        return f"{row_name(self.frame, int(np.argmax(bad)))} ({int(bad.sum()):,} such rows)"


def _codes(held: _Held, name: str, use: str, call: str) -> tuple[IntArray, list[Any]]:
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


def _units(
    held: _Held, design: SurveyDesign, layer: IntArray, labels: list[Any], call: str
) -> tuple[IntArray, IntArray]:
    """Return the PSU of each row and the stratum of each PSU."""
    rows = held.rows
    psu = np.full(len(rows), -1, dtype=np.int64)
    if design.cluster is None:
        psu[rows] = np.arange(rows.sum())
        return psu, layer[rows]
    codes, names = _codes(held, design.cluster, "cluster", call)
    own = codes[rows] + (len(names) * layer[rows] if design.nest else 0)
    _, first, inverse = np.unique(own, return_index=True, return_inverse=True)
    psu[rows] = inverse
    stratum = layer[rows][first]
    torn = np.flatnonzero(layer[rows] != stratum[inverse])
    if len(torn):
        at = int(torn[0])
        raise InputError(
            f"{call}(): cluster={design.cluster!r}: PSU {names[codes[rows][at]]!r} lies in two strata, "
            f"{labels[int(stratum[inverse[at]])]!r} and {labels[int(layer[rows][at])]!r} "
            f"({held.row(int(np.flatnonzero(rows)[at]))}).",
            "If PSU labels start again in each stratum, say nest=True; else correct the columns.",
        )
    return psu, stratum


def _sampled(held: _Held, name: str, layer: IntArray, plan: Plan, call: str) -> Array:
    """Return the share of each stratum's PSUs that was sampled."""
    rows = held.rows
    check_columns([name], held.frame.columns, call, use="fpc column")
    values = read_numbers(held.frame, [name], call, use="fpc column")[:, 0]
    bad = rows & ~(np.isfinite(values) & (values > 0))
    if bad.any():
        raise InputError(
            f"{call}(): fpc={name!r} is {values[int(np.argmax(bad))]:g} in {held.place(bad)}.",
            "Give numbers of PSUs in the population, or the shares that were sampled.",
        )
    shares = bool((values[rows] <= 1).all())
    if not shares and (values[rows] < 1).any():
        at = int(np.argmax(rows & (values < 1)))
        raise InputError(
            f"{call}(): fpc={name!r} has sizes and shares ({values[at]:g} in {held.row(at)}).",
            "Give either population sizes, all 1 or more, or shares, all 1 or less.",
        )
    first = np.zeros(plan.n_strata)
    first[layer[rows]] = values[rows]
    varied = rows & (values != first[layer])
    if varied.any():
        at = int(np.argmax(varied))
        raise InputError(
            f"{call}(): fpc={name!r} varies in stratum {plan.label(int(layer[at]))}: "
            f"{first[layer[at]]:g} and {values[at]:g} ({held.row(at)}).",
            "It belongs to a stratum: the number of its PSUs, not of a PSU's people.",
        )
    sizes = plan.sizes
    sampled: Array = first if shares else sizes / first
    over = sampled > 1
    if over.any():
        h = int(np.argmax(over))
        raise InputError(
            f"{call}(): stratum {plan.label(h)} has {sizes[h]:,} PSUs in the sample, {first[h]:,.6g} in all "
            f"(fpc={name!r}).",
            "Give the number of PSUs in the stratum's population.",
        )
    return sampled


def _check_lonely(plan: Plan, rule: str, call: str) -> None:
    """Refuse a design in which a stratum's variance cannot be known."""
    sizes = plan.sizes
    if sizes.sum() == 1:
        raise InputError(
            f"{call}(): the design has a single PSU.", "Check cluster=: a variance needs two PSUs at least."
        )
    single = (sizes == 1) & (True if plan.sampled is None else 1 - plan.sampled >= EXHAUSTED)
    if single.any() and (rule == "fail" or (rule == "average" and single.all())):
        rest = 'choose lonely_psu="adjust", "average" or "certainty"' if rule == "fail" else "drop strata="
        raise InputError(
            f"{call}(): stratum {plan.label(int(np.argmax(single)))} has a single PSU "
            f"({int(single.sum()):,} such strata).",
            f"Join it with a stratum that is like it, or {rest}.",
        )


def _describe(design: SurveyDesign, plan: Plan, n_replicates: int | None) -> str:
    parts = ["no weights" if design.weights is None else f"weights {design.weights}"]
    if design.strata is not None:
        parts.append(f"strata {design.strata} ({plan.n_strata:,})")
    if design.cluster is not None:
        parts.append(f"PSUs {design.cluster} ({len(plan.stratum):,})")
    if design.fpc is not None:
        parts.append(f"fpc {design.fpc}")
    if n_replicates is not None:
        parts.append(f"{n_replicates:,} {design.replicate_method or 'supplied'} replicates")
    if design.calibration is not None:
        parts.append("raked to " + ", ".join(margin.name for margin in design.calibration.margins))
    if len(np.flatnonzero(plan.sizes == 1)) and design.replicates is None:
        parts.append(f"lonely PSUs: {design.lonely_psu}")
    return "; ".join(parts)


def read_design(design: SurveyDesign, data: Any, call: str) -> DesignArrays:
    """Read a design against data; see `SurveyDesign.read`."""
    frame = read_frame(data, call)
    n = len(frame)
    base = np.ones(n) if design.weights is None else read_weights(frame, design.weights, "sampling", call)
    return _arrays(design, _Held(frame=frame, rows=base > 0, counts=None), base, call)


def read_summed_design(
    design: SurveyDesign, frame: nw.DataFrame[Any], weights: Array, counts: IntArray, call: str
) -> DesignArrays:
    """Read a design against sums of rows that have the design's columns in common.

    Parameters
    ----------
    design : SurveyDesign
        A design without replicates and margins.
    frame : narwhals DataFrame
        n sums of rows with the design's columns, except the weights.
    weights : (n,) float array
        Sums of weights, not checked; zero for rows of weight zero.
    counts : (n,) int array
        How many rows each is the sum of.
    call : str
        The public call, for messages.

    Returns
    -------
    DesignArrays
        The design; without clusters each row of a sum is a PSU.

    Raises
    ------
    InputError
        As `SurveyDesign.read`, with numbers of rows for their places.
    """
    return _arrays(design, _Held(frame=frame, rows=weights > 0, counts=counts), weights, call)


def _arrays(design: SurveyDesign, held: _Held, base: Array, call: str) -> DesignArrays:
    frame, rows = held.frame, held.rows
    labels: list[Any] = []
    if design.strata is None:
        layer = np.where(rows, 0, -1)
    else:
        layer, labels = _codes(held, design.strata, "strata", call)
    psu, stratum = _units(held, design, layer, labels, call)
    units = None if held.counts is None or design.cluster is not None else held.counts[rows].astype(float)
    plan = Plan(psu=psu, stratum=stratum, sampled=None, labels=labels, units=units)
    if design.fpc is not None:
        sampled = _sampled(held, design.fpc, layer, plan, call)
        plan = replace(plan, sampled=sampled)
        if design.weights is None:
            base = base / sampled[layer]
    if design.replicates is not None:
        replicates: Replicates | None = supplied_columns(design, frame, base, call)
    else:
        _check_lonely(plan, design.lonely_psu, call)
        replicates = None if design.replicate_method is None else made_replicates(design, plan, base, call)
    weights, margins = base, []
    rules = design.calibration
    if rules is not None:
        if int(rows.sum()) != rules.n_rows:
            raise InputError(
                f"{call}(): the design was raked on {rules.n_rows:,} rows with a weight, and the data have "
                f"{int(rows.sum()):,}: a part of the file cannot meet the margins of the whole.",
                "Give the whole file and name the part in where=; for another file, rake it anew.",
            )
        coded = [code_margin(frame, margin, rows, call) for margin in rules.margins]
        weights, _ = rake_base(base, coded, rules, call)
        margins = [(c, np.array(margin.targets)) for c, margin in zip(coded, rules.margins, strict=True)]
        if replicates is not None:
            replicates = raked_replicates(
                replicates,
                margins,
                [margin.level_names for margin in rules.margins],
                bounds=rules.trim,
                max_cycles=rules.max_iterations,
                tolerance=rules.tolerance,
                call=call,
            )
    return DesignArrays(
        weights=weights,
        base=base,
        psu=plan.psu,
        stratum=plan.stratum,
        sampled=plan.sampled,
        lonely_psu=design.lonely_psu,
        margins=tuple(margins),
        residuals="rake" if rules is None else rules.residuals,
        replicates=replicates,
        supplied=design.replicates is not None,
        mse=design.mse,
        description=_describe(design, plan, None if replicates is None else replicates.n_replicates),
        units=plan.units,
    )
