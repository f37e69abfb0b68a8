"""Two-way tables of a survey with the test of independence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_columns, check_conf_level
from peerstats._core.frames import nw, read_words
from peerstats.engines import as_batches
from peerstats.errors import InputError
from peerstats.estimates._crosstab_result import CrosstabResult
from peerstats.estimates._limits import share_limits
from peerstats.estimates._linear import (
    MOST_CROSSED,
    Linear,
    Sums,
    linear_estimates,
    logit_errors,
    replicate_covariance,
)
from peerstats.estimates._read_summed import read_summed
from peerstats.estimates._sample import Sample, held_rows, read_sample
from peerstats.numerics import IndependenceTest, pearson_test, rao_scott_test, wald_test
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from peerstats.design import SurveyDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["cell_shares", "crosstab"]

_TESTS = {"F": "Rao-Scott F", "chisq": "Rao-Scott chi-square", "wald": "Wald F"}
_FEWEST = 2  # levels that can depend on something


def _levels(sample: Sample, name: str, known: BoolArray) -> tuple[IntArray, list[str], list[str]]:
    """Return codes among the levels that occur in some rows, these levels, and the words of the others."""
    codes, found = read_words(sample.frame, name)
    occurs = np.bincount(codes[known], minlength=len(found)) > 0
    place = np.full(len(found) + 1, -1, dtype=np.int64)
    place[np.flatnonzero(occurs)] = np.arange(occurs.sum())
    kept = [str(level) for level, seen in zip(found, occurs, strict=True) if seen]
    series = sample.frame[name]
    declared = series.cat.get_categories().to_list() if series.dtype in (nw.Categorical, nw.Enum) else found
    return place[codes], kept, [str(level) for level in declared if str(level) not in kept]


def cell_shares(sample: Sample, found: Linear, whole: IntArray) -> tuple[Array, Array, Array | None]:
    """Return shares of the cells' totals in those of the same `whole`, their covariance and replicates."""
    totals = np.nan_to_num(found.estimate.ravel())
    same = whole[:, None] == whole
    below = same @ totals
    shares = totals / below
    if found.values is not None:
        with np.errstate(invalid="ignore"):
            values = found.values / (found.values @ same)
        return shares, replicate_covariance(sample, values, shares), values
    turn = (np.eye(len(totals)) - same * shares[:, None]) / below[:, None]
    return shares, turn @ _covariance(found) @ turn.T, None


def _covariance(found: Linear) -> Array:
    if found.covariance is None:
        raise ValueError("cells without their covariance")
    return found.covariance


def _test(
    sample: Sample, found: Linear, df: float, shape: tuple[int, int], statistic: str
) -> IndependenceTest:
    if statistic == "wald":
        return wald_test(np.nan_to_num(found.estimate).reshape(shape), _covariance(found), df)
    shares, covariance, _ = cell_shares(sample, found, np.zeros(shape[0] * shape[1], dtype=np.int64))
    return rao_scott_test(shares.reshape(shape), covariance, df, order=2 if statistic == "F" else 1)


