"""Logistic regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_conf_level
from peerstats.design import Asked, read_model
from peerstats.models._firth import check_penalty, fit_likelihood
from peerstats.models._logit import require_two

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from peerstats.design import Level, SurveyDesign
    from peerstats.models._result import ModelResult


__all__ = ["logistic"]


def logistic(
    formula: str,
    data: Any,
    *,
    base: Level | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    cluster: str | None = None,
    design: SurveyDesign | None = None,
    offset: str | None = None,
    where: str | Sequence[bool] | None = None,
    levels: Mapping[str, Level | Sequence[Level]] | None = None,
    variance: Literal[
        "auto",
        "model",
        "HC0",
        "HC1",
        "HC2",
        "HC3",
        "CR0",
        "CR1",
        "CR1S",
        "CR2",
        "CR3",
        "linearized",
        "replicate",
    ] = "auto",
    df: Literal["design", "residual"] = "design",
    n_replicates: int | None = None,
    rng: np.random.Generator | int | None = None,
    penalty: Literal["firth"] | None = None,
    missing: Literal["drop", "raise"] = "drop",
    conf_level: float = 0.95,
) -> ModelResult:
    """Model an outcome of two levels.

    The log odds of the other level against the base are linear in the terms.

    Parameters
    ----------
    formula : str
        Outcome and terms, as in ``"employed ~ age + C(state)"``. Operators are those of R: ``+ - : * / **``.
        Allowed are column names, numbers, arithmetic, comparisons, ``log exp sqrt abs`` and the like,
        ``I()``, ``Q("a name")``, ``C(column)`` with a contrast such as ``Treatment("reference")`` or ``Sum``,
        ``center standardize`` and the splines ``bs cr cc``; nothing else is evaluated. Text, boolean and
        categorical columns are categories, numbers are numbers.
    data : frame
        One row per respondent: pandas, polars or pyarrow; or a pyarrow Dataset or ParquetFile, a DuckDB
        relation or a polars LazyFrame, which is read in batches at each pass and never held in memory; or a
        Spark DataFrame, whose rows stay with Spark's workers.
    base : str, int or bool, optional
        Outcome level that the others are compared with. The default is the first: in a categorical
        column's order, else sorted; it is printed.
    weights : str, optional
        Column of weights. Rows with a weight of zero leave the fit and are counted.
    weight_kind : {"sampling", "frequency"}
        Sampling weights: how many people a respondent stands for; errors never depend on their scale.
        Frequency weights: how many identical respondents a row stands for, whole numbers; everything
        equals rows repeated.
    cluster : str, optional
        Column that names each row's cluster, such as a county.
    design : SurveyDesign, optional
        Strata, PSUs, weights, finite population correction or replicate weights, instead of `weights` and
        `cluster`. Errors are linearised, or by the design's replicates; with `where` the full design is
        kept. Degrees of freedom are PSUs less strata, counted over the strata with a row used.
    offset : str, optional
        Column of a known part of the log odds, with a coefficient of 1.
    where : str or sequence of bool, optional
        Rows to model: the name of a column of True and False, or one True or False a row. With sampling
        weights or a design these are a subpopulation: rows outside still count in n / (n - 1) and in the
        degrees of freedom.
    levels : dict, optional
        For a category of the formula its reference level, or a list of all of its levels, the reference
        first.
    variance : str
        Kind of the standard errors: "auto", "model", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2",
        "CR3", "linearized" or "replicate". "auto" is CR1 with clusters, else linearized with sampling
        weights, else model. With few clusters take CR2: it corrects the bias, and each coefficient has
        degrees of freedom of its own (Satterthwaite).
    df : {"design", "residual"}
        Degrees of freedom of tests and intervals. "design": clusters minus 1; with sampling weights
        respondents minus 1; else the normal is used. "residual" takes all coefficients but one off as well,
        as R `svyglm`.
    n_replicates : int, optional
        With variance="replicate": how many times respondents, or with clusters whole clusters, are drawn
        with replacement; 1,000 by default. Refits without a solution are counted and left out.
    rng : Generator or int, optional
        With variance="replicate": where the draws come from.
    penalty : {"firth"}, optional
        Firth's penalty, the prior of Jeffreys: estimates are finite where terms separate the outcomes, and
        less biased in small samples. Tests and limits are those of the penalised profile likelihood. Weights
        are frequencies, rows independent.
    missing : {"drop", "raise"}
        Rows with a missing value in a column of the formula are left out and counted, or are an error.
        A row that lacks several counts under the first, outcome before predictors, predictors in the
        formula's order.
    conf_level : float
        Confidence level of the intervals, a fraction.

    Returns
    -------
    ModelResult
        With `.tidy()`, `.glance()`, `.summary()`, `.predict()`, `.covariance()`, `.plot()`, `.to_dict()`.

    Raises
    ------
    InputError
        If an argument, a weight, a cluster or an outcome cannot be used; the message names row and value.
    FormulaError
        If the formula cannot be read, holds what is not allowed, or its columns are linearly dependent.
    ConvergenceError
        If terms separate the outcomes, so that coefficients grow without end.

    Notes
    -----
    Unweighted fits are those of R `glm(binomial)` and Stata `logit`; with sampling weights those of R
    `survey::svyglm(quasibinomial())` and Stata `svy: logit`; with clusters Stata `logit, vce(cluster)`.

    Corrections: HC1 n / (n - p), p all coefficients; CR1 G / (G - 1); CR1S that times (n - 1) / (n - p);
    linearized n / (n - 1), or G / (G - 1) with clusters. HC2 and HC3 divide each residual's square by
    (1 - h) and (1 - h)^2, h its leverage: R `sandwich::vcovHC`. CR2 and CR3 are R `clubSandwich::vcovCR`.
    Newton's method, to a maximum at which no linear predictor changes.

    With penalty="firth" the largest l + log|I| / 2, I the information of all coefficients: R
    `glm(method = brglm2::brglmFit)` and `logistf`. A coefficient's test is twice the fall of that sum
    at 0, the others at their best, and its limits are where the fall is the chi-square quantile, as in R
    `logistf`. On separated rows the others may have several best places; the highest of those found from many
    starts is taken. Standard errors are those of the inverse information.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> trial = pd.DataFrame({"employed": ["yes", "no"] * 2, "arm": ["new", "new", "old", "old"],
    ...                       "people": [325, 123, 175, 104]})
    >>> result = ps.logistic("employed ~ arm", trial, levels={"arm": "old"}, weights="people",
    ...                      weight_kind="frequency")
    >>> result.tidy(exponentiate=True)[["term", "estimate", "conf_low", "conf_high"]].round(3)
             term  estimate  conf_low  conf_high
    0   Intercept     1.683     1.320      2.145
    1  arm[T.new]     1.570     1.141      2.161
    """
    call = "logistic"
    conf_level = check_conf_level(conf_level, call)
    asked = Asked(
        call=call,
        formula=formula,
        base=base,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
        offset=offset,
        survey=design,
        where=where,
        levels=levels,
        missing=missing,
        variance=variance,
        df=df,
        conf_level=conf_level,
        n_replicates=n_replicates,
        rng=rng,
        penalty=penalty,
    )
    check_penalty(asked)
    rows = read_model(asked, data)
    require_two(rows, call, "Use multinomial(), or make a column with two levels.")
    return fit_likelihood(rows, asked)
