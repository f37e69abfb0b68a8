"""Checks of a model's arguments that need no data: they contradict each other, or are of the wrong kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from peerstats._core.checks import check_choice
from peerstats._core.weights import WEIGHT_KINDS
from peerstats.design._survey_design import SurveyDesign
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design._asked import Asked

__all__ = ["check_levels", "check_survey", "check_weight_kind"]


def check_weight_kind(asked: Asked) -> None:
    """Refuse a kind that is not known, has no weights, or does not fit the outcome."""
    call, kind = asked.call, asked.weight_kind
    check_choice(kind, (*WEIGHT_KINDS, "precision"), "weight_kind", call)
    if asked.weights is None and kind != ("sampling" if asked.group is None else "frequency"):
        raise InputError(f"{call}(): weight_kind={kind!r} without weights.", "Name their column: weights=.")
    if kind == "precision" and not asked.numbers:
        raise InputError(
            f"{call}(): weight_kind='precision' is for linear models: the variance of a category follows "
            "from its probability.",
            'Rows that stand for identical people take weight_kind="frequency"; survey weights "sampling".',
        )


def check_levels(asked: Asked, outcome: Sequence[str]) -> None:
    """Refuse levels that are no dictionary, or those of the outcome's columns."""
    call, levels = asked.call, asked.levels
    if levels is None:
        return
    if not isinstance(levels, Mapping):
        raise InputError(
            f"{call}(): levels={levels!r} is no dictionary.",
            "Say for which column: levels={'column': 'reference level'}.",
        )
    named = next((name for name in outcome if name in levels), None)
    if named is not None and not asked.ordered:
        raise InputError(
            f"{call}(): levels= names the outcome {named!r}.",
            "levels= is for the formula's right side." if asked.numbers else "Say base= for the outcome.",
        )


def check_survey(asked: Asked, *, in_batches: bool) -> None:
    """Refuse a design that is none, or beside what it already says."""
    call, survey = asked.call, asked.survey
    if survey is None:
        return
    if not isinstance(survey, SurveyDesign):
        raise InputError(
            f"{call}(): design= is a {type(survey).__name__}, not a survey design.",
            "Make one: ps.SurveyDesign(weights=..., strata=..., cluster=...).",
        )
    for name, value in (("weights", asked.weights), ("cluster", asked.cluster)):
        if value is not None:
            raise InputError(
                f"{call}(): {name}={value!r} beside a design.",
                f"Name the column in the design: SurveyDesign({name}=...).",
            )
    if asked.weight_kind != "sampling":
        raise InputError(
            f"{call}(): weight_kind={asked.weight_kind!r} beside a design; its weights are sampling weights.",
            "Leave weight_kind= out.",
        )
    if in_batches and survey.calibration is not None:
        raise InputError(
            f"{call}(): the design is raked, and the data are read in batches: margins need all rows.",
            "Read the file into memory; or write the raked weights to the file and name them in a new "
            "design, whose errors then do not know of the margins.",
        )
    if in_batches and (survey.replicates is not None or survey.replicate_method is not None):
        raise InputError(
            f"{call}(): the design has replicate weights, each a refit to all rows, and the data are read "
            "in batches.",
            "Give the design by strata=, cluster= and fpc=, whose errors are linearised; or read the file "
            "into memory.",
        )
