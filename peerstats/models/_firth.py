"""The penalised fit of logistic and multinomial: Firth's, with tests and limits by the profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.progress import progress
from peerstats.errors import ConvergenceError, InputError
from peerstats.models._assemble import assemble
from peerstats.models._covariance import Covariance
from peerstats.models._logit import extreme_notes, fit_logit, null_loglik, turn_design
from peerstats.models._replicated import check_replicates
from peerstats.models._variance import VARIANCE_WORDS
from peerstats.numerics import TurnedRows, fit_firth, measure_design, profile_firth, two_sided_p
from peerstats.postfit import Profile

if TYPE_CHECKING:
    from peerstats.design import Asked, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import FirthProfile, Rows

__all__ = ["check_penalty", "fit_likelihood"]


def check_penalty(asked: Asked) -> None:
    """Refuse a penalty that is not known, or beside what its likelihood does not cover."""
    call = asked.call
    if asked.penalty is None:
        return
    check_choice(asked.penalty, ("firth",), "penalty", call)
    if asked.survey is not None:
        raise InputError(
            f"{call}(): penalty='firth' beside a survey design: the penalty does not grow with the weights, "
            "so estimates would depend on their scale.",
            "Fit without the design, or leave penalty= out and merge the levels that separate.",
        )
    if asked.weights is not None and asked.weight_kind == "sampling":
        raise InputError(
            f"{call}(): penalty='firth' with sampling weights {asked.weights!r}: the penalty does not grow "
            "with the weights, so estimates would depend on their scale.",
            'Rows that stand for identical people take weight_kind="frequency"; else leave weights= or '
            "penalty= out.",
        )
    if asked.cluster is not None:
        raise InputError(
            f"{call}(): penalty='firth' with cluster={asked.cluster!r}: tests and limits of the penalised "
            "likelihood take rows to be independent.",
            "Leave cluster= or penalty= out.",
        )
    check_choice(asked.variance, ("auto", *VARIANCE_WORDS), "variance", call)
    if asked.variance not in ("auto", "model"):
        raise InputError(
            f"{call}(): variance={asked.variance!r} with penalty='firth', whose tests and limits are those "
            "of the penalised likelihood.",
            'Leave variance="auto".',
        )
    check_choice(asked.df, ("design", "residual"), "df", call)
    if asked.df == "residual":
        raise InputError(
            f"{call}(): df='residual' with penalty='firth', whose tests are chi-square.", "Leave df= out."
        )
    check_replicates(asked, "model")


def _profile_notes(found: FirthProfile) -> tuple[str, ...]:
    notes = []
    count = int(np.isnan([found.statistic, found.conf_low, found.conf_high]).sum())
    if count:
        noun = "test or limit has" if count == 1 else "tests and limits have"
        notes.append(f"{count:,} {noun} no solution: the penalised likelihood was too flat there.")
    if found.n_hills:
        noun = "test or limit lies" if found.n_hills == 1 else "tests and limits lie"
        notes.append(
            f"{found.n_hills:,} {noun} where the penalised likelihood has several maxima; the highest that "
            "was found counts. Take such limits for very wide."
        )
    return tuple(notes)


def _fit_penalised(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit a logistic (two outcomes) or multinomial logit with the penalty of Firth."""
    call = asked.call
    k, n_outcomes = len(rows.design.columns), len(rows.outcome_levels)
    shape = (n_outcomes - 1, k)
    scale = measure_design(rows.source, k, n_outcomes)
    turn = turn_design(rows, scale, call)
    source: Rows = rows.source if turn is None else TurnedRows(rows=rows.source, turn=turn)
    top = fit_firth(source, n_outcomes, k)
    if top is None or not top.converged:
        steps = "" if top is None else f" after {top.n_iterations} steps"
        raise ConvergenceError(
            f"{call}(): no maximum of the penalised likelihood was reached{steps}.",
            "Check the columns for extreme values, or leave terms out.",
        )
    back = None if turn is None else np.asarray(np.kron(np.eye(shape[0]), turn), dtype=float)
    # the penalty of the design's own columns, which a turn shifts by a constant
    shift = 0.0 if turn is None else shape[0] * float(np.log(np.abs(np.diag(turn))).sum())
    with progress("Profile of the penalised likelihood", 3 * shape[0] * k) as advance:
        found = profile_firth(source, shape, top, asked.conf_level, axes=back, advance=advance)
    inverse = top.point.inverse
    beta = top.point.beta if back is None else back @ top.point.beta
    return assemble(
        asked,
        rows,
        None,
        coefficients=beta.reshape(shape).T,
        variance="model",
        covariance=Covariance(
            matrix=inverse if back is None else back @ inverse @ back.T,
            df=None,
            notes=_profile_notes(found),
            df_design=float("inf"),
        ),
        loglik=top.point.loglik,
        loglik_null=null_loglik(rows.source, scale.totals, offset=asked.offset is not None),
        n_iterations=top.n_iterations,
        notes=extreme_notes(top.point.n_extreme),
        profile=Profile(
            loglik_penalized=top.point.penalised - shift,
            statistic=found.statistic,
            p_value=two_sided_p(np.sqrt(found.statistic), np.inf),
            conf_low=found.conf_low,
            conf_high=found.conf_high,
        ),
    )


def fit_likelihood(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit a logistic or multinomial logit by its likelihood, penalised where that is asked for."""
    return fit_logit(rows, asked) if asked.penalty is None else _fit_penalised(rows, asked)