def crosstab(
    data: Any,
    rows: str,
    columns: str,
    *,
    where: Any = None,
    design: SurveyDesign | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    cluster: str | None = None,
    percent: Literal["row", "column", "total"] = "row",
    statistic: Literal["F", "chisq", "wald"] = "F",
    continuity: bool = False,
    interval: Literal["logit", "mean", "beta", "asin"] = "logit",
    conf_level: float = 0.95,
) -> CrosstabResult:
    """Cross-tabulate two columns, with the errors of the survey's design and a test of independence.

    Parameters
    ----------
    data : frame, ScoreResult or rows of an engine
        One row a respondent; a `ScoreResult` brings its scores. Rows that
        an engine holds (a DuckDB relation, polars LazyFrame, Spark DataFrame, pyarrow Dataset or ParquetFile)
        are added up by it, and never read into memory; `where` is then a column's name, and designs with
        replicates or raking are refused.
    rows, columns : str
        Columns of words, truth values or whole numbers: the table's rows and columns. Respondents who lack
        one are counted and left out; levels that nobody has are left out and named.
    where : str or sequence of bool, optional
        The subpopulation: name of a boolean column, or one boolean a row. The others stay in the design.
    design : SurveyDesign, optional
        Weights, strata, PSUs, replicates, raking. Without it and without weights: a simple random sample.
    weights : str, optional
        Column of weights, in place of a design that holds nothing else.
    weight_kind : {"sampling", "frequency"}
        What they mean. Frequency weights equal rows repeated.
    cluster : str, optional
        Column of PSUs, in place of a design.
    percent : {"row", "column", "total"}
        What shares are shares of.
    statistic : {"F", "chisq", "wald"}
        The test: Rao and Scott's second-order F, their first-order chi-square, or Wald's F.
    continuity : bool
        Whether Pearson's chi-square of the plain counts, given beside it, has Yates's correction in a 2 x 2
        table.
    interval : {"logit", "mean", "beta", "asin"}
        Limits of the shares, as in `estimate`.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    CrosstabResult
        Shares with errors and limits, counts, weighted counts and the tests.

    Raises
    ------
    SourceError
        If an engine fails, or its rows change between two passes.
    InputError
        If a column is absent or has too many values, nobody has both, or the design does not fit.

    Notes
    -----
    Pearson's statistic of the weighted shares is divided by the sum of the generalised design effects; the
    quotient has an F distribution on d and d x df degrees of freedom, d = (sum of effects)^2 / sum of squared
    effects. R's ``survey::svychisq``, Stata's ``svy: tabulate``. Degrees of freedom are the design's, over
    the strata with a member; R counts PSUs with a member. The plain Pearson statistic knows neither weights
    nor design: it is there for unweighted samples, and for comparison.

    References
    ----------
    .. [1] Rao and Scott (1984), Annals of Statistics 12(1), 46-60.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> table = ps.crosstab(people, "gender", "rurality", weights="weight", cluster="subject")
    >>> table.tests()["test"].tolist()
    ['Rao-Scott F', 'Pearson chi-square of counts']
    """
    call = "crosstab"
    check_choice(percent, ("row", "column", "total"), "percent", call)
    check_choice(statistic, tuple(_TESTS), "statistic", call)
    check_choice(interval, ("logit", "mean", "beta", "asin"), "interval", call)
    conf_level = check_conf_level(conf_level, call)
    given: dict[str, Any] = {"where": where, "design": design, "weights": weights, "weight_kind": weight_kind}
    given["cluster"] = cluster
    held = held_rows(data)
    batches = as_batches(held, call)
    sample = (
        read_sample(held, call=call, **given)
        if batches is None
        else read_summed(batches, levels=tuple(dict.fromkeys([rows, columns])), **given)
    )
    check_columns([rows, columns], sample.frame.columns, call)
    if rows == columns:
        raise InputError(f"{call}(): rows= and columns= are both {rows!r}.", "Name two columns.")
    known = sample.inside.copy()
    for name in (rows, columns):
        known &= read_words(sample.frame, name)[0] >= 0
    if not known.any():
        raise InputError(
            f"{call}(): nobody has both {rows!r} and {columns!r}.",
            "Check the columns, where= and the weights.",
        )
    row_code, row_levels, row_empty = _levels(sample, rows, known)
    column_code, column_levels, column_empty = _levels(sample, columns, known)
    shape = (len(row_levels), len(column_levels))
    n_cells = shape[0] * shape[1]
    if n_cells > MOST_CROSSED:
        raise InputError(
            f"{call}(): {rows!r} by {columns!r} has {shape[0]:,} x {shape[1]:,} cells.",
            "A table is of categories: put the values into classes.",
        )
    cell = np.where(known, row_code * shape[1] + column_code, -1)
    whole = {
        "row": np.repeat(np.arange(shape[0]), shape[1]),
        "column": np.tile(np.arange(shape[1]), shape[0]),
        "total": np.zeros(n_cells, dtype=np.int64),
    }[percent]
    # each cell is a group, and its people's weights are what it adds
    found = linear_estimates(
        sample,
        Sums(
            top=known[:, None].astype(float), bottom=None, used=known[:, None], group=cell, n_groups=n_cells
        ),
    )
    shares, covariance, values = cell_shares(sample, found, whole)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    member = np.where(known, whole[cell], -1)
    df = np.array([sample.degrees_of_freedom(member == k) for k in range(whole.max() + 1)])[whole]
    copies = np.where(known, sample.counts, 0.0)
    n, w, w2 = (
        np.bincount(member[known], weights=each[known])[whole]
        for each in (copies, sample.weights, sample.squares)
    )
    low, high = share_limits(
        shares,
        errors,
        df,
        n=n,
        design_effect=n * w2 / w**2,
        interval=interval,
        conf_level=conf_level,
        logit_error=logit_errors(sample, values, shares) if interval == "logit" else None,
    )
    counts = np.bincount(cell[known], weights=sample.counts[known], minlength=n_cells).astype(float)
    tests: dict[str, IndependenceTest] = {}
    if min(shape) >= _FEWEST:
        tests[_TESTS[statistic]] = _test(sample, found, sample.degrees_of_freedom(known), shape, statistic)
        corrected = continuity and shape == (2, 2)
        name = f"Pearson chi-square of counts{', Yates-corrected' if corrected else ''}"
        tests[name] = pearson_test(counts.reshape(shape), continuity=continuity)
    result = CrosstabResult(
        rows=rows,
        columns=columns,
        row_levels=tuple(row_levels),
        column_levels=tuple(column_levels),
        percent=percent,
        numbers={
            "estimate": shares,
            "std_error": errors,
            "df": df,
            "conf_low": low,
            "conf_high": high,
            "n": counts.astype(np.int64),
            "sum_weights": np.nan_to_num(found.estimate.ravel()),
        },
        independence=tests,
        n=sample.count(known),
        n_missing=sample.count(sample.inside & ~known),
        variance=sample.arrays.variance,
        weight_kind=sample.weight_kind,
        interval=interval,
        conf_level=conf_level,
        lines=_lines(sample, known, rows, columns),
        notes=_notes(shape, {rows: row_empty, columns: column_empty}, shares, continuity=continuity),
        backend=sample.backend,
    )
    return with_codebook(result, data)


def _lines(sample: Sample, known: BoolArray, rows: str, columns: str) -> tuple[str, ...]:
    whole, used = sample.count(sample.inside), sample.count(known)
    lost = f" ({whole - used:,} without {rows} or {columns})" if used < whole else ""
    return (f"{used:,} of {whole:,} respondents{lost}", *sample.lines)


def _notes(
    shape: tuple[int, int], empty: dict[str, list[str]], shares: Array, *, continuity: bool
) -> tuple[str, ...]:
    notes = [
        f"Nobody has {name} {', '.join(map(repr, words))}: left out."
        for name, words in empty.items()
        if words
    ]
    if min(shape) < _FEWEST:
        notes.append("No test: a row or a column is the only one.")
    if continuity and shape != (2, 2):
        notes.append("No continuity correction: it is for 2 x 2 tables.")
    if np.isin(shares, (0.0, 1.0)).any():
        notes.append(
            "A share of 0 or 1 has no error to go by: its limits are Clopper and Pearson's on n over Kish's "
            "design effect."
        )
    return tuple(notes)
