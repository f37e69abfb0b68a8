"""Several models side by side, as papers print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.models import ModelResult, SideBySide
from peerstats.postfit import MarginsResult, ModelFit, ratio_word
from peerstats.postfit.parts import Namer, check_labels
from peerstats.tables._model_blocks import (
    Block,
    fit_blocks,
    fit_statistics,
    margin_blocks,
    side_blocks,
    trusts_likelihood,
)
from peerstats.tables._regression_layout import lay_out

if TYPE_CHECKING:
    from peerstats.results import StyleName, Table

__all__ = ["regression_table"]

_CALL = "regression_table"
_STATISTICS = ("n", "r2", "adj_r2", "loglik", "aic", "bic", "clusters", "groups", "icc")
_SHOWN = ("interval", "std_error", "p_value")
_LIKELIHOODS = ("loglik", "aic", "bic")
_KINDS = "a fitted model, a SideBySide or a MarginsResult"
_Model: TypeAlias = ModelResult | SideBySide | MarginsResult


def _fit_of(result: _Model) -> ModelFit | None:
    if isinstance(result, MarginsResult):
        return None
    return (result.adjusted if isinstance(result, SideBySide) else result).fit


def _outcome_of(result: _Model) -> str:
    fit = _fit_of(result)
    return result.outcome if fit is None and isinstance(result, MarginsResult) else fit.outcome  # type: ignore[union-attr]


def _book_of(result: _Model) -> Any:
    """Return the codebook of a model's own data."""
    return (result.adjusted if isinstance(result, SideBySide) else result).codebook


def _named(results: Any, labels: Any) -> dict[str, _Model]:
    """Return the models by name: the caller's, their outcomes where these differ, or numbers."""
    if isinstance(results, Mapping):
        found = dict(results)
        wrong = next((name for name in found if not isinstance(name, str)), None)
        if wrong is not None:
            raise InputError(f"{_CALL}(): the model's name {wrong!r} is no text.", "Give {'name': result}.")
    elif isinstance(results, _Model):
        found = {"": results}
    elif isinstance(results, Sequence) and not isinstance(results, str):
        found = {f"Model {i}": each for i, each in enumerate(results, 1)}
    else:
        raise InputError(f"{_CALL}(): results is a {type(results).__name__}.", f"Give {_KINDS}, or several.")
    if not found:
        raise InputError(f"{_CALL}(): there is no model.", f"Give {_KINDS}.")
    for name, each in found.items():
        if not isinstance(each, _Model):
            raise InputError(f"{_CALL}(): {name!r} is a {type(each).__name__}.", f"Give {_KINDS}.")
    outcomes = [_namer(labels, each).variable(_outcome_of(each)) for each in found.values()]
    if not isinstance(results, Mapping) and len(found) > 1 and len(set(outcomes)) == len(outcomes):
        return dict(zip(outcomes, found.values(), strict=True))
    return found


def _namer(labels: Any, result: _Model) -> Namer:
    return Namer(_book_of(result) if labels is None else labels, _CALL)


def _asks_ratios(name: str, fit: ModelFit, exponentiate: bool | Literal["auto"]) -> bool:  # noqa: FBT001
    if exponentiate == "auto":
        return ratio_word(fit) is not None
    if exponentiate and ratio_word(fit) is None:
        raise InputError(
            f"{_CALL}(): exponentiate=True, but the coefficients of {name or fit.formula!r} are no logs.",
            "Leave exponentiate= out: ratios are shown of the models that have them.",
        )
    return exponentiate


def _levels_of(result: _Model) -> list[str]:
    """Return the outcomes that may be asked of a model: levels, and the outcome's name of one equation."""
    fit = _fit_of(result)
    if fit is None:
        return list(dict.fromkeys(map(str, result.labels["outcome"])))  # type: ignore[union-attr]
    return list(fit.equations)


def _check_outcomes(models: Mapping[str, _Model], outcomes: Sequence[str], *, margins: bool) -> None:
    for name, result in models.items():
        known = _levels_of(result)
        fit = _fit_of(result)
        if margins and fit is not None and fit.n_thresholds:
            known = [*known, *map(str, fit.outcome_levels)]
        missing = next((each for each in outcomes if each not in known), None)
        if missing is not None:
            base = (
                f" {str(fit.base)!r} is its base outcome." if fit is not None and fit.base is not None else ""
            )
            raise InputError(
                f"{_CALL}(): {name or 'the model'} has no outcome {missing!r}, which outcomes= asks for.",
                f"It has {', '.join(map(repr, known))}.{base}",
            )


