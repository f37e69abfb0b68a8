"""From a formula and data to the rows of a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, nw, read_frame, read_words
from peerstats._core.labels import codebook_of
from peerstats.design._asked_checks import check_levels, check_survey, check_weight_kind
from peerstats.design._build import build_design, read_factors
from peerstats.design._formula import parse_formula, show_place
from peerstats.design._memory import MemoryRows
from peerstats.design._missing import RowUse, choose_rows, read_where
from peerstats.design._offset import read_offset
from peerstats.design._outcome import number_outcome, outcome_column, read_number_outcome, read_outcome
from peerstats.design._scan import Recipe
from peerstats.design._scan_model import scan_model
from peerstats.design._weights import missing_cluster, model_weights
from peerstats.engines import as_batches
from peerstats.errors import FormulaError, InputError
from peerstats.numerics import Part, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from peerstats._core.labels import Labels
    from peerstats.design._asked import Asked
    from peerstats.design._columns import Level
    from peerstats.design._factor import Factor
    from peerstats.design._formula import Formula
    from peerstats.design._frozen import FrozenDesign
    from peerstats.design._parts import FramePart
    from peerstats.design._pattern_rows import PatternRows
    from peerstats.design._survey_arrays import DesignArrays
    from peerstats.design._survey_units import DesignUnits
    from peerstats.engines import Batches
    from peerstats.numerics import Block
    from peerstats.typing import IntArray

__all__ = ["ModelRows", "RowSource", "read_model"]

_ONE = {"cluster": "Clustered errors need", "group": "A random intercept needs"}


class RowSource(Rows, Protocol):
    """Where the rows of a model come from: memory, or batches of a file."""

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""

    @property
    def n_passes(self) -> int:
        """How often the data were read up to now; 0 of a frame in memory."""

    @property
    def in_order(self) -> bool:
        """Whether every pass up to now gave the rows in one order."""

    def parts(self, extra: Sequence[str] = (), /) -> Iterable[FramePart]:
        """Yield the rows used with their frames, columns that are named beside those of the model."""

    def reduce_parts(
        self,
        part: Callable[[Iterable[FramePart]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
        /,
    ) -> Part:
        """Return what `part` makes of the rows used with their frames, where they lie."""

    def reduce_framed(
        self,
        part: Callable[[Iterable[tuple[FramePart, Iterable[Block]]]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
        /,
    ) -> Part:
        """Return what `part` makes of the rows used with their frames and blocks, where they lie."""

    def under(self, design: FrozenDesign) -> RowSource:
        """Return the same rows under another design of the same factors."""

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
    survey : DesignArrays, DesignUnits or None
        The survey design, read against all rows of the data; DesignUnits where these come in batches.
    patterns : PatternRows or None
        Distinct patterns of the rows, where these are read in batches and hold categories alone.
    codebook : Labels or None
        The codebook beside the data.
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
    survey: DesignArrays | DesignUnits | None = None
    patterns: PatternRows | None = None
    codebook: Labels | None = None

    @property
    def summed(self) -> Rows:
        """Rows over which a likelihood may be summed: the patterns, or else all rows."""
        return self.source if self.patterns is None else self.patterns

    @property
    def summed_word(self) -> str:
        """What those are called in notes that count them."""
        return "rows" if self.patterns is None else "patterns of the columns"


def _read_clusters(
    frame: nw.DataFrame[Any], name: str, use: RowUse, *, whole: bool, asked: Asked
) -> tuple[IntArray, int]:
    """Return a code for each row and how many clusters the design has; those of rows used come first."""
    counted = use.used | use.outside if whole else use.used
    empty = is_null(frame[name]) & counted
    if empty.any():
        raise missing_cluster(frame, name, empty, asked, whole=whole)
    codes, words = read_words(frame, name)
    inside = np.unique(codes[use.used])
    others = np.setdiff1d(codes[counted], inside)
    place = np.full(len(words), -1)
    place[np.concatenate([inside, others])] = np.arange(len(inside) + len(others))
    return place[codes], len(inside) + len(others)


def _check_clusters(n_clusters: int, asked: Asked) -> None:
    word = asked.word
    if n_clusters == 1:
        raise InputError(
            f"{asked.call}(): {word}={asked.clusters!r} has one value in the rows used.",
            f"{_ONE[word]} two {word}s at least, and many to be trusted.",
        )


def _prepare(frame: nw.DataFrame[Any], asked: Asked) -> tuple[Formula, Recipe]:
    """Check what can be checked by the names and kinds of columns alone."""
    call = asked.call
    parsed = parse_formula(asked.formula, call)
    outcome: str | Factor = (
        number_outcome(parsed, frame, call) if asked.numbers else outcome_column(parsed, frame, call)
    )
    left = (outcome,) if isinstance(outcome, str) else outcome.variables
    factors = read_factors(parsed, frame, call)
    own = outcome if isinstance(outcome, str) else outcome.column
    both = next(
        (code for code, factor in factors.items() if factor.column is not None and factor.column == own), None
    )
    if both is not None:
        place = parsed.factors[both]
        raise FormulaError(
            f"{call}(): {both!r} is the outcome as well.{show_place(parsed.text, place.start, place.end)}",
            "Take it out of the right side.",
        )
    where = asked.where if isinstance(asked.where, str) else None
    uses = {"weights": asked.weights, asked.word: asked.clusters, "offset": asked.offset, "where": where}
    for use, name in uses.items():
        if name is not None:
            check_columns([name], frame.columns, call, use=f"{use} column")
    if asked.survey is not None:
        for use in ("weights", "strata", "cluster", "fpc"):
            named = getattr(asked.survey, use)
            if named is not None:
                check_columns([named], frame.columns, call, use=f"{use} column")
    check_weight_kind(asked)
    check_levels(asked, left)
    right = (name for factor in factors.values() for name in factor.variables)
    variables = dict.fromkeys([*left, *right, *([] if asked.offset is None else [asked.offset])])
    return parsed, Recipe(outcome=outcome, factors=factors, variables=tuple(variables), asked=asked)


def _from_memory(frame: nw.DataFrame[Any], parsed: Formula, recipe: Recipe) -> ModelRows:
    asked = recipe.asked
    call = asked.call
    arrays = None if asked.survey is None else asked.survey.read(frame, call)
    w = model_weights(frame, asked) if arrays is None else arrays.weights
    use = choose_rows(
        frame,
        recipe.variables,
        where=read_where(frame, asked.where, call),
        weights=w,
        missing=asked.missing,
        call=call,
    )
    if isinstance(recipe.outcome, str):
        outcome = read_outcome(
            frame,
            recipe.outcome,
            use.used,
            asked.base,
            call,
            ordered=asked.ordered,
            said=(asked.levels or {}).get(recipe.outcome),
        )
    else:
        outcome = read_number_outcome(frame, recipe.outcome, use.used, call)
    design, coded, notes = build_design(
        parsed,
        recipe.factors,
        frame,
        use.used,
        levels=recipe.levels,
        call=call,
        constant=not asked.ordered,
    )
    sampling, frequency = (w is not None and asked.weight_kind == kind for kind in ("sampling", "frequency"))
    clusters, n_clusters = None, None
    if asked.clusters is not None:
        clusters, n_clusters = _read_clusters(frame, asked.clusters, use, whole=sampling, asked=asked)
        _check_clusters(n_clusters, asked)
    own = None if w is None else w[use.used]
    dropped = use.counts(w if frequency else None)
    n = float(own.sum()) if frequency and own is not None else float(use.used.sum())
    return ModelRows(
        source=MemoryRows(
            frame=frame,
            used=use.used,
            design=design,
            coded=coded,
            values=outcome.values,
            weights=own,
            offset=None if asked.offset is None else read_offset(frame, asked.offset, use.used, call),
            cluster=None if clusters is None else clusters[use.used],
            n_outside=int(use.outside.sum()) if sampling else 0,
            outside_cluster=None if clusters is None or not sampling else clusters[use.outside],
        ),
        design=design,
        outcome=outcome.name,
        outcome_levels=outcome.levels,
        weight_kind="none" if w is None else asked.weight_kind,
        clustered=clusters is not None,
        n_clusters=n_clusters,
        n_codes=0 if clusters is None else int(clusters[use.used].max()) + 1,
        n=n,
        n_design=n + (float(use.outside.sum()) if sampling else 0.0),
        dropped=dropped,
        n_missing=_n_missing(dropped),
        notes=(*outcome.notes, *notes),
        survey=arrays,
    )


def _from_batches(batches: Batches, parsed: Formula, recipe: Recipe) -> ModelRows:
    asked = recipe.asked
    model = scan_model(batches, recipe, parsed)
    scan = model.scan
    if asked.clusters is not None:
        _check_clusters(scan.n_clusters, asked)
    weighted = asked.weights is not None or asked.survey is not None
    sampling = weighted and asked.weight_kind == "sampling"
    return ModelRows(
        source=model.rows,
        design=model.rows.design,
        outcome=model.outcome,
        outcome_levels=model.rows.levels,
        weight_kind=asked.weight_kind if weighted else "none",
        clustered=asked.clusters is not None,
        n_clusters=None if asked.clusters is None else scan.n_clusters,
        n_codes=len(scan.clusters),
        n=scan.n_observations,
        n_design=scan.n_observations + (scan.n_outside if sampling else 0),
        dropped=scan.dropped,
        n_missing=_n_missing(scan.dropped),
        notes=model.notes,
        survey=scan.units,
        patterns=model.patterns,
    )


def _n_missing(dropped: Mapping[str, int]) -> int:
    return sum(count for reason, count in dropped.items() if reason.endswith(" missing"))


def read_model(asked: Asked, data: Any) -> ModelRows:
    """Read what a model's call names.

    Parameters
    ----------
    asked : Asked
        What the caller asked for.
    data : frame
        One row per respondent: a frame in memory; or a pyarrow Dataset or ParquetFile, a DuckDB relation or
        a polars LazyFrame, read in batches; or a Spark DataFrame, read by Spark.

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
    batches = as_batches(data, asked.call)
    check_survey(asked, in_batches=batches is not None)
    if batches is None:
        frame = read_frame(data, asked.call)
        return replace(_from_memory(frame, *_prepare(frame, asked)), codebook=codebook_of(data))
    if asked.where is not None and not isinstance(asked.where, str):
        raise InputError(
            f"{asked.call}(): where= is a list of values, and the data are read in batches.",
            "Name a column of True and False that is in the data.",
        )
    return _from_batches(batches, *_prepare(batches.head(), asked))
