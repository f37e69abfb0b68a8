"""From a formula and data to the rows of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, nw, read_frame, read_numbers, read_words, row_name
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats.design._build import build_design, read_factors
from peerstats.design._formula import parse_formula
from peerstats.design._memory import MemoryRows
from peerstats.design._missing import RowUse, choose_rows, read_where
from peerstats.design._outcome import (
    number_outcome,
    outcome_column,
    read_number_outcome,
    read_outcome,
)
from peerstats.errors import InputError
from peerstats.numerics import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.design._columns import Level
    from peerstats.design._frozen import FrozenDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["ZERO_WEIGHT", "ModelRows", "RowSource", "read_model"]

ZERO_WEIGHT = "weight of zero"  # why a row is left out; with frequency weights it is no observation at all


class RowSource(Rows, Protocol):
    """Where the rows of a model come from: memory, or batches of a file."""

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""

    def row_name(self, position: int) -> str:
        """Name the row at a position among those used, as its owner would."""

    def map_frames(self, call: Callable[[nw.DataFrame[Any]], Any]) -> Any:
        """Return what a call makes of all rows of the data, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelRows:
    """The rows of a model: where they come from, and what is known of them as a whole.

    Parameters
    ----------
    source : RowSource
        The rows used, block by block.
    design : FrozenDesign
        Formula, levels and contrasts.
    outcome : str
        The outcome's column or expression.
    outcome_levels : tuple
        Levels of the outcome, the base first; empty for numbers.
    weight_kind : {"none", "sampling", "frequency", "precision"}
        Kind of the weights.
    clustered : bool
        Whether rows lie in clusters.
    n_clusters : int or None
        Clusters of the whole design: with sampling weights those outside `where` too.
    n_codes : int
        Clusters among the rows used, coded from 0; 0 without clusters.
    n : float
        Observations: rows, or with frequency weights their sum.
    n_design : float
        Observations of the whole design, with sampling weights those outside `where` too.
    dropped : dict of str to int
        Observations left out, by reason.
    n_missing : int
        Those left out because a value was missing.
    notes : tuple of str
        Levels left out.
    """

    source: RowSource
    design: FrozenDesign
    outcome: str
    outcome_levels: tuple[Level, ...]
    weight_kind: str
    clustered: bool
    n_clusters: int | None
    n_codes: int
    n: float
    n_design: float
    dropped: dict[str, int]
    n_missing: int
    notes: tuple[str, ...]


def _read_clusters(
    frame: nw.DataFrame[Any], name: str, use: RowUse, *, whole: bool, call: str
) -> tuple[IntArray, int]:
    """Return the clusters of the rows used and how many the design has."""
    check_columns([name], frame.columns, call, use="cluster column")
    counted = use.used | use.outside if whole else use.used
    empty = is_null(frame[name]) & counted
    if empty.any():
        first = row_name(frame, int(np.flatnonzero(empty)[0]))
        raise InputError(
            f"{call}(): cluster={name!r} is missing in {first} ({int(empty.sum()):,} such rows).",
            "Give every row a cluster, or leave such rows out with where=.",
        )
    codes, _ = read_words(frame, name)
    n_clusters = len(np.unique(codes[counted]))
    if n_clusters == 1:
        raise InputError(
            f"{call}(): cluster={name!r} has one value in the rows used.",
            "Clustered errors need two clusters at least, and many to be trusted.",
        )
    _, own = np.unique(codes[use.used], return_inverse=True)
    return own, n_clusters


def _read_weights(
    frame: nw.DataFrame[Any], name: str, weight_kind: str, call: str, *, numbers: bool
) -> Array:
    if weight_kind == "precision" and not numbers:
        raise InputError(
            f"{call}(): weight_kind='precision' is for linear models: the variance of a category follows "
            "from its probability.",
            'Rows that stand for identical people take weight_kind="frequency"; survey weights "sampling".',
        )
    kinds = (*WEIGHT_KINDS, "precision") if numbers else WEIGHT_KINDS
    return read_weights(frame, name, weight_kind, call, kinds=kinds)


def _read_offset(frame: nw.DataFrame[Any], name: str, used: BoolArray, call: str) -> Array:
    values = read_numbers(frame, [name], call, use="offset column")[:, 0]
    infinite = np.isinf(values) & used
    if infinite.any():
        first = int(np.flatnonzero(infinite)[0])
        raise InputError(
            f"{call}(): offset={name!r} is {values[first]} in {row_name(frame, first)}.",
            "Correct it; an offset is on the scale of the linear predictor, so the log of an exposure.",
        )
    return values[used]


