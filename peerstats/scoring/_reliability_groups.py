"""All scales in all groups of a call, and scores by scoring group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.scoring._reliability_cells import answer_cell, score_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.scoring._reliability_cells import Cell
    from peerstats.scoring._sample import Sample
    from peerstats.scoring._scale_answers import Answers
    from peerstats.typing import BoolArray

__all__ = ["answer_cells", "score_cells"]


def answer_cells(answers: Answers, sample: Sample, coefficients: Sequence[str]) -> list[Cell]:
    """Compute the coefficients of every scale in every group.

    Parameters
    ----------
    answers : Answers
        The answers.
    sample : Sample
        The rows that are used.
    coefficients : sequence of str
        Which to compute.

    Returns
    -------
    list of Cell
        Scale after scale.
    """
    several = len(sample.groups) > 1
    whole = len(sample.rows) == len(answers.frame)
    return [
        answer_cell(
            scale,
            group,
            members,
            scale.keyed if whole else scale.keyed[sample.rows],
            weights=sample.weights,
            weight_kind=sample.weight_kind,
            coefficients=coefficients,
            summed=answers.summed,
            where=f"{scale.name}, {group}" if several else scale.name,
        )
        for scale in answers.scales
        for group, members in sample.groups
    ]


def score_cells(answers: Answers, sample: Sample) -> list[Cell]:
    """Compute the empirical reliability of scores by response model, by scoring group.

    Parameters
    ----------
    answers : Answers
        The answers, with the scores.
    sample : Sample
        The rows that are used.

    Returns
    -------
    list of Cell
        One a scale, group and scoring group; none for other scores.
    """
    scored = answers.scored
    if scored is None or scored.plan.method != "irt":
        return []
    kinds, places = scored.plan.instrument.groups, scored.groups
    parts: list[tuple[str, BoolArray]] = [("", np.ones(len(sample.rows), dtype=bool))]
    if kinds is not None and places is not None:
        age, mode = places.age_group[sample.rows], places.mode[sample.rows]
        parts = [
            (f"{older}, {how}", (age == i) & (mode == j))
            for i, older in enumerate(kinds.age_group)
            for j, how in enumerate(kinds.mode)
        ]
    sizes = {each.name: len(each.items) for each in scored.plan.scales}
    return [
        score_cell(
            name,
            "; ".join(word for word in (group if len(sample.groups) > 1 else "", part) if word) or group,
            members & here,
            scores.unrounded[sample.rows],
            scores.std_error[sample.rows],
            weights=sample.weights,
            weight_kind=sample.weight_kind,
            n_items=sizes[name],
        )
        for name, scores in scored.scales.items()
        if scores.unrounded is not None and scores.std_error is not None
        for group, members in sample.groups
        for part, here in parts
        if (members & here).any()
    ]
