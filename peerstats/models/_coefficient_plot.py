"""Coefficients of several models in one plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.labels import Words
from peerstats.errors import InputError
from peerstats.models._result import ModelResult
from peerstats.plots import forest
from peerstats.postfit import coefficient_columns, ratio_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.models._result import ModelResult as Fitted

__all__ = ["coefficient_plot"]

_CALL = "coefficient_plot"


def _read(results: Any) -> dict[str, Fitted]:
    if not isinstance(results, Mapping) or not results:
        raise InputError(
            f"{_CALL}(): results is {type(results).__name__}, not a mapping of names to models.",
            'Give {"unadjusted": first, "adjusted": second}.',
        )
    for name, result in results.items():
        if not isinstance(result, ModelResult):
            raise InputError(
                f"{_CALL}(): results[{name!r}] is a {type(result).__name__}, not a fitted model.",
                "Give results of linear, logistic, multinomial, ordinal or the mixed models.",
            )
    return {str(name): result for name, result in results.items()}


def _scale(results: dict[str, Fitted]) -> str | None:
    """Return what the models' coefficients are as ratios; models of other scales do not share an axis."""
    words = {name: ratio_word(result.fit) for name, result in results.items()}
    if len(set(words.values())) > 1:
        told = ", ".join(f"{name} {word or 'coefficients'}" for name, word in words.items())
        raise InputError(
            f"{_CALL}(): the models are on different scales: {told}.", "Draw each scale in its own plot."
        )
    return next(iter(words.values()))


def coefficient_plot(
    results: Mapping[str, ModelResult],
    *,
    terms: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the coefficients of several models, a line for each term and outcome, a mark for each model.

    Parameters
    ----------
    results : mapping of str to ModelResult
        Up to five models by the name that the legend gives them.
    terms : sequence of str, optional
        Terms in the order drawn; by default all but intercepts, in the order of the models.
    labels : mapping of str to str, optional
        What is written for terms; without it labels of the codebook, where the data were a `Survey`.
    title : str, optional
        Title.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the lines need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If these are no models, there are more than five, their coefficients are on different scales, or no
        model has a term.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    Odds ratios, relative risk ratios and ratios of means stand on a logarithmic axis with the line at 1,
    other coefficients with the line at 0. Outcomes of several equations get headings. R's equivalent is
    ``modelsummary::modelplot``, Stata's ``coefplot``.

    Examples
    --------
    >>> import peerstats as ps
    >>> from peerstats.plots import new_axes
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> models = {
    ...     "age only": ps.logistic("disclosure ~ age", people, cluster="subject"),
    ...     "age and service": ps.logistic("disclosure ~ age + veteran", people, cluster="subject"),
    ... }
    >>> ax = ps.coefficient_plot(models, ax=new_axes())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['age', 'veteran']
    """
    given = _read(results)
    ratio = _scale(given)
    said: dict[str, str] = {}
    rows: list[tuple[str, str, str, float, float, float]] = []
    several = any(len(result.fit.equations) > 1 for result in given.values())
    for name, result in given.items():
        fit, words = result.fit, Words(result.codebook)
        said = {**{term: words.name(term) for term in fit.terms}, **said}
        cells = coefficient_columns(fit, exponentiate=ratio is not None)
        skipped = {"Intercept", *fit.terms[len(fit.design.columns) :]}
        columns = [cells[key] for key in ("outcome", "term", "estimate", "conf_low", "conf_high")]
        rows += [
            (
                name,
                words.level(fit.outcome, outcome) if several else "",
                str(term),
                float(b),
                float(low),
                float(high),
            )
            for outcome, term, b, low, high in zip(*columns, strict=True)
            if (str(term) not in skipped if terms is None else str(term) in terms)
        ]
    order = list(dict.fromkeys(row[2] for row in rows)) if terms is None else list(terms)
    absent = [term for term in order if term not in {row[2] for row in rows}]
    if absent or not rows:
        what = f"has the term {absent[0]!r}" if absent else "has a term besides its intercept"
        raise InputError(f"{_CALL}(): no model {what}.", "Name terms as tidy() does.")
    rows.sort(key=lambda row: order.index(row[2]))
    series, outcomes, names, estimate, lows, highs = zip(*rows, strict=True)
    kinds = {Words(result.codebook).name(result.fit.outcome) for result in given.values()}
    of = f" of {next(iter(kinds))}" if len(kinds) == 1 else ""
    bases = {
        None if fit.base is None else Words(fit.labels).level(fit.outcome, fit.base)
        for fit in (result.fit for result in given.values())
    }
    base = next(iter(bases))
    against = f", base {base}" if len(bases) == 1 and base is not None else ""
    level = next(iter(given.values())).fit.conf_level
    return forest(
        [(labels or {}).get(name, said[name]) for name in names],
        np.array(estimate),
        np.array(lows),
        np.array(highs),
        reference=0.0 if ratio is None else 1.0,
        log=ratio is not None,
        groups=outcomes if several else None,
        series=series if len(given) > 1 else None,
        title=title,
        xlabel=f"{ratio or 'Coefficient'}{of}{against}, with {100 * level:g}% limits",
        ax=ax,
    )
