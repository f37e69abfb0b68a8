"""Answers as numbers: declared coding, declared missing codes, nothing out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.scoring._codes import read_codes

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.scoring._codes import Codes
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array

__all__ = ["coding_note", "no_lowest_answer", "read_answers"]

_MANY = 50  # answers that a code should have turned up in before its absence is worth a word


def read_answers(frame: nw.DataFrame[Any], plan: ScoringPlan) -> Array:
    """Read the item columns as answers on the instrument's own codes.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    plan : ScoringPlan
        Columns, coding and missing codes.

    Returns
    -------
    (n, m) array
        Answers from the instrument's lowest to its highest code; NaN where there is none.

    Raises
    ------
    InputError
        If an answer is out of range, is no whole number, or is text.
    """
    codes = read_codes(frame, plan)
    answers = codes.astype(np.float64)
    answers += plan.instrument.low
    answers[codes < 0] = np.nan
    return answers


def no_lowest_answer(plan: ScoringPlan, given: int) -> tuple[str, ...]:
    """Say that none of the `given` answers has the lowest code, which may mean another coding."""
    if given < _MANY:
        return ()
    low = plan.instrument.low
    return (
        f"No answer is {low} among {given:,}; if the file is coded from {low + 1}, say coded_from={low + 1}.",
    )


def coding_note(plan: ScoringPlan, codes: Codes, *, declared: bool) -> tuple[str, ...]:
    """Say that the lowest code never occurs where its absence may mean another coding."""
    if declared or any((item == 0).any() for item in codes.T):
        return ()
    return no_lowest_answer(plan, int(np.count_nonzero(codes >= 0)))
