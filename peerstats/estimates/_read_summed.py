"""Samples whose rows an engine holds: it adds them up, and the sums are the rows of the sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw, with_columns
from peerstats.design import read_summed_design
from peerstats.engines import FINITE, INFINITE, ROWS, state
from peerstats.estimates._one_respondent import one_respondent
from peerstats.estimates._sample import put_together, read_plan
from peerstats.estimates._summed import Summed
from peerstats.estimates._sums_passes import Below, RowSums, known_sums, sums_of_psus, sums_of_rows
from peerstats.estimates._sums_request import Request, chosen_sums, float_column, make_request, positive_sums

if TYPE_CHECKING:
    from peerstats.engines import Batches
    from peerstats.estimates._sample import Sample

__all__ = ["Below", "read_summed"]


def read_summed(
    batches: Batches,
    *,
    values: tuple[str, ...] = (),
    levels: tuple[str, ...] = (),
    by: Any = None,
    where: Any = None,
    design: Any = None,
    weights: str | None = None,
    weight_kind: str = "sampling",
    cluster: str | None = None,
    numbers: tuple[str, ...] = (),
    statistic: str = "mean",
    moments: bool = True,
    extremes: bool = False,
    below: Below | None = None,
    alone: bool = False,
) -> Sample:
    """Let an engine add up its rows, and read the sums as a sample.

    Parameters
    ----------
    batches : Batches
        The data.
    values : tuple of str
        Columns of numbers, of which sums and sums of products are taken.
    levels : tuple of str
        Columns by whose distinct values rows are added up.
    by, where, design, weights, weight_kind, cluster
        As of `estimate`.
    numbers : tuple of str
        Columns that must hold numbers beside `values`.
    statistic : str
        What the numbers are for, for messages.
    moments : bool
        Whether errors of the columns of numbers are wanted; else it is only told where they are missing.
    extremes : bool
        Whether the least and the greatest weight of each sum are wanted.
    below : Below or None
        In the place of numbers: what they are compared with in each group.
    alone : bool
        Whether a single respondent is a sample, without a variance.

    Returns
    -------
    Sample
        Its rows are sums; where rows are PSUs of their own, each stands for several.

    Raises
    ------
    InputError
        As for rows in memory, with the numbers of the rows at fault.
    SourceError
        If the engine fails, or the data change between two passes.

    Notes
    -----
    Two passes where there are numbers: means first, then sums of the products of deviations from them, so
    that large numbers that differ little lose no digit. One pass where there are none.
    """
    call = batches.call
    plan = read_plan(design, weights, weight_kind, cluster, call)
    request = make_request(
        batches,
        plan,
        values=values,
        levels=levels,
        by=by,
        where=where,
        frequency=weight_kind == "frequency",
        numbers=(*values, *numbers),
        statistic=statistic,
    )
    if not moments:
        sums = known_sums(request)
    elif plan.cluster is None:
        sums = sums_of_rows(request, extremes=extremes)
    else:
        sums = sums_of_psus(request, below, extremes=extremes)
    return _finished(request, sums, alone=alone)


def _finished(request: Request, sums: RowSums, *, alone: bool) -> Sample:
    """Read the design against the sums, and make them a sample."""
    frame, plan, call = sums.frame, request.plan, request.call
    rows = float_column(frame, ROWS)
    positive = positive_sums(frame, request)
    base = rows if plan.weights is None else np.where(positive, float_column(frame, "__peerstats_sum w"), 0.0)
    squares = rows if plan.weights is None else float_column(frame, "__peerstats_sum ww")
    if alone and rows[positive].sum() == 1:
        arrays = replace(one_respondent(base), units=np.ones(1))
    else:
        arrays = read_summed_design(plan, frame, base, rows.astype(np.int64), call)
    # weights that follow from a correction are the same for all rows of a sum
    factor = arrays.weights / np.where(base > 0, base, 1.0)
    inner = {pair: factor * each for pair, each in sums.inner.items()}
    own = {pair: factor**2 * each for pair, each in sums.own.items()}
    values = {}
    for i, name in enumerate(request.values):
        states, mean = float_column(frame, state(name)), sums.pivot[:, i] + sums.offset[:, i]
        # outside of all groups no mean is taken, and it is only told that there is a number
        mean = np.where((states == FINITE) & np.isnan(mean), 0.0, mean)
        values[name] = np.where(states == INFINITE, np.inf, mean)
    held = frame if not values else nw.from_native(with_columns(frame, values), eager_only=True)
    return put_together(
        held,
        plan,
        arrays,
        base if request.frequency else rows,
        chosen_sums(frame, request),
        "frequency" if request.frequency else "sampling",
        Summed(
            backend=request.batches.backend,
            rows=rows.astype(np.int64),
            squares=base if request.frequency else squares * factor**2,
            names=request.values,
            pivot=sums.pivot,
            offset=sums.offset,
            inner=inner,
            own=own,
            extremes=None if sums.extremes is None else sums.extremes * factor[:, None],
        ),
        call,
    )
