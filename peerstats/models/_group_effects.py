"""The intercept of each group of a fit, read from the rows in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_words
from peerstats.design import MemoryRows
from peerstats.errors import InputError
from peerstats.models._mixed_rows import stack_rows
from peerstats.numerics import group_rows, mixed_linear_modes, mixed_logit_modes, t_half_width

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.postfit import ModelFit
    from peerstats.typing import Array

__all__ = ["GroupEffects", "effect_columns", "group_intercepts"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupEffects:
    """Intercepts of the groups of a fit.

    Parameters
    ----------
    labels : list
        The groups, J of them, as the data name them.
    sizes : (J,) int array
        Observations of each.
    modes, sds : (J,) float arrays
        Posterior mode of each intercept, and one over the root of the curvature there.
    """

    labels: list[Any]
    sizes: Array
    modes: Array
    sds: Array


def group_intercepts(fit: ModelFit, rows: ModelRows, call: str) -> GroupEffects:
    """Return the intercept of each group that the fit has seen."""
    random = fit.random
    if random is None:
        raise InputError(
            f"{call}(): {fit.model}() has no random intercept.",
            "mixed_linear() and mixed_logistic() have one.",
        )
    source = rows.source
    if not isinstance(source, MemoryRows):
        raise InputError(f"{call}(): the rows are not in memory.", "Fit the model to a frame in memory.")
    stacked = stack_rows(rows, random.group, call)
    beta = fit.coefficients[:, 0]
    if fit.outcome_levels:
        grouped = group_rows(stacked.x, stacked.y, stacked.group, f=stacked.f, offset=stacked.offset)
        found = mixed_logit_modes(grouped, beta, random.sd.estimate)
    else:
        found = mixed_linear_modes(
            stacked.y - beta @ stacked.x,
            stacked.group,
            sd_group=random.sd.estimate,
            sd_row=random.residual_sd.estimate if random.residual_sd else np.nan,
            f=stacked.f,
        )
    codes, levels = read_words(source.frame, random.group)
    return GroupEffects(
        labels=[levels[code] for code in np.unique(codes[source.used])],
        sizes=np.round(np.bincount(stacked.group, stacked.f)).astype(np.int64),
        modes=found.modes,
        sds=found.mode_sds,
    )


def effect_columns(fit: ModelFit, rows: ModelRows) -> dict[str, Any]:
    """Return one row per group, as columns."""
    found = group_intercepts(fit, rows, "group_effects")
    half = t_half_width(fit.conf_level, np.full(len(found.modes), np.inf)) * found.sds
    numbers = all(isinstance(label, int | float) for label in found.labels)
    return {
        "group": np.array(found.labels) if numbers else [str(label) for label in found.labels],
        "n": found.sizes,
        "estimate": found.modes,
        "std_error": found.sds,
        "conf_low": found.modes - half,
        "conf_high": found.modes + half,
    }
