"""Fitted models and margins as blocks of columns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import ZERO_WEIGHT
from peerstats.postfit import coefficient_columns, fit_columns, ratio_word
from peerstats.postfit.parts import RowKey, TermRow, term_rows
from peerstats.results import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.models import SideBySide
    from peerstats.postfit import MarginsResult, ModelFit
    from peerstats.postfit.parts import Namer

__all__ = ["Block", "Entry", "fit_blocks", "fit_statistics", "margin_blocks", "side_blocks"]

_SHORT = {"Odds ratio": "OR", "Relative risk ratio": "RRR", "Ratio of geometric means": "Ratio"}
_LOGS = {"Odds ratio": "Log odds", "Relative risk ratio": "Log odds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One estimate with its error, limits and test."""

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """One column of estimates.

    Attributes
    ----------
    model, side : str
        The model's name, and unadjusted or adjusted.
    variable, outcome : str
        Column of the outcome, and the level that the block is about; empty where there is one equation.
    measure : str
        What the estimates are: OR, RRR, AME and so on.
    conf_level : float
        Confidence level of the limits.
    digits : int
        Decimals.
    rows : sequence of TermRow
        Rows in the model's order, reference levels among them.
    entries : mapping of RowKey to Entry
        The estimates.
    statistics : mapping of str to Numbers
        Fit statistics by label.
    """

    model: str
    variable: str
    outcome: str
    side: str = ""
    measure: str
    conf_level: float
    digits: int
    rows: Sequence[TermRow]
    entries: Mapping[RowKey, Entry]
    statistics: Mapping[str, Numbers] = field(default_factory=dict)


def _entry(cells: Mapping[str, Any], i: int) -> Entry:
    return Entry(**{name: float(cells[name][i]) for name in Entry.__slots__})


def measure_of(fit: ModelFit, *, exponentiate: bool) -> str:
    """Return what a model's estimates are called."""
    ratio = ratio_word(fit)
    if exponentiate and ratio is not None:
        return _SHORT[ratio]
    return _LOGS.get(ratio or "", "Coefficient")


def fit_blocks(
    name: str,
    fit: ModelFit,
    namer: Namer,
    *,
    exponentiate: bool,
    by_outcome: bool,
    intercept: bool,
    side: str = "",
    digits: int | None = None,
    statistics: Mapping[str, Numbers] | None = None,
) -> list[Block]:
    """Return one block for each equation of a fit."""
    cells = coefficient_columns(fit, exponentiate=exponentiate)
    named = list(term_rows(fit.design, namer))
    others = [term for term in fit.terms if term not in {column for column, _ in named}]
    if intercept:
        extra = [(term, TermRow(key=("column", term), label=term)) for term in others]
        first = [each for each in extra if each[0] == "Intercept"]
        named = [*first, *named, *(each for each in extra if each[0] != "Intercept")]
    place = {key: i for i, key in enumerate(zip(cells["outcome"], cells["term"], strict=True))}
    several = len(fit.equations) > 1 or (by_outcome and fit.base is not None)
    blocks: list[Block] = []
    for equation in fit.equations:
        entries = {
            row.key: _entry(cells, place[equation, column])
            for column, row in named
            if column is not None and (equation, column) in place
        }
        blocks.append(
            Block(
                model=name,
                variable=fit.outcome,
                outcome=equation if several else "",
                side=side,
                measure=measure_of(fit, exponentiate=exponentiate),
                conf_level=fit.conf_level,
                digits=digits if digits is not None else 2 if exponentiate else 3,
                rows=[row for _, row in named if row.is_reference or row.key in entries],
                entries=entries,
                statistics=statistics or {},
            )
        )
    return blocks


def side_blocks(
    name: str,
    result: SideBySide,
    namer: Namer,
    *,
    exponentiate: bool,
    by_outcome: bool,
    digits: int | None,
    statistics: Mapping[str, Numbers],
) -> list[Block]:
    """Return the blocks of each predictor alone, gathered, and of all together, equation by equation."""

    def blocks(fit: ModelFit, side: str, known: Mapping[str, Numbers]) -> list[Block]:
        return fit_blocks(
            name,
            fit,
            namer,
            exponentiate=exponentiate,
            by_outcome=by_outcome,
            intercept=False,
            side=side,
            digits=digits,
            statistics=known,
        )

    together = blocks(result.adjusted.fit, "Adjusted", statistics)
    alone = [blocks(each.fit, "Unadjusted", {}) for each in result.unadjusted]
    counts = {round(each.fit.n) for each in result.unadjusted}
    # on the rows of the adjusted model, of as many in all
    own = statistics.get("n")
    n = {"n": replace(own, values=(counts.pop(), *own.values[1:]))} if own and len(counts) == 1 else {}
    found = []
    for e, adjusted in enumerate(together):
        gathered: dict[RowKey, Entry] = {}
        for each in alone:
            gathered.update(each[e].entries)
        found += [
            Block(
                model=name,
                variable=adjusted.variable,
                outcome=adjusted.outcome,
                side="Unadjusted",
                measure=adjusted.measure,
                conf_level=adjusted.conf_level,
                digits=adjusted.digits,
                rows=adjusted.rows,
                entries=gathered,
                statistics=n,
            ),
            adjusted,
        ]
    return found


