"""One pass over batches of rows: levels, counts, clusters, and what transforms learn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import is_null, read_numbers, read_words
from peerstats.design._columns import column_kind, declared_levels
from peerstats.design._evaluate import UndefinedArgumentError, transform_arguments
from peerstats.design._missing import ZERO_WEIGHT, choose_rows, read_where
from peerstats.design._outcome import check_fractions, number_values
from peerstats.design._seen import Moments
from peerstats.design._survey_units import UnitScanner, base_weights
from peerstats.design._values import undefined
from peerstats.design._weights import missing_cluster, model_weights
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from peerstats._core.frames import nw
    from peerstats.design._asked import Asked
    from peerstats.design._columns import Level
    from peerstats.design._factor import Factor
    from peerstats.design._learn import TransformState
    from peerstats.design._missing import RowUse
    from peerstats.design._survey_units import DesignUnits
    from peerstats.engines import Batches, Frames
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "BatchPart",
    "Recipe",
    "Scan",
    "Scanner",
    "SeenLevels",
    "finished",
    "located",
    "read_moments",
    "read_parts",
    "scan_batches",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """How each batch is read.

    Parameters
    ----------
    outcome : str or Factor
        Column of an outcome of levels, or the factor of an outcome of numbers.
    factors : mapping of str to Factor
        The factors of the right side.
    variables : tuple of str
        Columns in which a missing value takes a row out.
    asked : Asked
        What the caller asked for.
    units : DesignUnits or None
        The survey design, once a first pass has found its units.
    """

    outcome: str | Factor
    factors: Mapping[str, Factor]
    variables: tuple[str, ...]
    asked: Asked
    units: DesignUnits | None = None

    @property
    def levels(self) -> dict[str, Any]:
        """Levels that are said of the right side's columns."""
        said = self.asked.levels or {}
        return {name: levels for name, levels in said.items() if name != self.outcome}

    @property
    def where(self) -> str | None:
        """Boolean column of the only rows that are used."""
        where = self.asked.where
        return where if isinstance(where, str) else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns that are read."""
        survey = self.asked.survey
        plan = () if survey is None else (survey.strata, survey.cluster, survey.fpc)
        others = (self.weight_name, self.asked.clusters, *plan, self.asked.where)
        return tuple(dict.fromkeys([*self.variables, *(name for name in others if name is not None)]))

    @property
    def weight_name(self) -> str | None:
        """Column of the weights, of the design too."""
        return self.asked.weights if self.asked.survey is None else self.asked.survey.weights

    def weights(self, frame: nw.DataFrame[Any]) -> Array | None:
        """Return the weights of a batch; None without."""
        if self.asked.survey is None:
            return model_weights(frame, self.asked, whole=False)
        return base_weights(self.asked.survey, self.units, frame, self.asked.call)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchPart:
    """One batch and which of its rows are used.

    Parameters
    ----------
    start : int
        Position of its first row in the data.
    frame : narwhals DataFrame
        All of its rows.
    use : RowUse
        Which rows are used.
    weights : (n,) float array or None
        Weights of all of its rows.
    rows : (n,) float array or None
        Rows that each one stands for; None means 1.
    """

    start: int
    frame: nw.DataFrame[Any]
    use: RowUse
    weights: Array | None
    rows: Array | None = None

    def count(self, chosen: BoolArray | slice) -> int:
        """Count the rows that some of them stand for."""
        of = np.ones(len(self.frame)) if self.rows is None else self.rows
        return int(of[chosen].sum())


@dataclass(slots=True)
class SeenLevels:
    """The levels of one column, as batches show them."""

    ordered: bool
    used: set[Level] = field(default_factory=set)
    known: dict[Level, None] = field(default_factory=dict)

    def add(self, frame: nw.DataFrame[Any], name: str, used: BoolArray) -> list[Level]:
        """Note the levels of a batch; return those of the rows used."""
        codes, found = read_words(frame, name)
        here = [found[i] for i in np.unique(codes[used]) if i >= 0]
        self.used.update(here)
        self.known.update(dict.fromkeys([*declared_levels(frame, name), *found]))
        return here

    def split(self) -> tuple[list[Level], list[Level]]:
        """Return the levels of rows used, in the column's order or else sorted, and the others."""
        whole = list(self.known)
        if not self.ordered:
            whole.sort(key=lambda level: (isinstance(level, str), level))
        return [level for level in whole if level in self.used], [
            level for level in whole if level not in self.used
        ]


