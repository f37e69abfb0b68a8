"""Read a survey design against data: weights, PSUs, strata, corrections and margins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw, read_frame
from peerstats._core.weights import read_weights
from peerstats.design._survey_arrays import DesignArrays
from peerstats.design._survey_checks import (
    HeldRows,
    check_lonely,
    describe_design,
    mixed_corrections,
    read_corrections,
    read_design_codes,
    sampled_shares,
    torn_unit,
    varied_correction,
)
from peerstats.design._survey_margins import code_margin, rake_base
from peerstats.design._survey_replicates import Plan, made_replicates, supplied_columns
from peerstats.engines import raked_replicates
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.engines import Replicates
    from peerstats.typing import Array, IntArray

__all__ = ["read_design", "read_summed_design"]


def _units(
    held: HeldRows, design: SurveyDesign, layer: IntArray, labels: list[Any], call: str
) -> tuple[IntArray, IntArray]:
    """Return the PSU of each row and the stratum of each PSU."""
    rows = held.rows
    psu = np.full(len(rows), -1, dtype=np.int64)
    if design.cluster is None:
        psu[rows] = np.arange(rows.sum())
        return psu, layer[rows]
    codes, names = read_design_codes(held, design.cluster, "cluster", call)
    own = codes[rows] + (len(names) * layer[rows] if design.nest else 0)
    _, first, inverse = np.unique(own, return_index=True, return_inverse=True)
    psu[rows] = inverse
    stratum = layer[rows][first]
    torn = np.flatnonzero(layer[rows] != stratum[inverse])
    if len(torn):
        at = int(torn[0])
        raise torn_unit(
            design,
            names[codes[rows][at]],
            labels[int(stratum[inverse[at]])],
            labels[int(layer[rows][at])],
            held.row(int(np.flatnonzero(rows)[at])),
            call,
        )
    return psu, stratum


def _sampled(held: HeldRows, name: str, layer: IntArray, plan: Plan, call: str) -> Array:
    """Return the share of each stratum's PSUs that was sampled."""
    rows = held.rows
    values = read_corrections(held, name, call)
    shares = bool((values[rows] <= 1).all())
    if not shares and (values[rows] < 1).any():
        at = int(np.argmax(rows & (values < 1)))
        raise mixed_corrections(name, values[at], held.row(at), call)
    first = np.zeros(plan.n_strata)
    first[layer[rows]] = values[rows]
    varied = rows & (values != first[layer])
    if varied.any():
        at = int(np.argmax(varied))
        h = int(layer[at])
        raise varied_correction(name, plan.label(h), first[h], values[at], held.row(at), call)
    return sampled_shares(first, plan.sizes, shares=shares, name=name, label=plan.label, call=call)


def read_design(design: SurveyDesign, data: Any, call: str) -> DesignArrays:
    """Read a design against data; see `SurveyDesign.read`."""
    frame = read_frame(data, call)
    n = len(frame)
    base = np.ones(n) if design.weights is None else read_weights(frame, design.weights, "sampling", call)
    return _arrays(design, HeldRows(frame=frame, rows=base > 0, counts=None), base, call)


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
    return _arrays(design, HeldRows(frame=frame, rows=weights > 0, counts=counts), weights, call)


def _arrays(design: SurveyDesign, held: HeldRows, base: Array, call: str) -> DesignArrays:
    frame, rows = held.frame, held.rows
    labels: list[Any] = []
    if design.strata is None:
        layer = np.where(rows, 0, -1)
    else:
        layer, labels = read_design_codes(held, design.strata, "strata", call)
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
        check_lonely(plan.sizes, plan.sampled, design.lonely_psu, plan.label, call)
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
        description=describe_design(
            design, plan.sizes, None if replicates is None else replicates.n_replicates
        ),
        units=plan.units,
    )