def _margin_row(variable: str, change: str, namer: Namer) -> TermRow:
    if change == "slope":
        return TermRow(key=("column", variable), label=namer.variable(variable))
    level, against, _ = change.partition(" against ")
    if against:
        return TermRow(
            key=("level", variable, level),
            label=namer.level(variable, level),
            group=variable,
            heading=namer.variable(variable),
        )
    return TermRow(key=("change", variable, change), label=f"{namer.variable(variable)}, {change}")


def margin_blocks(
    name: str, result: MarginsResult, namer: Namer, *, by_outcome: bool, digits: int | None
) -> list[Block]:
    """Return one block for each outcome of average marginal effects."""
    cells: dict[str, Any] = {**result.labels, **result.numbers}
    outcomes = list(dict.fromkeys(map(str, cells["outcome"])))
    blocks: list[Block] = []
    for outcome in outcomes:
        rows: list[TermRow] = []
        entries: dict[RowKey, Entry] = {}
        for i in np.flatnonzero([str(each) == outcome for each in cells["outcome"]]).tolist():
            variable, change = cells["variable"][i], cells["change"][i]
            row = _margin_row(variable, change, namer)
            start = change.partition(" against ")[2]
            if row.group and not any(each.group == variable for each in rows):
                rows.append(
                    TermRow(
                        key=("level", variable, start),
                        label=namer.level(variable, start),
                        group=variable,
                        heading=row.heading,
                        is_reference=True,
                    )
                )
            rows.append(row)
            entries[row.key] = _entry(cells, i)
        blocks.append(
            Block(
                model=name,
                variable=result.outcome,
                # "estimate" is what the margins of a mean are called
                outcome=outcome if by_outcome and outcome != "estimate" else "",
                measure="AME",
                conf_level=result.conf_level,
                digits=3 if digits is None else digits,
                rows=rows,
                entries=entries,
                statistics={"n": Numbers(pattern="integer", values=(result.n,))},
            )
        )
    return blocks


def _n(fit: ModelFit, *, n_of_n: bool) -> Numbers:
    n = round(fit.n)
    if not n_of_n:
        return Numbers(pattern="integer", values=(n,))
    copies = fit.weight_kind == "frequency"  # a row repeated no times is no observation
    left = sum(count for reason, count in fit.dropped if not copies or reason != ZERO_WEIGHT)
    return Numbers(pattern="n_of_n", values=(n, n + left))


def fit_statistics(fit: ModelFit, wanted: Sequence[str], *, n_of_n: bool) -> dict[str, Numbers]:
    """Return the fit statistics asked for that this fit has, by their labels in the table."""
    cells = fit_columns(fit)
    mcfadden = cells["mcfadden_r2"][0] if "mcfadden_r2" in cells else None
    trusted = trusts_likelihood(fit)
    groups = None if fit.random is None else fit.random.n_groups
    known: dict[str, tuple[tuple[str, Any, int], ...]] = {
        "r2": (("R2", fit.r_squared, 3), ("McFadden R2", mcfadden, 3)),
        "adj_r2": (("Adjusted R2", fit.adj_r_squared, 3),),
        "loglik": (("Log-likelihood", cells["loglik"][0] if trusted else None, 1),),
        "aic": (("AIC", cells["aic"][0] if trusted else None, 1),),
        "bic": (("BIC", cells["bic"][0] if trusted else None, 1),),
        "clusters": (("Clusters", fit.n_clusters, 0),),
        "groups": (("Groups", groups, 0),),
        "icc": (("Intraclass correlation", fit.random and fit.random.icc.estimate, 3),),
    }
    found: dict[str, Numbers] = {}
    for each in wanted:
        if each == "n":
            found["n"] = _n(fit, n_of_n=n_of_n)
            continue
        for label, value, digits in known[each]:
            if value is not None and not np.isnan(value):
                found[label] = Numbers(pattern="number", values=(float(value),), digits=digits)
    return found


def trusts_likelihood(fit: ModelFit) -> bool:
    """Say whether a fit's likelihood is one and at its maximum: its errors rest on it."""
    return fit.variance == "model" and fit.penalty is None
