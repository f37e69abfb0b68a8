"""Which coefficients have no finite estimate: asked before a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import Asked, read_model
from peerstats.errors import ConvergenceError
from peerstats.models._logit import turn_design
from peerstats.models._separated import judge_separation, separation_words
from peerstats.models._separation_result import SeparationResult
from peerstats.numerics import measure_design
from peerstats.postfit.parts import design_codebook, keep_labels, levels_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design import Level

__all__ = ["separation"]


def separation(
    formula: str,
    data: Any,
    *,
    base: Level | None = None,
    weights: str | None = None,
    where: str | Sequence[bool] | None = None,
    levels: Mapping[str, Level | Sequence[Level]] | None = None,
) -> SeparationResult:
    """Say which coefficients of a logistic or multinomial model have no finite estimate.

    Terms that tell the outcomes apart without exception make coefficients grow without end.

    Parameters
    ----------
    formula : str
        Outcome and terms, as `logistic` and `multinomial` take them.
    data : frame
        One row per respondent: a frame in memory, or a pyarrow Dataset, a DuckDB relation or a LazyFrame,
        read in batches.
    base : str, int or bool, optional
        Outcome level that the others are compared with; by default the first.
    weights : str, optional
        Column of weights. Rows with a weight of zero are left out; the others do not matter.
    where : str or sequence of bool, optional
        Rows to judge: the name of a column of True and False, or one True or False a row.
    levels : dict, optional
        For a category of the formula its reference level, or a list of all of its levels, the reference
        first.

    Returns
    -------
    SeparationResult
        With `.tidy()`, `.glance()`, `.summary()`, `.plot()`, `.to_dict()`.

    Raises
    ------
    InputError
        If an argument, a column or an outcome cannot be used.
    FormulaError
        If the formula cannot be read, or its columns are linearly dependent.
    ConvergenceError
        If no sample of more than 50,000 rows agreed with all of them.

    Notes
    -----
    Separation is complete if the terms tell every row's outcome from all others, and quasi-complete if they
    do so for some rows while the others lie on the border. By linear programming (Albert and Anderson 1984;
    Konis 2007), as R `detectseparation::detect_separation`; Stata `logit` drops such terms and rows.

    A coefficient is infinite unless it is zero in every direction in which the likelihood never falls. With
    one such direction its sign is clear; with several an infinite coefficient may run either way ("+-inf"),
    depending on how the others run. R reports one of these directions.

    The verdict holds for all rows. Of more than 50,000 rows, a sample says which coefficients are infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "peer", "other", "peer", "peer"],
    ...                      "trained": ["no", "no", "no", "no", "yes", "yes"]})
    >>> ps.separation("job ~ trained", jobs)
    Separation: job ~ trained
    6 rows of 6
    base outcome: other
    quasi-complete: 'trained[T.yes]' tells job 'peer' from 'other' without exception in 2 rows of 6
    <BLANKLINE>
    job   Term            Runs to  At fault
    ---------------------------------------
    peer  Intercept       finite
          trained[T.yes]  +inf     yes
    """
    call = "separation"
    asked = Asked(call=call, formula=formula, base=base, weights=weights, where=where, levels=levels)
    rows = read_model(asked, data)
    scale = measure_design(rows.source, len(rows.design.columns))
    turn_design(rows, scale, call)  # refuses dependent columns
    judged = judge_separation(rows.source, len(rows.outcome_levels), scale.reach, signs=True)
    if judged is None:
        raise ConvergenceError(
            f"{call}(): no sample of the {rows.source.n_rows:,} rows agreed with all of them.",
            "Leave terms out, or judge parts of the rows with where=.",
        )
    found = judged.found
    right = (name for factor in rows.design.factors for name in factor.variables)
    labels = keep_labels(
        rows.codebook,
        (rows.outcome, *right),
        levels_of(rows.design, rows.outcome, rows.outcome_levels),
    )
    return SeparationResult(
        formula=" ".join(formula.split()),
        outcome=rows.outcome,
        outcome_levels=rows.outcome_levels,
        terms=rows.design.columns,
        kind=found.kind,
        infinite=found.infinite,
        sign=found.sign,
        direction=found.direction,
        words=separation_words(rows, found.direction),
        n=rows.source.n_rows,
        n_missing=rows.n_missing,
        n_judged=judged.n_judged,
        n_separated=int(np.count_nonzero(found.separated)),
        dropped=tuple(rows.dropped.items()),
        notes=rows.notes,
        backend=rows.source.backend,
        codebook=design_codebook(labels, rows.design),
    )