def _count(use: RowUse, weights: Array | None, *, frequency: bool) -> tuple[dict[str, int], int]:
    """Count what is left out, in observations: with frequency weights a row is as many as its weight."""

    def size(rows: BoolArray) -> int:
        return int(weights[rows].sum()) if frequency and weights is not None else int(rows.sum())

    dropped = {}
    if use.outside.any():
        dropped["outside where"] = size(use.outside)
    if use.n_zero:
        dropped[ZERO_WEIGHT] = use.n_zero
    lost = {f"{name} missing": size(rows) for name, rows in use.missing}
    return {**dropped, **lost}, sum(lost.values())


def read_model(
    formula: str,
    data: Any,
    *,
    base: Level | None,
    weights: str | None,
    weight_kind: str,
    cluster: str | None,
    where: Any,
    levels: Mapping[str, Any] | None,
    missing: str,
    call: str,
    offset: str | None = None,
    numbers: bool = False,
) -> ModelRows:
    """Read what a model's call names.

    Parameters
    ----------
    formula : str
        Outcome and terms.
    data : frame
        One row per respondent.
    base : str, int, bool or None
        Outcome level that the others are compared with.
    weights : str or None
        Column of weights.
    weight_kind : {"sampling", "frequency", "precision"}
        Their kind; precision weights are for models of numbers.
    cluster : str or None
        Column of clusters.
    where : str, sequence of bool or None
        Rows to model.
    levels : mapping or None
        Reference levels.
    missing : {"drop", "raise"}
        What is done about rows with missing values.
    call : str
        The public call, for messages.
    offset : str or None
        Column of a known part of the linear predictor.
    numbers : bool
        Whether the outcome is numbers; else it is levels.

    Returns
    -------
    ModelRows
        The rows used, coded.

    Raises
    ------
    InputError
        If an argument, a column or a value cannot be used.
    FormulaError
        If the formula cannot.
    """
    frame = read_frame(data, call)
    parsed = parse_formula(formula, call)
    measured = number_outcome(parsed, frame, call) if numbers else None
    left = (outcome_column(parsed, frame, call),) if measured is None else measured.variables
    factors = read_factors(parsed, frame, call)
    w = None if weights is None else _read_weights(frame, weights, weight_kind, call, numbers=numbers)
    if offset is not None:
        check_columns([offset], frame.columns, call, use="offset column")
    right = (name for factor in factors.values() for name in factor.variables)
    variables = dict.fromkeys([*left, *right, *([] if offset is None else [offset])])
    use = choose_rows(
        frame, list(variables), where=read_where(frame, where, call), weights=w, missing=missing, call=call
    )
    if measured is None:
        outcome = read_outcome(frame, left[0], use.used, base, call)
    else:
        outcome = read_number_outcome(frame, measured, use.used, call)
    named = next((name for name in left if name in (levels or {})), None)
    if named is not None:
        raise InputError(
            f"{call}(): levels= names the outcome {named!r}.",
            "levels= is for the formula's right side." if numbers else "Say base= for the outcome.",
        )
    design, coded, notes = build_design(parsed, factors, frame, use.used, levels=levels, call=call)
    sampling, frequency = (w is not None and weight_kind == kind for kind in ("sampling", "frequency"))
    clusters, n_clusters = (
        (None, None) if cluster is None else _read_clusters(frame, cluster, use, whole=sampling, call=call)
    )
    own = None if w is None else w[use.used]
    n = float(own.sum()) if frequency and own is not None else float(use.used.sum())
    dropped, n_missing = _count(use, w, frequency=frequency)
    source = MemoryRows(
        frame=frame,
        used=use.used,
        design=design,
        coded=coded,
        values=outcome.values,
        weights=own,
        offset=None if offset is None else _read_offset(frame, offset, use.used, call),
        cluster=clusters,
    )
    return ModelRows(
        source=source,
        design=design,
        outcome=outcome.name,
        outcome_levels=outcome.levels,
        weight_kind="none" if w is None else weight_kind,
        clustered=clusters is not None,
        n_clusters=n_clusters,
        n_codes=0 if clusters is None else int(clusters.max()) + 1,
        n=n,
        n_design=n + (float(use.outside.sum()) if sampling else 0.0),
        dropped=dropped,
        n_missing=n_missing,
        notes=(*outcome.notes, *notes),
    )
