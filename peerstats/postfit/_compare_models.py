"""Models of the same rows side by side: nested tests and information criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.design import MemoryRows
from peerstats.errors import InputError
from peerstats.numerics import quadratic_form
from peerstats.postfit._hypothesis import Hypothesis, slope_columns
from peerstats.postfit._model_comparison import ModelComparison
from peerstats.postfit._restricted import sum_scale
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._test_result import errors_line
from peerstats.postfit._tested import Tested, check_fit, run_test, working_effects
from peerstats.postfit._tests import backend_of
from peerstats.postfit._tidy import fit_columns

if TYPE_CHECKING:
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array, BoolArray

    class Modelled(Protocol):
        """A result of a model."""

        @property
        def fit(self) -> ModelFit:
            """The fit."""

        @property
        def source(self) -> FitSource | None:
            """Its rows."""


__all__ = ["compare_models"]

_CALL = "compare_models"
_SAME = (
    "model",
    "outcome",
    "n",
    "n_rows",
    "weights",
    "weight_kind",
    "cluster",
    "survey",
    "offset",
    "variance",
)
_EQUAL = 1e-9  # of a null log-likelihood: two passes over the same batches differ by rounding only


def _refuse_different(i: int, what: str, first: Any, other: Any) -> InputError:
    return InputError(
        f"{_CALL}(): model 1 and model {i} differ in {what}: {first!r} and {other!r}.",
        "Compare models of one outcome on the same rows: where= keeps those complete in all variables.",
    )


def _check_same(i: int, first: Modelled, other: Modelled) -> None:
    """Refuse models of other rows, weights or outcomes; the base may differ."""
    one, two = first.fit, other.fit
    for name in _SAME:
        if getattr(one, name) != getattr(two, name):
            raise _refuse_different(i, name, getattr(one, name), getattr(two, name))
    if set(one.outcome_levels) != set(two.outcome_levels):
        raise _refuse_different(i, "outcome levels", one.outcome_levels, two.outcome_levels)
    if one.outcome_levels and one.base != two.base:
        raise _refuse_different(i, "base", one.base, two.base)
    if (one.random is None) != (two.random is None) or (
        one.random is not None
        and two.random is not None
        and (one.random.group, one.random.method) != (two.random.group, two.random.method)
    ):
        raise _refuse_different(
            i, "random intercept", one.random and one.random.group, two.random and two.random.group
        )
    here, there = (each.source and each.source.rows.source for each in (first, other))
    if isinstance(here, MemoryRows) and isinstance(there, MemoryRows):
        same = len(here.used) == len(there.used) and bool((here.used == there.used).all())
        weighed = here.weights is None or there.weights is None or np.array_equal(here.weights, there.weights)
        if not same or not weighed or not np.array_equal(here.values, there.values):
            raise _refuse_different(i, "their rows", f"{one.n_rows:,} rows", f"{two.n_rows:,} other rows")
    elif not np.isclose(one.loglik_null, two.loglik_null, rtol=_EQUAL, equal_nan=True):
        raise _refuse_different(i, "their null model's log-likelihood", one.loglik_null, two.loglik_null)


def _extra(larger: ModelFit, smaller: ModelFit) -> BoolArray | None:
    """Return which coefficients the smaller model lacks; None where it is not nested by its columns."""
    if not set(smaller.terms) <= set(larger.terms):
        return None
    codes = {factor.code: factor for factor in larger.design.factors}
    if any(codes.get(factor.code, factor) != factor for factor in smaller.design.factors):
        return None
    lacks = np.array([term not in smaller.terms for term in larger.terms])
    return np.tile(lacks, len(larger.equations))


def _pair(
    one: Modelled, two: Modelled, *, kind: str, adjust: bool, approximation: str
) -> tuple[Tested | None, bool]:
    """Test the smaller of two models in the larger; say whether they are nested."""
    larger, smaller = (one, two) if one.fit.n_parameters > two.fit.n_parameters else (two, one)
    extra = _extra(larger.fit, smaller.fit)
    if extra is None or not extra.any():
        return None, False
    matrix = np.eye(larger.fit.n_parameters)[extra]
    tested = run_test(
        larger.fit,
        larger.source,
        Hypothesis(name="", outcome=None, matrix=matrix, value=np.zeros(len(matrix))),
        kind=kind,
        adjust=adjust,
        approximation=approximation,
        call=_CALL,
    )
    return tested, True


def _working(result: Modelled) -> tuple[Array, float] | None:
    """Return what the covariance would be if the likelihood were true, and the deviance; None for others."""
    fit, source = result.fit, result.source
    if source is None or source.fitted is None or not fit.outcome_levels or fit.variance == "model":
        return None
    scale = sum_scale(fit, source)
    turn = np.eye(fit.n_parameters) if source.fitted.turn is None else source.fitted.turn
    return turn @ source.fitted.bread @ turn.T * scale, -2 * fit.loglik / scale


def _design_aic(result: Modelled) -> tuple[float, float]:
    """Return Lumley and Scott's AIC and its effective parameters; NaN where they are not defined."""
    fit = result.fit
    working = _working(result)
    slopes = np.tile(np.isin(np.arange(len(fit.terms)), slope_columns(fit)), len(fit.equations))
    if working is None:
        return float("nan"), float("nan")
    effective = 0.0
    if slopes.any():
        effective = float(working_effects(np.eye(len(slopes))[slopes], fit.covariance, working[0]).sum())
    return working[1] + 2 * effective, effective


