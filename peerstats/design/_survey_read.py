"""Read a survey design against data: weights, PSUs, strata, corrections and margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw, read_frame, row_name
from peerstats._core.weights import read_weights
from peerstats.design._survey_arrays import DesignArrays
from peerstats.design._survey_checks import (
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
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["read_design"]


def _units(
    frame: nw.DataFrame[Any],
    design: SurveyDesign,
    rows: BoolArray,
    layer: IntArray,
    labels: list[Any],
    call: str,
) -> tuple[IntArray, IntArray]:
    """Return the PSU of each row and the stratum of each PSU."""
    psu = np.full(len(frame), -1, dtype=np.int64)
    if design.cluster is None:
        psu[rows] = np.arange(rows.sum())
        return psu, layer[rows]
    codes, names = read_design_codes(frame, design.cluster, rows, "cluster", call)
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
            row_name(frame, int(np.flatnonzero(rows)[at])),
            call,
        )
    return psu, stratum


def _sampled(
    frame: nw.DataFrame[Any], name: str, rows: BoolArray, layer: IntArray, plan: Plan, call: str
) -> Array:
    """Return the share of each stratum's PSUs that was sampled."""
    values = read_corrections(frame, name, rows, call)
    shares = bool((values[rows] <= 1).all())
    if not shares and (values[rows] < 1).any():
        at = int(np.argmax(rows & (values < 1)))
        raise mixed_corrections(name, values[at], row_name(frame, at), call)
    first = np.zeros(plan.n_strata)
    first[layer[rows]] = values[rows]
    varied = rows & (values != first[layer])
    if varied.any():
        at = int(np.argmax(varied))
        h = int(layer[at])
        raise varied_correction(name, plan.label(h), first[h], values[at], row_name(frame, at), call)
    return sampled_shares(first, plan.sizes, shares=shares, name=name, label=plan.label, call=call)


def read_design(design: SurveyDesign, data: Any, call: str) -> DesignArrays:
    """Read a design against data; see `SurveyDesign.read`."""
    frame = read_frame(data, call)
    n = len(frame)
    base = np.ones(n) if design.weights is None else read_weights(frame, design.weights, "sampling", call)
    rows = base > 0
    labels: list[Any] = []
    if design.strata is None:
        layer = np.where(rows, 0, -1)
    else:
        layer, labels = read_design_codes(frame, design.strata, rows, "strata", call)
    psu, stratum = _units(frame, design, rows, layer, labels, call)
    plan = Plan(psu=psu, stratum=stratum, sampled=None, labels=labels)
    if design.fpc is not None:
        sampled = _sampled(frame, design.fpc, rows, layer, plan, call)
        plan = Plan(psu=psu, stratum=stratum, sampled=sampled, labels=labels)
        if design.weights is None:
            base = 1.0 / sampled[layer]
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
    )