@dataclass(slots=True)
class Scan:
    """What a pass over all batches has found.

    Parameters
    ----------
    sample : narwhals DataFrame
        The first batch, for the kinds of columns.
    levels : dict of str to SeenLevels
        Of categories, the outcome too.
    numbers : dict of str to (m,) float array
        Columns that transforms learn from, in the rows used.
    positions : (m,) int array
        Their positions in the data; empty where no transform learns.
    clusters : dict
        Code of each cluster of the rows used.
    n_clusters : int
        Clusters of the whole design.
    n_rows, n_used, n_outside : int
        Rows, rows used, and rows outside `where` with a positive weight.
    n_observations : float
        Sum of frequency weights, or rows used.
    dropped : dict of str to int
        Observations left out, by reason.
    low, high : float
        Smallest and largest outcome of numbers.
    moments : dict of (str, int) to Moments
        Of rows that stay elsewhere: by factor and place, what each transform learns from.
    learnt : dict of str to dict of int to TransformState
        Of such rows: by factor and place, what each transform has learnt.
    units : DesignUnits or None
        Units and strata of the survey design.
    """

    sample: nw.DataFrame[Any]
    levels: dict[str, SeenLevels] = field(default_factory=dict)
    numbers: dict[str, Array] = field(default_factory=dict)
    positions: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    clusters: dict[Any, int] = field(default_factory=dict)
    n_clusters: int = 0
    n_rows: int = 0
    n_used: int = 0
    n_outside: int = 0
    n_observations: float = 0.0
    dropped: dict[str, int] = field(default_factory=dict)
    low: float = np.inf
    high: float = -np.inf
    moments: dict[tuple[str, int], Moments] = field(default_factory=dict)
    learnt: dict[str, dict[int, TransformState]] = field(default_factory=dict)

    def join(self, other: Scan) -> None:
        """Add what was found in another place."""
        for name, seen in other.levels.items():
            mine = self.levels.setdefault(name, SeenLevels(seen.ordered))
            mine.used |= seen.used
            mine.known |= seen.known
        for word in other.clusters:
            self.clusters.setdefault(word, len(self.clusters))
        self.n_rows += other.n_rows
        self.n_used += other.n_used
        self.n_outside += other.n_outside
        self.n_observations += other.n_observations
        for reason, count in other.dropped.items():
            self.dropped[reason] = self.dropped.get(reason, 0) + count
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        for key, moments in other.moments.items():
            self.moments[key] = self.moments[key] + moments if key in self.moments else moments

    units: DesignUnits | None = None


def located(error: InputError, start: int, rows: int, order: str) -> InputError:
    """Say in which batch an error stands, since batches number their rows from 0."""
    place = f"rows numbered from the first of the batch of rows {start:,} to {start + rows - 1:,}{order}"
    shown = f" ({place if start else 'rows numbered' + order})" if start or order else ""
    return type(error)(error.problem + shown, error.next_step)


def read_parts(
    batches: Frames, recipe: Recipe, extra: Sequence[str] = (), *, inside: bool = False
) -> Generator[BatchPart, None, None]:
    """Yield the batches with the choice of their rows; `extra` are more columns to be read.

    With `inside` the engine leaves out the rows outside `where`, and positions are among the others.
    """
    asked = recipe.asked
    call = asked.call
    names = tuple(dict.fromkeys([*recipe.columns, *extra]))
    for start, frame in batches.frames(names, asked.where if inside else None):
        try:
            weights = recipe.weights(frame)
            use = choose_rows(
                frame,
                recipe.variables,
                where=read_where(frame, asked.where, call, whole=False),
                weights=weights,
                missing=asked.missing,
                call=call,
                whole=False,
            )
        except InputError as error:
            raise located(error, start, len(frame), batches.order) from error
        yield BatchPart(start=start, frame=frame, use=use, weights=weights)


def read_moments(
    recipe: Recipe, part: BatchPart, learnt: Mapping[str, Mapping[int, TransformState]]
) -> dict[tuple[str, int], Moments]:
    """Return the moments of what transforms learn next, in the rows used of a batch."""
    used, call = part.use.used, recipe.asked.call
    found: dict[tuple[str, int], Moments] = {}
    if not used.any():
        return {}
    for code, factor in recipe.factors.items():
        if not factor.transforms:
            continue
        numbers = read_numbers(part.frame, factor.variables, call)[used]
        columns = dict(zip(factor.variables, numbers.T, strict=True))
        try:
            arguments = transform_arguments(factor, columns, learnt.get(code, {}))
        except UndefinedArgumentError as error:
            at = int(np.flatnonzero(error.bad)[0])
            row = int(np.flatnonzero(used)[at])
            raise undefined(factor, (), numbers, at, part.frame, call, row) from None
        found |= {(code, i): Moments.of(x) for i, x in arguments.items()}
    return found