def _blocks(
    name: str,
    result: _Model,
    namer: Namer,
    *,
    exponentiate: bool | Literal["auto"],
    margins: bool,
    by_outcome: bool,
    intercept: bool,
    digits: int | None,
    statistics: Sequence[str],
    n_of_n: bool,
) -> list[Block]:
    if isinstance(result, MarginsResult):
        extra = [key for key in result.labels if key not in ("outcome", "variable", "change")]
        at = [key for key in result.numbers if key not in _ESTIMATES]
        if extra or at:
            raise InputError(
                f"{_CALL}(): {name or 'the margins'} are by {(*extra, *at)[0]!r}.",
                "Margins with at= or over= have a table of their own: .tables()[0].",
            )
        return margin_blocks(name, result, namer, by_outcome=by_outcome, digits=digits)
    fit = result.adjusted.fit if isinstance(result, SideBySide) else result.fit
    ratios = _asks_ratios(name, fit, exponentiate)
    known = fit_statistics(fit, statistics, n_of_n=n_of_n)
    if isinstance(result, SideBySide):
        found = side_blocks(
            name, result, namer, exponentiate=ratios, by_outcome=by_outcome, digits=digits, statistics=known
        )
    else:
        found = fit_blocks(
            name,
            fit,
            namer,
            exponentiate=ratios,
            by_outcome=by_outcome,
            intercept=intercept,
            digits=digits,
            statistics=known,
        )
    if margins:
        model = result.adjusted if isinstance(result, SideBySide) else result
        # an ordinal model has one odds ratio, and an effect on the probability of each outcome
        each_level = by_outcome or bool(fit.n_thresholds)
        averaged = margin_blocks(name, model.margins(), namer, by_outcome=each_level, digits=None)
        # the model's own statistics stand below its coefficients
        found = _beside(found, [replace(each, statistics={}) for each in averaged])
    return found


_ESTIMATES = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def _beside(blocks: list[Block], averaged: list[Block]) -> list[Block]:
    """Put each outcome's average effects behind its coefficients; those of the base come last."""
    order = list(dict.fromkeys(each.outcome for each in blocks))
    both = [*blocks, *averaged]
    return sorted(both, key=lambda each: order.index(each.outcome) if each.outcome in order else len(order))


def _told(result: _Model, *, ratios: bool) -> list[str]:
    """Return what a model's own table says of variance, weights, clusters, base and rows."""
    tables = result.tables()
    first = next((each for each in tables if ratios and each.key == "ratios"), tables[0])
    return (
        [*first.lines, *tables[0].notes]
        if not isinstance(result, ModelResult)
        else [
            *first.lines,
            *result.fit.notes,
        ]
    )


def _gather(told: Mapping[str, Sequence[str]]) -> list[str]:
    """Return sentences, each with the models that it is true of, unless it is of all."""
    sentences = dict.fromkeys(sentence for each in told.values() for sentence in each)
    by_names: dict[tuple[str, ...], list[str]] = {}
    for sentence in sentences:
        names = tuple(name for name, each in told.items() if sentence in each)
        by_names.setdefault(() if len(names) == len(told) else names, []).append(sentence)
    found = []
    for names, each in by_names.items():
        joined = ". ".join((sentence[:1].upper() + sentence[1:]).rstrip(".") for sentence in each)
        found.append(f"{', '.join(names)}: {joined}." if names else f"{joined}.")
    return found


