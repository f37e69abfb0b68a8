"""From data in batches and a formula to the rows of a model: the first pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peerstats._core.checks import check_columns
from peerstats.design._batches import BatchRows
from peerstats.design._build import build_scanned_design
from peerstats.design._distant import DistantRows, scan_places
from peerstats.design._order import put_in_order
from peerstats.design._outcome import check_varies, order_levels
from peerstats.design._pattern_rows import PatternRows
from peerstats.design._patterns import find_patterns
from peerstats.design._scan import Scanner, scan_batches

if TYPE_CHECKING:
    from peerstats.design._columns import Level
    from peerstats.design._formula import Formula
    from peerstats.design._scan import Recipe, Scan
    from peerstats.engines import Batches

__all__ = ["ScannedModel", "scan_model"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScannedModel:
    """What a first pass over batches has settled.

    Parameters
    ----------
    rows : BatchRows
        The rows used.
    scan : Scan
        Counts.
    outcome : str
        Name of the outcome.
    notes : tuple of str
        Levels left out.
    patterns : PatternRows or None
        Distinct patterns of the rows used, where the model is of categories alone.
    """

    rows: BatchRows | DistantRows
    scan: Scan
    outcome: str
    notes: tuple[str, ...]
    patterns: PatternRows | None = None


def scan_model(batches: Batches, recipe: Recipe, formula: Formula) -> ScannedModel:
    """Read batches once and freeze the design.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How each batch is read.
    formula : Formula
        The formula.

    Returns
    -------
    ScannedModel
        The rows, ready to be read again, and counts.

    Raises
    ------
    InputError
        If a column, a value or a level cannot be used.
    FormulaError
        If the formula does not fit the data.
    """
    call = recipe.asked.call
    check_columns(recipe.columns, batches.columns, call)
    distant = batches.distant
    found_patterns = find_patterns(batches, recipe)
    if found_patterns is None:
        scan = (
            scan_batches(batches, recipe)
            if distant is None
            else scan_places(batches, distant, recipe, formula)
        )
    else:
        scanner = Scanner(recipe, found_patterns.part.frame)
        scanner.add(found_patterns.part)
        scan = scanner.finish()
        if found_patterns.numbers is not None:  # the column of the outcome holds means
            scan.low, scan.high = found_patterns.numbers.low, found_patterns.numbers.high
    ordered: list[Level] = []
    notes: tuple[str, ...] = ()
    if isinstance(recipe.outcome, str):
        name = recipe.outcome
        found, unused = scan.levels[name].split()
        if recipe.asked.ordered:
            said = (recipe.asked.levels or {}).get(name)
            found, unused = put_in_order(scan.sample, name, found, unused, said, call)
        ordered, notes = order_levels(name, found, unused, recipe.asked.base, scan.n_used, call)
    else:
        name = recipe.outcome.code
        check_varies(name, scan.low, scan.high, scan.n_used, call)
    design, more = build_scanned_design(
        formula,
        recipe.factors,
        scan,
        levels=recipe.levels,
        call=call,
        constant=not recipe.asked.ordered,
    )
    rows = BatchRows(
        batches=batches,
        recipe=replace(recipe, units=scan.units),
        design=design,
        levels=tuple(ordered),
        clusters=None if recipe.asked.clusters is None else scan.clusters,
        n_rows=scan.n_used,
    )
    patterns = None
    if found_patterns is not None:
        patterns = PatternRows(
            rows=rows,
            part=found_patterns.part,
            squares=found_patterns.squares,
            numbers=found_patterns.numbers,
        )
    own = rows if distant is None else DistantRows(here=rows, distant=distant)
    return ScannedModel(rows=own, scan=scan, outcome=name, notes=(*notes, *more), patterns=patterns)
