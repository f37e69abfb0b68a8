"""Arrays by group and quantity put into the rows of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.estimates._asked import row_lines
from peerstats.estimates._result import EstimateResult

if TYPE_CHECKING:
    from peerstats.estimates._asked import Asked
    from peerstats.estimates._sample import Groups, Sample
    from peerstats.typing import Array

__all__ = ["assemble"]


def assemble(
    sample: Sample,
    groups: Groups,
    asked: Asked,
    names: tuple[str, ...],
    spread: dict[str, Any],
    covariance: Array | None,
    *,
    statistic: str,
    probabilities: Array | None,
    denominator: str | None,
    interval: str,
    qrule: str,
    deff: str,
    conf_level: float,
) -> EstimateResult:
    """Put the (g, q) arrays into rows: column by column, group by group."""
    repeats = 1 if probabilities is None else len(probabilities)
    g, q = spread["estimate"].shape
    column = [name for name in asked.column for _ in range(repeats)]
    level = [each for each in asked.level for _ in range(repeats)]
    group_of, quantity_of = np.divmod(np.arange(g * q), q)
    place = np.array([names.index(name) for name in column])
    order = np.lexsort((quantity_of, group_of, place[quantity_of]))
    group_of, quantity_of = group_of[order], quantity_of[order]
    labels: dict[str, list[str | None]] = {
        "column": [column[j] for j in quantity_of],
        "group": [groups.names[i] for i in group_of],
    }
    if len(groups.by) > 1:
        taken = set(groups.by) & {
            "column",
            "group",
            "level",
            "denominator",
            "probability",
            "quantity",
            *spread,
        }
        if taken:
            raise InputError(
                f"estimate(): a grouping column is called {min(taken)!r}, as a column of the result is.",
                "Rename it.",
            )
        for k, name in enumerate(groups.by):
            labels[name] = [str(groups.labels[i][k]) for i in group_of]
    if statistic == "proportion":
        labels["level"] = [str(level[j]) for j in quantity_of]
    if denominator is not None:
        labels["denominator"] = [denominator] * len(order)
    labels["quantity"] = [statistic] * len(order)
    numbers = {name: array.ravel()[order] for name, array in spread.items()}
    if probabilities is not None:
        numbers = {"probability": np.tile(probabilities, q // repeats)[quantity_of], **numbers}
    if covariance is not None:
        covariance = covariance[np.ix_(order, order)]
    return EstimateResult(
        statistic=statistic,
        columns=names,
        by=groups.by,
        labels=labels,
        numbers=numbers,
        matrix=covariance,
        n=sample.count(groups.code >= 0),
        df=sample.degrees_of_freedom(sample.inside),
        variance=sample.arrays.variance,
        weight_kind=sample.weight_kind,
        interval=interval,
        conf_level=conf_level,
        lines=(*row_lines(sample, groups, asked, names), *sample.lines, *groups.lines),
        notes=_notes(statistic, numbers, qrule, interval, deff),
        backend=sample.backend,
    )


def _notes(
    statistic: str, numbers: dict[str, Array], qrule: str, interval: str, deff: str
) -> tuple[str, ...]:
    notes = []
    estimate_, error = numbers["estimate"], numbers["std_error"]
    if statistic == "quantile":
        how = "from the replicates' quantiles" if interval == "quantile" else "by Woodruff's method"
        notes.append(f'Quantiles by the rule "{qrule}", limits {how}.')
        open_ = np.isfinite(estimate_) & (np.isnan(numbers["conf_low"]) | np.isnan(numbers["conf_high"]))
        if open_.any():
            notes.append(
                f"{int(open_.sum()):,} quantiles have no limit on a side and so no error: too few lie beyond."
            )
    elif deff == "finite" and np.isnan(numbers["deff"]).any():
        notes.append(
            'No design effect where weights add to n or less: deff="finite" needs weights that add to the '
            "population."
        )
    if statistic == "proportion" and np.isin(estimate_, (0.0, 1.0)).any():
        notes.append(
            "A share of 0 or 1 has no error to go by: its limits are Clopper and Pearson's on n over Kish's "
            "design effect."
        )
    if np.isnan(estimate_).any():
        notes.append("No estimate where a group has no value, or a denominator adds to zero.")
    elif statistic != "quantile" and np.isnan(error).any():
        notes.append("No error where fewer than two replicates have an estimate.")
    return tuple(notes)
