"""Linear regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_conf_level
from peerstats.design import Asked, read_model
from peerstats.models._least_squares import fit_linear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from peerstats.design import Level, SurveyDesign
    from peerstats.models._result import ModelResult


__all__ = ["linear"]


def linear(
    formula: str,
    data: Any,
    *,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency", "precision"] = "sampling",
    cluster: str | None = None,
    design: SurveyDesign | None = None,
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
    """Model a number, such as a wage, tenure or a score.

    The mean of the outcome is linear in the terms.

    Parameters
    ----------
    formula : str
        Outcome and terms, as in ``"log(wage) ~ age + C(state)"``; the outcome is a column or an expression
        of columns. Operators are those of R: ``+ - : * / **``.
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
    weight_kind : {"sampling", "frequency", "precision"}
        Sampling weights: how many people a respondent stands for; errors never depend on their scale.
        Frequency weights: how many identical respondents a row stands for, whole numbers; everything
        equals rows repeated. Precision weights: the inverse of each row's error variance up to a factor,
        such as the number of people behind a mean.
    cluster : str, optional
        Column that names each row's cluster, such as a county.
    design : SurveyDesign, optional
        Strata, PSUs, weights, finite population correction or replicate weights, instead of `weights` and
        `cluster`. Errors are linearised, or by the design's replicates; with `where` the full design is
        kept. Degrees of freedom are PSUs less strata, counted over the strata with a row used.
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
        respondents minus 1; else observations minus coefficients. "residual" takes all coefficients but one
        off in every case, as R `svyglm`.
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

    Raises
    ------
    InputError
        If an argument, a weight, a cluster or an outcome cannot be used; the message names row and value.
    FormulaError
        If the formula cannot be read, holds what is not allowed, or its columns are linearly dependent.

    Notes
    -----
    Unweighted and with precision weights R `lm` and Stata `regress`; with sampling weights R
    `survey::svyglm` and Stata `svy: regress`; with clusters Stata `regress, vce(cluster)` but for its factor,
    which is CR1S.

    Corrections: HC1 n / (n - p), p all coefficients; CR1 G / (G - 1); CR1S that times (n - 1) / (n - p);
    linearized n / (n - 1), or G / (G - 1) with clusters. HC2 and HC3 divide each residual's square by
    (1 - h) and (1 - h)^2, h its leverage: R `sandwich::vcovHC`. CR2 and CR3 are R `clubSandwich::vcovCR`;
    with precision weights their inverse is the working covariance (`inverse_var = TRUE`), with sampling
    weights the identity is. Solved by orthogonal triangles, not by normal equations.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> staff = pd.DataFrame({"wage": [15.0, 16.5, 18.0, 19.5, 18.0, 22.0, 21.5, 25.0],
    ...                       "years": [1, 2, 3, 4, 1, 2, 3, 4], "peer": ["yes"] * 4 + ["no"] * 4})
    >>> result = ps.linear("wage ~ years + peer", staff, variance="HC3")
    >>> result.tidy()[["term", "estimate", "std_error", "df"]].round(3)
              term  estimate  std_error   df
    0    Intercept    17.188      1.405  5.0
    1  peer[T.yes]    -4.375      0.848  5.0
    2        years     1.775      0.397  5.0
    """
    call = "linear"
    conf_level = check_conf_level(conf_level, call)
    asked = Asked(
        call=call,
        formula=formula,
        numbers=True,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
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
    return fit_linear(rows, asked)