def regression_table(
    results: Any,
    *,
    shape: Literal["long", "wide"] = "long",
    outcomes: str | Sequence[str] | None = None,
    exponentiate: bool | Literal["auto"] = "auto",
    margins: bool = False,
    labels: Any = None,
    reference_rows: bool = True,
    intercept: bool = False,
    show: Sequence[Literal["interval", "std_error", "p_value"]] = ("interval", "p_value"),
    statistics: Sequence[str] = ("n", "r2"),
    digits: int | None = None,
    style: StyleName = "plain",
    title: str | None = None,
    key: str = "regression",
) -> Table:
    """Set models side by side in one table.

    Parameters
    ----------
    results : result, sequence or dict of results by name
        Fitted models; a `SideBySide`, which gives an unadjusted and an adjusted column; average marginal
        effects (`ModelResult.margins()`), which are a column of their own. Without names models are called
        by their outcomes where these differ, else Model 1, Model 2.
    shape : {"long", "wide"}
        Where a model has several outcomes, whether these follow one another down the page, or stand beside
        each other below headings of their own.
    outcomes : str or sequence of str, optional
        The outcomes to show; all by default. Every model must have them.
    exponentiate : {"auto", True, False}
        Whether to show ratios: "auto" does for every model that has them.
    margins : bool
        Whether to put average marginal effects beside each model's coefficients; those of an ordinal model
        are on the probability of each of its levels.
    labels : dict, Survey or codebook, optional
        What to print for variables, and for levels by (variable, level). Without it each model prints the
        labels of the codebook of its own data, if these were a `Survey`; `labels={}` prints names.
    reference_rows : bool
        Whether the level that the others are compared with has a row.
    intercept : bool
        Whether to show intercepts and, of an ordinal model, thresholds on the logit scale.
    show : sequence of {"interval", "std_error", "p_value"}
        What stands beside an estimate.
    statistics : sequence of str
        Below the coefficients: "n", "r2" (of a logit McFadden's), "adj_r2", "loglik", "aic", "bic",
        "clusters", "groups", "icc". Log-likelihoods stand only where the errors are model-based.
    digits : int, optional
        Decimals; 2 of ratios and 3 of others by default.
    style : {"plain", "apa", "ama", "psychiatric_services"}
        The journal's way with numbers.
    title : str, optional
        Title; made of the outcomes by default.
    key : str
        Key of the table: HTML id, LaTeX label.

    Returns
    -------
    Table
        Rows in the order of the models' columns, factors before numbers. Its notes tell variance, weights,
        clusters or design, rows left out by reason, penalty and base outcome, each once with the models
        that it is true of.

    Raises
    ------
    InputError
        If a model has not the outcome asked for, has no ratios, or something else than a model is given.

    Notes
    -----
    R `gtsummary::tbl_regression` with `tbl_merge`, or `modelsummary::modelsummary`; Stata `etable`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"paid": [1, 0, 1, 1, 0, 1, 0, 1] * 5, "age": list(range(20, 40)) * 2,
    ...                      "state": ["NC", "OR"] * 20})
    >>> models = [ps.logistic("paid ~ age", jobs), ps.logistic("paid ~ age + state", jobs)]
    >>> print(ps.regression_table(models, labels={"age": "Age, years", "state": "State"}).to_text())
    Regression of paid
    <BLANKLINE>
                              Model 1                    Model 2
                      ------------------------  -------------------------
                            OR (95% CI)      p         OR (95% CI)      p
    ---------------------------------------------------------------------
    Age, years        1.02 (0.92, 1.15)  0.671   1.02 (0.91, 1.14)  0.769
    State
      NC (reference)
      OR                                        2.96 (0.77, 11.32)  0.114
    ---------------------------------------------------------------------
    n                                40                         40
    McFadden R2                   0.003                      0.053
    <BLANKLINE>
    OR: odds ratio; CI: confidence interval.
    40 rows of 40, no weights. Outcome: 1; base outcome: 0; standard errors: model-based; tests: normal.
    """
    check_choice(shape, ("long", "wide"), "shape", _CALL)
    for name, asked, known in (("show", show, _SHOWN), ("statistics", statistics, _STATISTICS)):
        if isinstance(asked, str):
            raise InputError(f"{_CALL}(): {name}={asked!r} is one text.", f"Give a sequence: {name}=[...].")
        for each in asked:
            check_choice(each, known, name, _CALL)
    models = _named(results, labels)
    namers = {name: _namer(labels, each) for name, each in models.items()}
    wanted = (
        [outcomes] if isinstance(outcomes, str) else None if outcomes is None else list(map(str, outcomes))
    )
    if wanted is not None:
        _check_outcomes(models, wanted, margins=margins)
    # outcomes of one equation need a name only beside models of several
    by_outcome = any(len(_levels_of(each)) > 1 for each in models.values())
    blocks: list[Block] = []
    for name, result in models.items():
        blocks += _blocks(
            name,
            result,
            namers[name],
            exponentiate=exponentiate,
            margins=margins,
            by_outcome=by_outcome,
            intercept=intercept,
            digits=digits,
            statistics=statistics,
            n_of_n=style == "psychiatric_services",
        )
    if wanted is not None:
        blocks = [each for each in blocks if not each.outcome or each.outcome in wanted]
    told = {
        name: _told(result, ratios=any(each.model == name and each.measure != "AME" for each in blocks))
        for name, result in models.items()
    }
    notes = [_abbreviations(blocks), *_gather(told), *_left_out(models, statistics)]
    names = dict.fromkeys(namers[name].variable(_outcome_of(each)) for name, each in models.items())
    table = lay_out(
        blocks,
        namers,
        shape=shape,
        reference_rows=reference_rows,
        show=show,
        style=style,
        title=title or f"Regression of {', '.join(names)}",
        key=key,
        notes=[note for note in notes if note],
    )
    check_labels(labels, namers.values(), _CALL)
    return table


_WORDS = {
    "OR": "odds ratio",
    "RRR": "relative risk ratio",
    "Ratio": "ratio of geometric means",
    "AME": "average marginal effect",
}


def _abbreviations(blocks: Sequence[Block]) -> str:
    used = dict.fromkeys(each.measure for each in blocks)
    words = [f"{short}: {_WORDS[short]}" for short in used if short in _WORDS]
    return "; ".join([*words, "CI: confidence interval"]) + "."


def _left_out(models: Mapping[str, _Model], statistics: Sequence[str]) -> list[str]:
    fits = {name: fit for name, each in models.items() if (fit := _fit_of(each)) is not None}
    names = [name for name, fit in fits.items() if not trusts_likelihood(fit)]
    if not names or not any(each in _LIKELIHOODS for each in statistics):
        return []
    of = f" of {', '.join(names)}" if len(models) > 1 else ""
    return [f"Log-likelihood and information criteria{of} left out: the errors are not model-based."]