def _design_bic(result: Modelled, largest: Modelled) -> float:
    """Return Lumley and Scott's BIC within the largest model; NaN where it is not defined."""
    fit, whole = result.fit, largest.fit
    working, extra = _working(largest), _extra(whole, fit)
    if working is None or extra is None:
        return float("nan")
    bic = working[1] + fit.n_parameters * np.log(fit.n)
    if extra.any():
        part = whole.covariance[np.ix_(extra, extra)]
        form = quadratic_form(whole.coefficients.T.ravel()[extra], part)
        if form.rank < extra.sum():
            return float("nan")
        effects = working_effects(np.eye(len(extra))[extra], whole.covariance, working[0])
        bic += form.statistic + float(np.log(effects).sum())
    return float(bic)


def compare_models(
    *results: Any, kind: str = "lr", adjust: bool = True, approximation: str = "saddlepoint"
) -> ModelComparison:
    """Compare models of one outcome on the same rows.

    Each model is tested against the one before it where one is nested in the other.

    Parameters
    ----------
    *results : ModelResult
        Two models or more, in the order in which they are compared.
    kind : {"lr", "wald", "score"}
        The test: "lr" is a likelihood ratio where errors are model-based, else Rao and Scott's.
    adjust : bool
        As of `ModelResult.test`, for "wald" and "score".
    approximation : {"saddlepoint", "satterthwaite"}
        As of `ModelResult.test`, for Rao and Scott's likelihood ratio.

    Returns
    -------
    ModelComparison
        With `.tidy()`, one row a model, `.glance()`, `.summary()`, `.plot()`, `.to_dict()`.

    Raises
    ------
    InputError
        If the models differ in outcome, rows, weights, design or kind of errors.

    Notes
    -----
    Nested are models whose columns are among those of the other, by name and coding; others have no test.
    AIC and BIC are those of the likelihood and need model-based errors. With sampling weights, clusters or a
    design there are dAIC = -2 l + 2 tr(D) and dBIC instead, l the log-likelihood with weights of mean 1 and D
    the generalised design effects of all slopes: R ``survey::AIC`` and ``BIC`` of `svyglm`. dBIC needs a
    model that holds all others. Both are for logistic and multinomial models. R ``anova``, Stata ``lrtest``.

    References
    ----------
    .. [1] Lumley and Scott (2014), Survey Methodology 40(2), 207-225 (tests).
    .. [2] Lumley and Scott (2015), Journal of Survey Statistics and Methodology 3(1), 1-18 (AIC and BIC).

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> models = [ps.logistic(formula, jobs) for formula in ("job ~ 1", "job ~ age")]
    >>> ps.compare_models(*models).tidy()[["formula", "aic", "statistic", "p_value"]].round(3)
         formula     aic  statistic  p_value
    0    job ~ 1  24.493        NaN      NaN
    1  job ~ age  26.443       0.05    0.823
    """
    if len(results) < 2:  # noqa: PLR2004  (a comparison has two sides)
        raise InputError(f"{_CALL}(): {len(results)} model.", "Give two or more, one after the other.")
    for i, each in enumerate(results, start=1):
        if not hasattr(each, "fit"):
            raise InputError(
                f"{_CALL}(): argument {i} is a {type(each).__name__}, no result of a model.",
                "Give what logistic(), linear() and the like return.",
            )
    check_choice(kind, ("lr", "wald", "score"), "kind", _CALL)
    first = results[0]
    for i, each in enumerate(results, start=1):
        check_fit(each.fit, kind, approximation, _CALL)
        _check_same(i, first, each)
    tested: list[Tested | None] = [None]
    notes = []
    for i in range(1, len(results)):
        found, nested = _pair(
            results[i - 1], results[i], kind=kind, adjust=adjust, approximation=approximation
        )
        tested.append(found)
        if not nested:
            notes.append(f"Models {i} and {i + 1} are not nested by their columns: no test.")
    largest = max(results, key=lambda each: each.fit.n_parameters)
    glances = [fit_columns(each.fit) for each in results]
    aic = np.array([float(cells["aic"][0]) for cells in glances])
    bic = np.array([float(cells["bic"][0]) for cells in glances])
    criteria = [_design_aic(each) for each in results]
    plain = first.fit.variance == "model"
    if not plain:
        instead = (
            "dAIC and dBIC count design effects."
            if first.fit.outcome_levels
            else "dAIC is not computed for linear models, of which the residual variance is a parameter too."
        )
        notes.append(
            f"Errors are {first.fit.variance!r}: AIC and BIC of the likelihood are left out; {instead}"
        )
    return ModelComparison(
        formulas=tuple(each.fit.formula for each in results),
        n_parameters=tuple(each.fit.n_parameters for each in results),
        loglik=np.array([each.fit.loglik for each in results]),
        aic=aic,
        bic=bic,
        daic=np.array([one[0] for one in criteria]),
        dbic=np.array([_design_bic(each, largest) for each in results]),
        effective_parameters=np.array([one[1] for one in criteria]),
        tested=tuple(tested),
        n=first.fit.n,
        variance=first.fit.variance,
        weight_kind=first.fit.weight_kind,
        lines=(errors_line(largest.fit),),
        notes=tuple(notes),
        backend=backend_of(first.source),
        codebook=fit_codebook(largest.fit),
    )
