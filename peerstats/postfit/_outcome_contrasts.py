"""Contrasts of outcomes on the scale of the coefficients, and p-values of several contrasts."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError
from peerstats.numerics import MaxT, adjusted_p, sidak_level
from peerstats.postfit._margin_errors import Effects
from peerstats.postfit._margin_lines import outcome_words, tested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["adjusted_columns", "coefficient_contrasts", "outcome_place"]


def adjusted_columns(
    cells: dict[str, Array], found: Effects, df: float, conf_level: float, kind: str
) -> dict[str, Array]:
    """Add adjusted p-values; with Sidak and single-step make the limits simultaneous."""
    statistic = cells["statistic"]
    finite = np.flatnonzero(np.isfinite(statistic))
    p_adjusted = cells["p_value"].copy() if kind == "none" else np.full(len(statistic), np.nan)
    width: float | None = None
    if kind in ("holm", "bh", "sidak"):
        p_adjusted = adjusted_p(cells["p_value"], kind)
        if kind == "sidak" and len(finite):
            again = tested(found.estimate, cells["std_error"], df, sidak_level(conf_level, len(finite)))
            cells.update(conf_low=again["conf_low"], conf_high=again["conf_high"])
    elif kind == "single-step" and len(finite):
        spread = cells["std_error"][finite]
        largest = MaxT(found.covariance[np.ix_(finite, finite)] / np.outer(spread, spread), df)
        # never less than the p-value alone: the difference would be the rounding of the mean
        p_adjusted[finite] = np.maximum(
            [largest.tail(abs(each)) for each in statistic[finite]], cells["p_value"][finite]
        )
        width = largest.half_width(conf_level)
    if width is not None:
        cells.update(
            conf_low=found.estimate - width * cells["std_error"],
            conf_high=found.estimate + width * cells["std_error"],
        )
    order = ("estimate", "std_error", "statistic", "df", "p_value")
    return {
        **{key: cells[key] for key in order},
        "p_adjusted": p_adjusted,
        "conf_low": cells["conf_low"],
        "conf_high": cells["conf_high"],
    }


def outcome_place(fit: ModelFit, name: Any, call: str) -> int:
    """Return which outcome is named."""
    levels = outcome_words(fit)
    if str(name) not in levels:
        raise InputError(
            f"{call}(): outcomes= names {name!r}, which is no level of {fit.outcome!r}.",
            did_you_mean(str(name), levels, what="levels"),
        )
    return levels.index(str(name))


def _outcome_pairs(fit: ModelFit, asked: Sequence[Any] | None, call: str) -> list[tuple[int, int]]:
    """Return pairs of outcomes, the second being taken off the first."""
    levels = list(fit.outcome_levels)
    if asked is None:
        return [(b, a) for a, b in combinations(range(len(levels)), 2)]
    places = [outcome_place(fit, each, call) for each in ([asked] if isinstance(asked, str) else asked)]
    if len(set(places)) != len(places) or len(places) < 2:  # noqa: PLR2004  (a pair)
        raise InputError(f"{call}(): outcomes={asked!r} are not two different outcomes.", "Name two or more.")
    return list(combinations(places, 2))


def coefficient_contrasts(
    fit: ModelFit, variable: str | None, outcomes: Sequence[Any] | None, call: str
) -> tuple[dict[str, list[Any]], Effects]:
    """Return log relative risk ratios of pairs of outcomes, with what they are."""
    if not fit.outcome_levels or fit.n_thresholds:
        raise InputError(
            f'{call}(): of="coefficients" contrasts outcomes, and {fit.model}() has one equation.',
            'Name a category and take of="probability".',
        )
    terms = [
        (j, name)
        for j, name in enumerate(fit.terms)
        if variable is None or name in _columns_of(fit, variable)
    ]
    k = len(fit.terms)
    rows = []
    labels: dict[str, list[Any]] = {"outcome": [], "term": []}
    for a, b in _outcome_pairs(fit, outcomes, call):
        for j, name in terms:
            row = np.zeros(fit.coefficients.size)
            for place, sign in ((a, 1.0), (b, -1.0)):
                if place > 0:  # the base has no coefficients
                    row[(place - 1) * k + j] = sign
            rows.append(row)
            labels["outcome"].append(f"{fit.outcome_levels[a]} against {fit.outcome_levels[b]}")
            labels["term"].append(name)
    matrix = np.array(rows)
    covariance = matrix @ fit.covariance @ matrix.T
    return labels, Effects(
        estimate=matrix @ fit.coefficients.T.ravel(), covariance=(covariance + covariance.T) / 2
    )


def _columns_of(fit: ModelFit, variable: str) -> set[str]:
    codes = {factor.code for factor in fit.design.factors if variable in factor.variables}
    return {
        column
        for term in fit.design.terms
        if any(code in codes for part in term.subterms for code, _ in part)
        for column in term.columns
    }
