"""Which names, rules and factors of a survey design fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.design._survey_design import SurveyDesign

__all__ = ["MADE", "check_made", "check_supplied"]

MADE = ("bootstrap", "JK1", "JKn", "BRR", "Fay")
_SUPPLIED = (*MADE, "JK2", "ACS", "successive-difference", "other")
_OWN_SCALE = ("BRR", "Fay", "JK2", "ACS", "successive-difference")


def check_made(design: SurveyDesign) -> None:
    """Check what is said of replicates that are to be made."""
    method = design.replicate_method
    given = [name for name in ("scale", "rscales") if getattr(design, name) is not None]
    if given or not design.combined:
        raise InputError(
            f"SurveyDesign(): {given[0] if given else 'combined'}= without replicates=.",
            'Name the columns of the replicate weights: replicates="rep_{}".',
        )
    if method is None:
        extra = [name for name in ("n_replicates", "rho", "seed") if getattr(design, name) is not None]
        if extra or design.mse:
            raise InputError(
                f"SurveyDesign(): {extra[0] if extra else 'mse'}= without replicates.",
                "Say which: replicates= for those of the data, or .with_replicates().",
            )
        return
    check_choice(method, MADE, "replicate_method", "SurveyDesign")
    _check_rho(design)
    if method != "bootstrap" and (design.n_replicates is not None or design.seed is not None):
        raise InputError(
            f"SurveyDesign(): {method} has as many replicates as the design says, and nothing is drawn.",
            "Leave n_replicates= and rng= out.",
        )
    if method == "bootstrap" and (design.n_replicates is None or design.seed is None):
        raise InputError(
            "SurveyDesign(): a bootstrap needs n_replicates and a seed.",
            'Say .with_replicates("bootstrap", n_replicates=500, rng=1).',
        )
    if method in ("JKn", "BRR", "Fay") and design.strata is None:
        raise InputError(
            f"SurveyDesign(): {method} replicates of a design without strata.",
            'Choose "JK1" or "bootstrap", or name strata=.',
        )
    if method == "JK1" and design.strata is not None:
        raise InputError("SurveyDesign(): JK1 replicates of a design with strata.", 'Choose "JKn".')
    if method in ("bootstrap", "BRR", "Fay") and design.fpc is not None:
        raise InputError(
            f"SurveyDesign(): {method} replicates know no finite population correction.",
            'Choose "JKn" or "JK1", or leave fpc= out: errors are then a little too large.',
        )


def _check_rho(design: SurveyDesign) -> None:
    if (design.replicate_method == "Fay") != (design.rho is not None):
        raise InputError(
            f"SurveyDesign(): rho={design.rho!r} with {design.replicate_method} replicates.",
            "Fay's method needs rho=, for example 0.5; the others have none.",
        )
    if design.rho is not None and not 0 <= design.rho < 1:
        raise InputError(f"SurveyDesign(): rho={design.rho!r} is not Fay's factor.", "It is 0 to below 1.")


def check_supplied(design: SurveyDesign) -> None:
    """Check what is said of replicates that came with the data."""
    plan = [name for name in ("strata", "cluster", "fpc") if getattr(design, name) is not None]
    if plan:
        raise InputError(
            f"SurveyDesign(): {plan[0]}={getattr(design, plan[0])!r} beside replicates=.",
            "Supplied replicate weights stand for the whole plan: give one or the other.",
        )
    if design.weights is None:
        raise InputError(
            "SurveyDesign(): replicates= without weights=.", "Name the column of full-sample weights."
        )
    method = design.replicate_method
    if method is None and design.scale is None:
        raise InputError(
            "SurveyDesign(): replicates= without replicate_method= or scale=.",
            'Say how they were made, for example replicate_method="BRR", or the scale of their variance.',
        )
    check_choice(method or "other", _SUPPLIED, "replicate_method", "SurveyDesign")
    _check_rho(design)
    if method in _OWN_SCALE and (design.scale is not None or design.rscales is not None):
        raise InputError(
            f"SurveyDesign(): scale= or rscales= with {method} replicates, whose scale is known.",
            f'Leave them out, or say replicate_method="other" instead of "{method}".',
        )
    if method == "other" and design.scale is None:
        raise InputError('SurveyDesign(): replicate_method="other" without scale=.', "Give scale=.")
    if method == "JKn" and design.rscales is None:
        raise InputError(
            "SurveyDesign(): JKn replicates without rscales=.",
            "Give one a replicate: (n_h - 1) / n_h of the stratum that it drops a PSU from.",
        )
    if design.seed is not None:
        raise InputError("SurveyDesign(): seed= with replicates=.", "Nothing is drawn: leave it out.")
    factors = [*(design.rscales or ()), *([] if design.scale is None else [design.scale])]
    if not all(np.isfinite(factor) and factor >= 0 for factor in factors):
        raise InputError("SurveyDesign(): a scale is negative or no number.", "Give factors from 0 up.")