class Scanner:
    """Adds batches to a scan; with `gather`, the columns that transforms learn from, else their moments."""

    def __init__(
        self, recipe: Recipe, first: nw.DataFrame[Any], order: str = "", *, gather: bool = True
    ) -> None:
        self.recipe, self.gather = recipe, gather
        survey = recipe.asked.survey
        self.units = None if survey is None else UnitScanner(survey, recipe.asked.call, order)
        self.scan = Scan(sample=first)
        self.everywhere: set[Any] = set()
        self.kept: dict[str, list[Array]] = {
            name: []
            for factor in recipe.factors.values()
            if factor.transforms and gather
            for name in factor.variables
        }
        self.places: list[IntArray] = []
        self.categories = [
            factor.column
            for factor in recipe.factors.values()
            if factor.column is not None
            and (factor.as_categories or column_kind(first, factor.column, recipe.asked.call) == "category")
        ]
        if isinstance(recipe.outcome, str):
            column_kind(first, recipe.outcome, recipe.asked.call)
            self.categories.append(recipe.outcome)

    def add(self, part: BatchPart) -> None:
        scan, recipe, used = self.scan, self.recipe, part.use.used
        scan.n_rows += part.count(slice(None))
        scan.n_used += part.count(used)
        scan.n_outside += part.count(part.use.outside)
        frequency = recipe.asked.weight_kind == "frequency" and recipe.asked.weights is not None
        for reason, count in part.use.counts(part.weights if frequency else part.rows).items():
            scan.dropped[reason] = scan.dropped.get(reason, 0) + count
        scan.n_observations += float(
            part.weights[used].sum() if frequency and part.weights is not None else part.count(used)
        )
        for name in self.categories:
            seen = scan.levels.setdefault(name, SeenLevels(bool(declared_levels(scan.sample, name))))
            here = seen.add(part.frame, name, used)
            if name == recipe.outcome:
                check_fractions(part.frame, name, here, used, recipe.asked.call)
        if not isinstance(recipe.outcome, str) and used.any():
            values = number_values(part.frame, recipe.outcome, used, recipe.asked.call)
            scan.low, scan.high = min(scan.low, values.min()), max(scan.high, values.max())
        self.add_clusters(part)
        if not self.gather:
            for key, moments in read_moments(recipe, part, {}).items():
                before = scan.moments.get(key)
                scan.moments[key] = moments if before is None else before + moments
        if self.units is not None and part.weights is not None:
            rows = part.weights > 0
            self.units.add(part.frame, rows, used, start=part.start, copies=part.rows)
        for name, kept in self.kept.items():
            kept.append(read_numbers(part.frame, [name], recipe.asked.call)[used, 0])
        if self.kept:
            self.places.append(part.start + np.flatnonzero(used))

    def add_clusters(self, part: BatchPart) -> None:
        name, recipe, use = self.recipe.asked.clusters, self.recipe, part.use
        if name is None:
            return
        whole = recipe.asked.weight_kind == "sampling" and recipe.asked.weights is not None
        counted = use.used | use.outside if whole else use.used
        empty = is_null(part.frame[name]) & counted
        if empty.any():
            raise missing_cluster(part.frame, name, empty, recipe.asked, whole=whole)
        codes, words = read_words(part.frame, name)
        self.everywhere.update(words[i] for i in np.unique(codes[counted]))
        for i in np.unique(codes[use.used]):
            self.scan.clusters.setdefault(words[i], len(self.scan.clusters))

    def join(self, other: Scanner) -> None:
        """Add what was found in another place."""
        self.scan.join(other.scan)
        self.everywhere |= other.everywhere
        if self.units is not None and other.units is not None:
            self.units.join(other.units)

    def dropped(self) -> dict[str, int]:
        """Return what was left out, in the order of a frame in memory, whatever batch met it first."""
        reasons = ("outside where", ZERO_WEIGHT, *(f"{name} missing" for name in self.recipe.variables))
        return {reason: self.scan.dropped[reason] for reason in reasons if reason in self.scan.dropped}

    def finish(self) -> Scan:
        scan = self.scan
        scan.n_clusters = len(self.everywhere)
        scan.units = None if self.units is None else self.units.finish()
        scan.dropped = self.dropped()
        scan.numbers = {name: np.concatenate(values) for name, values in self.kept.items()}
        if self.places:
            scan.positions = np.concatenate(self.places)
        return scan


def scan_batches(batches: Batches, recipe: Recipe) -> Scan:
    """Read all batches once.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How each batch is read.

    Returns
    -------
    Scan
        What the design, the counts and the clusters are made from.

    Raises
    ------
    InputError
        If a value cannot be used, or no row is left.
    """
    scanner: Scanner | None = None
    for part in read_parts(batches, recipe):
        scanner = scanner or Scanner(recipe, part.frame, batches.order)
        try:
            scanner.add(part)
        except InputError as error:
            raise located(error, part.start, len(part.frame), batches.order) from error
    return finished(scanner, recipe)


def finished(scanner: Scanner | None, recipe: Recipe) -> Scan:
    """Return what was found, if there are rows to use."""
    if scanner is None or not scanner.scan.n_used:
        counts = {} if scanner is None else scanner.dropped()
        lost = ", ".join(f"{reason} {count:,}" for reason, count in counts.items())
        total = scanner.scan.n_rows if scanner else 0
        raise InputError(
            f"{recipe.asked.call}(): no row is left of {total:,}{f' ({lost})' if lost else ''}.",
            "Check the columns that the formula, where= and weights= name.",
        )
    return scanner.finish()
