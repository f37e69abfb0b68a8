"""Ordinal regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_conf_level
from peerstats.design import Asked, read_model
from peerstats.models._cumulative import fit_ordinal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from peerstats.design import Level, SurveyDesign
    from peerstats.models._result import ModelResult


__all__ = ["ordinal"]


def ordinal(
    formula: str,
    data: Any,
    *,
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
    missing: Literal["drop", "raise"] = "drop",
    conf_level: float = 0.95,
) -> ModelResult:
    """Model an outcome of ordered levels, such as an item on satisfaction, by proportional odds.

    The log odds of a level or a lower one against all higher ones are a threshold less x'b, with the same
    slopes b at every threshold: a positive slope goes with higher levels.

    Parameters
    ----------
    formula : str
        Outcome and terms, as in ``"satisfaction ~ age + C(state)"``. Thresholds stand for the intercept, so
        that none can be taken away. Operators are those of R: ``+ - : * / **``.
        Allowed are column names, numbers, arithmetic, comparisons, ``log exp sqrt abs`` and the like,
        ``I()``, ``Q("a name")``, ``C(column)`` with a contrast such as ``Treatment("reference")`` or ``Sum``,
        ``center standardize`` and the splines ``bs cr cc``; nothing else is evaluated. Text, boolean and
        categorical columns are categories, numbers are numbers.
    data : frame
        One row per respondent: pandas, polars or pyarrow; or a pyarrow Dataset or ParquetFile, a DuckDB
        relation or a polars LazyFrame, which is read in batches at each pass and never held in memory; or a
        Spark DataFrame, whose rows stay with Spark's workers.
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
        Column of a known part of the linear predictor x'b, with a coefficient of 1.
    where : str or sequence of bool, optional
        Rows to model: the name of a column of True and False, or one True or False a row. With sampling
        weights or a design these are a subpopulation: rows outside still count in n / (n - 1) and in the
        degrees of freedom.
    levels : dict, optional
        For the outcome all of its levels, the lowest first: needed where it is text. Numbers and booleans
        are ordered, and so are pandas' ordered categoricals and polars' Enum. For a category of the
        formula's right side its reference level, or a list of all of its levels, the reference first.
    variance : str
        Kind of the standard errors: "auto", "model", "HC0", "HC1", "CR0", "CR1", "CR1S", "linearized" or
        "replicate". "auto" is CR1 with clusters, else linearized with sampling weights, else model. HC2,
        HC3, CR2 and CR3 are defined for models of one equation and refused.
    df : {"design", "residual"}
        Degrees of freedom of tests and intervals. "design": clusters minus 1; with sampling weights
        respondents minus 1; else the normal is used. "residual" takes all coefficients but one off as well.
    n_replicates : int, optional
        With variance="replicate": how many times respondents, or with clusters whole clusters, are drawn
        with replacement; 1,000 by default. Refits without a solution are counted and left out.
    rng : Generator or int, optional
        With variance="replicate": where the draws come from.
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
        Slopes come first, then thresholds, named by the levels on both sides: "low|mid". Ratios and the plot
        leave thresholds out.

    Raises
    ------
    InputError
        If an argument, a weight, a cluster or an outcome cannot be used: text without an order, one level.
    FormulaError
        If the formula cannot be read, holds what is not allowed, or its columns are linearly dependent.
    ConvergenceError
        If terms separate lower from higher levels, so that coefficients grow without end.

    See Also
    --------
    brant_test : Whether the slopes are the same at every threshold.

    Notes
    -----
    logit P(y <= j) = threshold_j - x'b, as R `MASS::polr` and Stata `ologit`; with a design R
    `survey::svyolr`. Two levels are logistic regression, the threshold minus its intercept. Errors come from
    the observed information, as Stata's; polr differentiates numerically, and agrees to three digits.
    Levels without rows are left out and named. Newton's method, to a maximum at which no linear predictor
    changes.

    Corrections: HC1 n / (n - p), p slopes and thresholds; CR1 G / (G - 1); CR1S that times (n - 1) / (n - p);
    linearized n / (n - 1), or G / (G - 1) with clusters.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> staff = pd.DataFrame({"satisfied": ["low", "mid", "high"] * 2, "trained": ["no"] * 3 + ["yes"] * 3,
    ...                       "people": [40, 35, 25, 20, 35, 45]})
    >>> result = ps.ordinal("satisfied ~ trained", staff, levels={"satisfied": ["low", "mid", "high"]},
    ...                     weights="people", weight_kind="frequency")
    >>> result.tidy()[["term", "estimate", "std_error"]].round(3)
                 term  estimate  std_error
    0  trained[T.yes]     0.936      0.268
    1         low|mid    -0.421      0.196
    2        mid|high     1.123      0.211
    """
    call = "ordinal"
    conf_level = check_conf_level(conf_level, call)
    asked = Asked(
        call=call,
        formula=formula,
        ordered=True,
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
    )
    rows = read_model(asked, data)
    return fit_ordinal(rows, asked)
