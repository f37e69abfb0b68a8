"""Rows in groups for the mixed models, and what cannot be fitted in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.typing import Array, IntArray

__all__ = [
    "StackedRows",
    "check_group",
    "few_groups",
    "refuse_other_weights",
    "refuse_saturated",
    "stack_rows",
]

# The relative error of a standard deviation of 10 intercepts is 1 / sqrt(2 * 9) = 24 %, were they observed.
_FEW_GROUPS = 10
_R_TERM = re.compile(r"\(\s*[01]\b[^()]*\|[^()]*\)")  # lme4's (1 | county)
_EXACT = 1e-8  # of a length: what is left of a vector that the columns span is rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StackedRows:
    """All rows used, in memory.

    Parameters
    ----------
    x : (k, n) float array
        The design.
    y : (n,) array
        The outcome.
    f : (n,) float array or None
        Frequencies.
    group : (n,) int array
        Group of each row, coded from 0.
    offset : (n,) float array or None
        Known part of the linear predictor.
    """

    x: Array
    y: Array
    f: Array | None
    group: IntArray
    offset: Array | None


def check_group(group: str, formula: str, call: str) -> str:
    """Return the name of the group column; it is text, there is one, and the formula leaves it out."""
    if isinstance(formula, str) and _R_TERM.search(formula):
        raise FormulaError(
            f"{call}(): {formula!r} holds a random intercept, as R's formulas do.",
            'Take it out of the formula and name the column, as in group="county".',
        )
    if not isinstance(group, str):
        raise InputError(
            f"{call}(): group={group!r} is no name of a column.",
            'Name one column, as in group="county"; there is one random intercept.',
        )
    return group


def refuse_other_weights(weight_kind: str, group: str, call: str) -> None:
    """Refuse weights that are no frequencies."""
    if weight_kind == "frequency":
        return
    if weight_kind == "sampling":
        raise InputError(
            f"{call}(): weight_kind='sampling': weights of people within groups need weights of the groups "
            "as well, and a rule that scales the former; the rules give different variances.",
            f'Use logistic() or linear() with the weights and cluster="{group}", or leave the weights out.',
        )
    raise InputError(
        f"{call}(): weight_kind={weight_kind!r} is not known here.", 'Only "frequency" weights are taken.'
    )


def stack_rows(rows: ModelRows, group: str, call: str) -> StackedRows:
    """Return the rows in memory; refuse groups of which none has two observations."""
    blocks = list(rows.source.blocks())
    clusters = np.concatenate([block.cluster for block in blocks if block.cluster is not None])
    f = None if blocks[0].w is None else np.concatenate([block.w for block in blocks if block.w is not None])
    offset = None
    if blocks[0].offset is not None:
        offset = np.concatenate([block.offset for block in blocks if block.offset is not None])
    if np.bincount(clusters, f).max() <= 1:
        raise InputError(
            f"{call}(): group={group!r}: none of the {rows.n_codes:,} groups has two observations, so "
            "nothing tells how much groups differ.",
            "Name a column of larger groups, or leave groups out: logistic() or linear().",
        )
    return StackedRows(
        x=np.concatenate([block.x for block in blocks], axis=1),
        y=np.concatenate([block.y for block in blocks]),
        f=f,
        group=clusters,
        offset=offset,
    )


def refuse_saturated(stacked: StackedRows, rows: ModelRows, group: str, call: str) -> None:
    """Refuse terms that tell every group apart: the random intercept would be theirs already."""
    if len(stacked.x) < rows.n_codes:
        return
    # values that differ by group are a combination of the columns only if all indicators of groups are
    marks = np.random.default_rng(1).normal(size=rows.n_codes)[stacked.group]
    left = marks - np.linalg.lstsq(stacked.x.T, marks)[0] @ stacked.x
    if np.linalg.norm(left) <= _EXACT * np.linalg.norm(marks):
        raise FormulaError(
            f"{call}(): the terms tell all {rows.n_codes:,} groups of {group!r} apart, so nothing is left "
            "for a random intercept.",
            f"Take {group} and what is constant within it out of the formula, or leave the random intercept "
            "out: logistic() or linear().",
        )


def few_groups(rows: ModelRows, group: str) -> tuple[str, ...]:
    """Say that few groups tell little of the groups' variance."""
    if rows.n_codes >= _FEW_GROUPS:
        return ()
    note = f"Only {rows.n_codes:,} groups of {group}: their variance is uncertain, and tests of terms that"
    return (f"{note} differ between groups are too optimistic.",)
