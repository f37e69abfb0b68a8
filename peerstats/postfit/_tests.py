"""Tests of terms, of linear hypotheses, and of outcomes that may be merged."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError
from peerstats.postfit._hypothesis import merge_hypothesis, read_hypothesis, slope_columns, term_hypotheses
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._test_result import TestResult, errors_line
from peerstats.postfit._tested import check_fit, run_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._tested import Tested

__all__ = ["backend_of", "judge_merging", "judge_terms"]

_CR2 = "CR2: F takes the least of the coefficients' Satterthwaite degrees of freedom; HTZ is not computed."


def backend_of(source: FitSource | None) -> str:
    """Return the library of the caller's frames; pandas for a saved fit."""
    return "pandas" if source is None else source.rows.source.backend


def _result(
    fit: ModelFit,
    source: FitSource | None,
    *,
    kind: str,
    title: str,
    labels: dict[str, tuple[str, ...]],
    tested: tuple[Tested, ...],
    notes: tuple[str, ...],
) -> TestResult:
    return TestResult(
        kind=kind,
        title=title,
        labels=labels,
        tested=tested,
        n=fit.n,
        variance=fit.variance,
        weight_kind=fit.weight_kind,
        lines=(errors_line(fit),),
        notes=notes,
        backend=backend_of(source),
        outcome=fit.outcome,
        codebook=fit_codebook(fit),
    )


def _notes(fit: ModelFit, kind: str, *, adjust: bool) -> tuple[str, ...]:
    notes = []
    of_units = fit.variance.startswith("CR") or fit.variance in ("linearized", "replicate")
    if kind in ("wald", "score") and of_units:
        notes.append(
            "F = W (d - q + 1) / (d q) on q and d - q + 1 degrees of freedom (adjusted, as Stata svy)."
            if adjust
            else "F = W / q on q and d degrees of freedom (not adjusted, as R survey)."
        )
    if kind == "wald" and fit.variance == "CR2":
        notes.append(_CR2)
    return tuple(notes)


def judge_terms(
    fit: ModelFit,
    source: FitSource | None,
    terms: str | Sequence[str] | None = None,
    *,
    kind: str = "wald",
    joint: bool = False,
    by_outcome: bool = False,
    hypothesis: Any = None,
    null: Any = None,
    adjust: bool = True,
    approximation: str = "saddlepoint",
) -> TestResult:
    """Test terms or a linear hypothesis; the arguments are those of `ModelResult.test`.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Its rows.
    terms : str or sequence of str, optional
        Terms of the formula.
    kind : {"wald", "score", "lr"}
        The test.
    joint : bool
        Whether the terms are tested together.
    by_outcome : bool
        Whether each outcome is tested on its own.
    hypothesis : str, sequence of str or (q, p) array, optional
        A linear hypothesis instead of terms.
    null : float or (q,) array, optional
        Value of a hypothesis that is a matrix.
    adjust : bool
        Whether F is adjusted.
    approximation : {"saddlepoint", "satterthwaite"}
        For a Rao-Scott likelihood ratio.

    Returns
    -------
    TestResult
        The tests.

    Raises
    ------
    InputError
        If a term, an outcome or a coefficient is not in the model, or the test is not defined for the fit.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import judge_terms
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> fit = ps.logistic("job ~ age", jobs).fit
    >>> judge_terms(fit, None).tidy()["statistic"].round(4).tolist()
    [0.05]
    """
    call = "test"
    check_fit(fit, kind, approximation, call)
    if hypothesis is not None:
        if terms is not None or joint or by_outcome:
            raise InputError(
                f"{call}(): hypothesis= beside terms.", "Give one of them; a list is tested jointly."
            )
        asked = [read_hypothesis(fit, hypothesis, null, call)]
    else:
        if null is not None:
            raise InputError(f"{call}(): null= without hypothesis=.", "Terms are tested against 0.")
        asked = term_hypotheses(fit, terms, joint=joint, by_outcome=by_outcome, call=call)
    tested = tuple(
        run_test(fit, source, each, kind=kind, adjust=adjust, approximation=approximation, call=call)
        for each in asked
    )
    labels = {"outcome": tuple(each.outcome or "" for each in asked)} if by_outcome else {}
    labels["term"] = tuple(each.name for each in asked)
    what = "a linear hypothesis" if hypothesis is not None else "terms"
    over = "" if hypothesis is not None or len(fit.equations) == 1 else ", over all outcomes"
    return _result(
        fit,
        source,
        kind="test",
        title=f"Tests of {what}{', by outcome' if by_outcome else over}",
        labels=labels,
        tested=tested,
        notes=_notes(fit, kind, adjust=adjust),
    )


def judge_merging(
    fit: ModelFit,
    source: FitSource | None,
    first: Any = None,
    second: Any = None,
    *,
    kind: str = "wald",
    adjust: bool = True,
    approximation: str = "saddlepoint",
) -> TestResult:
    """Test whether outcomes can be merged; the arguments are those of `ModelResult.test_merge`.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Its rows.
    first, second : str, int or bool, optional
        Two outcomes; all pairs by default.
    kind : {"wald", "score", "lr"}
        The test.
    adjust : bool
        Whether F is adjusted.
    approximation : {"saddlepoint", "satterthwaite"}
        For a Rao-Scott likelihood ratio.

    Returns
    -------
    TestResult
        The tests.

    Raises
    ------
    InputError
        If an outcome is not in the model, or it has no intercept or no slopes.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import judge_merging
    >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 8, "age": [*range(23), 3]})
    >>> fit = ps.multinomial("job ~ age", jobs).fit
    >>> judge_merging(fit, None, "none", "peer").tidy()[["outcome", "other_outcome", "df_numerator"]]
      outcome other_outcome  df_numerator
    0    none          peer           1.0
    """
    call = "test_merge"
    check_fit(fit, kind, approximation, call)
    if fit.model not in ("logistic", "multinomial"):
        raise InputError(
            f"{call}(): the model is {fit.model!r}; outcomes without an order are merged in multinomial().",
            "Fit a multinomial model.",
        )
    if "Intercept" not in fit.terms or not slope_columns(fit):
        raise InputError(
            f"{call}(): {fit.formula!r} needs an intercept and a term, whose slopes are compared.",
            "Add what lacks to the formula.",
        )
    levels = [str(level) for level in fit.outcome_levels]
    if first is None and second is None:
        pairs = list(combinations(levels, 2))
    else:
        for level in (first, second):
            if level is None or str(level) not in levels:
                raise InputError(
                    f"{call}(): {level!r} is no outcome of the model.",
                    did_you_mean(str(level), levels, what="outcomes"),
                )
        if str(first) == str(second):
            raise InputError(f"{call}(): {first!r} is named twice.", "Name two outcomes.")
        pairs = [(str(first), str(second))]
    tested = tuple(
        run_test(
            fit,
            source,
            merge_hypothesis(fit, *pair),
            kind=kind,
            adjust=adjust,
            approximation=approximation,
            call=call,
        )
        for pair in pairs
    )
    many = (f"{len(pairs)} pairs are tested; the p-values are not adjusted for their number.",)
    return _result(
        fit,
        source,
        kind="test_merge",
        title="Tests that two outcomes can be merged: no slope differs",
        labels={
            "outcome": tuple(pair[0] for pair in pairs),
            "other_outcome": tuple(pair[1] for pair in pairs),
        },
        tested=tested,
        notes=(*_notes(fit, kind, adjust=adjust), *(many if len(pairs) > 1 else ())),
    )
