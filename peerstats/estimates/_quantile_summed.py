"""Quantiles of rows that an engine holds: from its sums of weights by distinct value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import SourceError
from peerstats.estimates._asked import read_asked
from peerstats.estimates._linear import Sums, linear_estimates
from peerstats.estimates._quantile import (
    Quantiles,
    quantile_estimates,
    quantiles_of,
    rank_groups,
    woodruff_quantiles,
)
from peerstats.estimates._read_summed import Below, read_summed
from peerstats.estimates._sample import read_groups, read_plan
from peerstats.estimates._sums_passes import refuse_change

if TYPE_CHECKING:
    from peerstats.engines import Batches
    from peerstats.estimates._asked import Asked
    from peerstats.estimates._quantile import Ranks
    from peerstats.estimates._sample import Groups, Sample
    from peerstats.typing import Array

__all__ = ["summed_quantiles"]

_QUANTILE = "quantile"


def summed_quantiles(
    batches: Batches,
    names: tuple[str, ...],
    *,
    by: Any,
    where: Any,
    design: Any,
    weights: str | None,
    weight_kind: str,
    cluster: str | None,
    probabilities: Array,
    rule: str,
    interval: str,
    conf_level: float,
) -> tuple[Sample, Groups, Asked, Quantiles]:
    """Estimate quantiles of rows that an engine holds.

    Parameters
    ----------
    batches : Batches
        The data.
    names : tuple of str
        The columns.
    by, where, design, weights, weight_kind, cluster
        As of `estimate`.
    probabilities : (k,) float array
        The shares below.
    rule, interval, conf_level : str, str, float
        As in `quantile_estimates`.

    Returns
    -------
    sample, groups, asked : Sample, Groups, Asked
        Who has a value of each column.
    found : Quantiles
        Estimates, errors and limits.

    Notes
    -----
    One pass a column adds up weights by distinct value. Where rows are PSUs these sums give the errors too;
    PSUs are added up in one pass more, by whether a value is at most its group's quantile.
    """
    plan = read_plan(design, weights, weight_kind, cluster, batches.call)
    common: dict[str, Any] = {"by": by, "where": where}
    own: dict[str, Any] = {
        "design": design,
        "weights": weights,
        "weight_kind": weight_kind,
        "cluster": cluster,
    }
    how: dict[str, Any] = {
        "probabilities": probabilities,
        "rule": rule,
        "interval": interval,
        "conf_level": conf_level,
    }
    # weights that follow from a correction need the strata's sizes, so the whole plan
    apart = plan.cluster is not None and (plan.weights is not None or plan.fpc is None)
    ranking: dict[str, Any] = {"weights": plan.weights, "weight_kind": weight_kind} if apart else own
    found: list[Quantiles] = []
    ranks: list[Ranks] = []
    sample: Sample | None = None
    before: Sample | None = None
    groups: Groups | None = None
    for name in names:
        sample = read_summed(
            batches,
            levels=(name,),
            numbers=(name,),
            statistic=_QUANTILE,
            extremes=True,
            **common,
            **ranking,
        )
        own_groups = read_groups(sample, by, batches.call)
        if groups is not None and before is not None:
            _same_groups(batches, groups, own_groups)
            refuse_change(batches, _rows(before, groups), _rows(sample, own_groups))
        groups, before = own_groups, sample
        asked = read_asked(sample, groups, (name,), _QUANTILE, None, batches.call)
        code, g = groups.code, len(groups.labels)
        if apart:
            ranks.append(rank_groups(sample, asked.top, asked.used, code, g))
        else:
            found.append(quantile_estimates(sample, asked.top, asked.used, code, g, **how))
    if sample is None or groups is None:
        raise ValueError("quantiles of no column")
    if apart:
        return _clustered(batches, names, sample, groups, ranks, common | own, how)
    if len(names) > 1:
        sample = read_summed(batches, values=names, moments=False, **common, **own)
        again = read_groups(sample, by, batches.call)
        _same_groups(batches, groups, again)
        refuse_change(batches, _rows(before or sample, groups), _rows(sample, again))
        groups = again
        asked = read_asked(sample, groups, names, _QUANTILE, None, batches.call)
    return sample, groups, asked, _side_by_side(found)


def _same_groups(batches: Batches, before: Groups, now: Groups) -> None:
    """Refuse groups that are others in a second pass."""
    if before.labels != now.labels:
        raise SourceError(
            f"{batches.call}(): the {batches.kind} gave other groups than when the call began.",
            "A call reads its data several times: leave them as they are, and call again.",
        )


def _rows(sample: Sample, groups: Groups) -> Array:
    """Count the rows of each group."""
    rows = groups.code >= 0
    counts = sample.counts if sample.summed is None else sample.summed.rows
    found: Array = np.bincount(groups.code[rows], weights=counts[rows], minlength=len(groups.labels)).astype(
        float
    )
    return found


def _clustered(
    batches: Batches,
    names: tuple[str, ...],
    ranking: Sample,
    groups: Groups,
    ranks: list[Ranks],
    common: dict[str, Any],
    how: dict[str, Any],
) -> tuple[Sample, Groups, Asked, Quantiles]:
    """Estimate quantiles whose ranks are known, with the errors of PSUs."""
    probabilities, rule = how["probabilities"], how["rule"]
    g, k = len(groups.labels), len(probabilities)
    ranked: Ranks = [[column for rank in ranks for column in rank[i]] for i in range(g)]
    estimate = quantiles_of(ranked, probabilities, rule)
    label = "__peerstats_below__{}__{}"
    columns = {label.format(j, i): name for j, name in enumerate(names) for i in range(k)}
    cuts = {label.format(j, i): estimate[:, j, i] for j in range(len(names)) for i in range(k)}
    first = [int(np.argmax(groups.code == i)) for i in range(g)]
    chosen = np.zeros(len(groups.code), dtype=bool)
    chosen[first] = True
    order = groups.code[chosen]
    below = Below(
        frame=ranking.frame.filter(chosen.tolist()),
        columns=columns,
        cuts={name: values[order] for name, values in cuts.items()},
    )
    sample = read_summed(batches, below=below, numbers=names, statistic=_QUANTILE, **common)
    again = read_groups(sample, common["by"], batches.call)
    _same_groups(batches, groups, again)
    refuse_change(batches, _rows(ranking, groups), _rows(sample, again))
    asked = read_asked(sample, again, names, _QUANTILE, None, batches.call)
    used = np.repeat(asked.used, k, axis=1)
    shares = np.column_stack([sample.frame[name].to_numpy() for name in columns]).astype(float)
    sums = Sums(
        top=np.where(used, np.nan_to_num(shares), 0.0),
        bottom=used.astype(float),
        used=used,
        group=again.code,
        n_groups=g,
    )
    linear = linear_estimates(sample, sums, cross=False)
    found = woodruff_quantiles(linear, ranked, estimate, rule, how["interval"], how["conf_level"])
    return sample, again, asked, found


def _side_by_side(found: list[Quantiles]) -> Quantiles:
    """Put the quantiles of several columns together."""
    if len(found) == 1:
        return found[0]

    def joined(name: str, of: str = "") -> Array:
        return np.concatenate([getattr(getattr(x, of) if of else x, name) for x in found], axis=1)

    linear = replace(
        found[0].linear,
        **{name: joined(name, "linear") for name in ("estimate", "std_error", "df", "deff", "design_effect")},
        sum_weights=joined("sum_weights", "linear"),
        n=joined("n", "linear").astype(np.int64),
    )
    return Quantiles(
        linear=linear,
        estimate=joined("estimate"),
        std_error=joined("std_error"),
        conf_low=joined("conf_low"),
        conf_high=joined("conf_high"),
    )
