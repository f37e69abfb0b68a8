"""Describe who is in a study: the first table of a paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.frames import tidy_backend
from peerstats._core.labels import codebook_of
from peerstats.errors import InputError
from peerstats.estimates import name_list, read_groups, read_sample
from peerstats.numerics import adjusted_p, one_blas_thread
from peerstats.results import with_codebook
from peerstats.tables._one_asked import Asked, read_asked
from peerstats.tables._one_compare import How, compare_levels, compare_numbers, difference
from peerstats.tables._one_describe import People, describe_levels, describe_numbers, sort_numbers
from peerstats.tables._one_read import CALL, MISSING_LEVEL, read_variables
from peerstats.tables._one_record import Characteristic, Compared, Description
from peerstats.tables._one_result import TableOneResult
from peerstats.tables._one_words import ADJUSTMENT_NAMES, digits_of, lines_of, notes_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from peerstats.design import SurveyDesign
    from peerstats.estimates import Groups, Sample
    from peerstats.tables._one_read import Variable
    from peerstats.tables._one_record import Summary

__all__ = ["table_one"]

_MOST_GROUPS = 20  # columns that a printed table can have


def _design_columns(design: SurveyDesign | None) -> set[str]:
    if design is None:
        return set()
    found: set[str] = set()
    for part in (design.weights, design.strata, design.cluster, design.fpc, design.replicates):
        found |= {part} if isinstance(part, str) else set(part or ())
    return found


def _check_groups(groups: Groups, by: str) -> None:
    if len(groups.labels) > _MOST_GROUPS:
        raise InputError(
            f"{CALL}(): by={by!r} has {len(groups.labels):,} groups, more than the {_MOST_GROUPS} columns "
            "that a table can have.",
            "Put its values into classes, or describe the groups by estimate(by=).",
        )


def _as_level(variable: Variable) -> Variable:
    """Make missing a level of its own."""
    if variable.codes is None or not (variable.codes < 0).any():
        return variable
    codes = np.where(variable.codes < 0, len(variable.levels), variable.codes)
    return replace(variable, kind="categorical", codes=codes, levels=(*variable.levels, MISSING_LEVEL))


def _characteristic(variable: Variable, people: People, plain: People | None, how: How, asked: Asked) -> Any:
    """Describe one column and compare it between the groups."""
    test = asked.test_of(variable)
    summary: Summary = "count"
    described: Description
    unweighted: Description | None = None
    compared = Compared()
    levels = variable.levels
    if variable.values is not None:
        summary = asked.summary_of(variable)
        found = sort_numbers(people, variable.values)
        described = describe_numbers(people, found)
        if plain is not None:
            unweighted = describe_numbers(plain, replace(found, weights=None, copies=plain.copies))
        if test != "none":
            kind = ("mean" if summary == "mean_sd" else "rank") if test == "auto" else test
            compared = compare_numbers(how, kind, variable.values, found, described)
    else:
        codes = np.asarray(variable.codes)
        mine = codes[people.rows]
        described = describe_levels(people, variable, mine)
        if plain is not None:
            unweighted = describe_levels(plain, variable, mine)
        if test != "none":
            compared = compare_levels(how, test, codes, described.counts[:, 1:])
        occurs = described.counts[:, 0] > 0
        if variable.kind != "truth" and not occurs.all():
            # levels that only people outside the table have
            levels = tuple(level for level, seen in zip(levels, occurs, strict=True) if seen)
            described = replace(described, counts=described.counts[occurs], shares=described.shares[occurs])
    compared = replace(
        compared,
        smd=difference(described, how.smd),
        smd_unweighted=np.nan if unweighted is None else difference(unweighted, how.smd),
    )
    return Characteristic(
        name=variable.name,
        label=variable.label,
        kind=variable.kind,
        summary=summary,
        levels=levels,
        digits=asked.digits.get(variable.name, digits_of(described, summary)),
        description=described,
        compared=compared,
        p_adjusted=np.nan,
    )


def _people(sample: Sample, groups: Groups, *, weighted: bool) -> People:
    rows = np.flatnonzero(groups.code >= 0)
    return People(
        rows=rows,
        group=groups.code[rows],
        n_groups=len(groups.labels),
        weights=sample.weights[rows] if weighted and sample.copies is None else None,
        copies=None if sample.copies is None else sample.copies[rows],
    )


def table_one(
    data: Any,
    columns: Sequence[str] | None = None,
    *,
    by: str | None = None,
    where: Any = None,
    design: SurveyDesign | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    cluster: str | None = None,
    continuous: Literal["mean_sd", "median_iqr"] | Mapping[str, str] = "mean_sd",
    categorical: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
    tests: bool | Mapping[str, str] = True,
    correction: bool = False,
    equal_var: bool = False,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
    smd: bool | Literal["mean", "max"] = False,
    overall: bool = True,
    missing: Literal["rows", "levels", "none"] = "rows",
    digits: int | Mapping[str, int] | None = None,
) -> TableOneResult:
    """Describe a sample, in groups: the first table of a paper.

    Parameters
    ----------
    data : frame, Survey or ScoreResult
        One row a respondent.
    columns : sequence of str, optional
        What is described, in this order; by default every column that can be, the others named.
    by : str, optional
        Column of groups, at most 20. Respondents without a group are counted and left out.
    where : str or sequence of bool, optional
        The subpopulation: name of a boolean column, or one boolean a row.
    design : SurveyDesign, optional
        The sampling plan.
    weights : str, optional
        Column of weights, in place of a design. Respondents of weight zero are counted and left out.
    weight_kind : {"sampling", "frequency"}
        What they mean. Frequency weights equal rows repeated.
    cluster : str, optional
        Column of PSUs, in place of a design.
    continuous : {"mean_sd", "median_iqr"} or mapping
        How numbers are described; a mapping says so by column, "mean_sd" for columns that it does not name.
        A column of 0 and 1 is described by the share of 1 unless the mapping names it.
        Dates are always described by median and quartiles, to the day.
    categorical : collection of str
        Columns of numbers that are codes of levels. Text, and numbers whose every value has a label, are
        levels in any case.
    labels : mapping of str to str, optional
        What is printed for columns; by default the labels of a `Survey`.
    tests : bool or mapping
        Whether groups are compared. A mapping chooses by column: "auto", "mean", "rank", "chi_square",
        "fisher" or "none".
    correction : bool
        Whether Pearson's chi-square of a 2 x 2 table has Yates's correction.
    equal_var : bool
        Whether tests of means take the groups' variances as equal: Student's t and the analysis of variance
        in place of Welch's tests.
    adjust : {"none", "holm", "bh", "sidak"}
        Adjustment of the p-values for their number: Holm's, Benjamini and Hochberg's, or Sidak's.
    smd : {False, True, "mean", "max"}
        Standardised differences; of more than two groups the mean (True is the same) or the largest of the
        differences of every two.
    overall : bool
        Whether the whole sample is printed beside the groups.
    missing : {"rows", "levels", "none"}
        Missing values as a row below the column, as a level that counts in shares and tests, or only in the
        number of those who have a value.
    digits : int or mapping of str to int, optional
        Decimals of numbers; by default 2, 1 or 0 by the size of the standard deviation.

    Returns
    -------
    TableOneResult
        `.tidy()`, the printed table, and `.plot()` of the standardised differences.

    Raises
    ------
    InputError
        If a column is absent or cannot be described, nobody has a group, there are more than 20 groups, a
        choice does not suit its column, or the weights do not serve.

    Notes
    -----
    Counts are of respondents and never weighted. With sampling weights or a design the shares, means,
    standard deviations (R's ``svyvar``) and quantiles are weighted. Quartiles are Hyndman and Fan's type 7,
    the default of R's ``quantile``; weighted, R's ``svyquantile(qrule = "hf7")``.

    Tests of counted respondents: Welch's t or F of means (``oneway.test``), Wilcoxon's rank sum or Kruskal
    and Wallis's (``kruskal.test``) where the median is printed, Pearson's chi-square (``chisq.test(correct =
    FALSE)``) of levels, and Fisher's exact test where an expected count is below 5 in a 2 x 2 table, or below
    1, or more than a fifth are below 5 in a larger one (Cochran's rule). R's ``tableone`` has
    ``correction=True`` and ``equal_var=True``, and Fisher's test only where it is asked for.

    Tests with sampling weights or a design: ``svyttest``, and Wald's F of more groups; Lumley and Scott's
    rank test, ``svyranktest``; Rao and Scott's F, ``svychisq``.

    The standardised difference of means is abs(m1 - m2) / sqrt((s1^2 + s2^2) / 2), that of shares Yang and
    Dalton's Mahalanobis distance. With weights both are of the weighted numbers; `tidy` has the unweighted
    ones beside them.

    A note names columns whose mean misleads: those with a skewness beyond 2, and those never below zero whose
    mean is less than two standard deviations above it (Altman and Bland's rule).

    References
    ----------
    .. [1] Altman and Bland (1996), BMJ 313, 1200.
    .. [2] Cochran (1954), Biometrics 10(4), 417-451.
    .. [3] Lumley and Scott (2013), Biometrika 100(4), 831-842.
    .. [4] Yang and Dalton (2012), SAS Global Forum, paper 335.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> first = people[people["wave"] == 1]
    >>> table = ps.table_one(first, ["age", "veteran"], by="rurality", smd=True)
    >>> table.tidy()[["column", "group", "n", "mean", "share", "p_value"]].round(3).head(6)
        column     group    n    mean  share  p_value
    0      age       all  400  48.638    NaN    0.383
    1      age     rural   83  49.747    NaN    0.383
    2      age  suburban  147  47.680    NaN    0.383
    3      age     urban  170  48.924    NaN    0.383
    4  veteran       all  400     NaN  0.138    0.215
    5  veteran     rural   83     NaN  0.120    0.215
    """
    check_choice(missing, ("rows", "levels", "none"), "missing", CALL)
    check_choice(adjust, tuple(ADJUSTMENT_NAMES), "adjust", CALL)
    names = None if columns is None else name_list(columns, "columns", CALL)
    sample = read_sample(
        data,
        where=where,
        design=design,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
        call=CALL,
    )
    if by is not None and not isinstance(by, str):
        raise InputError(f"{CALL}(): by={by!r} is not a name.", "Name one column of groups.")
    groups = read_groups(sample, by, CALL)
    _check_groups(groups, str(by))
    surveyed = design is not None or cluster is not None or (weights is not None and sample.copies is None)
    asked = read_asked(
        continuous=continuous,
        categorical=categorical,
        tests=tests,
        correction=correction,
        equal_var=equal_var,
        smd=smd,
        digits=digits,
        known=sample.frame.columns,
        by=by,
        surveyed=surveyed,
    )
    book = codebook_of(data)
    frame_names = sample.frame.columns
    printed = {} if book is None else {name: book.label(name) for name in frame_names}
    words = {} if book is None else {name: book.labels(name) for name in frame_names if book.labels(name)}
    variables, left_out = read_variables(
        sample,
        names,
        left_out=_design_columns(design) | {x for x in (by, weights, cluster, where) if isinstance(x, str)},
        categorical=asked.categorical,
        as_numbers=asked.as_numbers,
        labels=printed | dict(labels or {}),
        level_labels=words,
    )
    if missing == "levels":
        variables = tuple(_as_level(variable) for variable in variables)
    people = _people(sample, groups, weighted=surveyed)
    how = How(
        sample=sample if surveyed else None,
        group=groups.code,
        n_groups=people.n_groups,
        correction=correction,
        equal_var=equal_var,
        smd=asked.smd,
    )
    plain = replace(people, weights=None) if people.weights is not None and asked.smd != "none" else None
    with one_blas_thread():
        rows = [_characteristic(variable, people, plain, how, asked) for variable in variables]
    adjusted = adjusted_p(np.array([row.compared.p_value for row in rows]), adjust)
    rows = [replace(row, p_adjusted=float(p)) for row, p in zip(rows, adjusted, strict=True)]
    of_group = {} if by is None else words.get(by, {})
    names_of = [str(of_group.get(label[0], label[0])) if label else "all" for label in groups.labels]
    result = TableOneResult(
        characteristics=tuple(rows),
        by=by,
        by_label=None if by is None else (labels or {}).get(by, printed.get(by, by)),
        groups=tuple(names_of),
        overall=overall or by is None,
        missing=missing,
        adjust=adjust,
        smd=asked.smd,
        weight_kind=sample.weight_kind,
        n=sample.count(groups.code >= 0),
        n_by_group=tuple(sample.count(groups.code == i) for i in range(people.n_groups)),
        lines=lines_of(sample, groups, left_out, surveyed=surveyed),
        notes=notes_of(
            rows,
            by=by,
            n_groups=people.n_groups,
            smd=asked.smd,
            adjust=adjust,
            weighted=people.weights is not None,
        ),
        backend=tidy_backend(sample.frame),
    )
    return with_codebook(result, data, by)
