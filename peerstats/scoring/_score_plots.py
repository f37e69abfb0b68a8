"""Plots of scores and of the answers behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.weights import read_weights
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots import distribution_over_norm, diverging_bars, histogram, norm_line
from peerstats.scoring._answers import read_answers
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats._core.frames import nw
    from peerstats._core.labels import Words
    from peerstats.instruments import Scale
    from peerstats.norms import Benchmark
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array

__all__ = ["chosen_scale", "plot_answers", "plot_scores"]

_CONVERSIONS = {"lookup", "irt"}  # both give scores on one scale


def chosen_scale(plan: ScoringPlan, scale: str | None, call: str) -> Scale:
    """Return the scale of that name, or the only one.

    Parameters
    ----------
    plan : ScoringPlan
        The scales.
    scale : str or None
        The name; None where there is one scale.
    call : str
        The call, for messages.

    Returns
    -------
    Scale
        The scale.

    Raises
    ------
    InputError
        If it is not named and there are several, or is unknown.
    """
    by_name = {each.name: each for each in plan.scales}
    if scale is None and len(by_name) == 1:
        return plan.scales[0]
    if scale not in by_name:
        raise InputError(
            f"{call}(): scale={scale!r} is not known.", did_you_mean(str(scale), by_name, what="scales")
        )
    return by_name[scale]


def _check_norm(norm: object, plan: ScoringPlan, scale: str) -> Benchmark:
    """Refuse a norm that holds other scores than these."""
    from peerstats.norms import Benchmark  # noqa: PLC0415  (scores do not wait for the norms)

    if not isinstance(norm, Benchmark):
        raise InputError(
            f"plot(): norm is a {type(norm).__name__}, not a Benchmark.", "Take one with ps.get_norm(...)."
        )
    wanted = {"instrument": plan.instrument.key, "scale": scale, "method": plan.method}
    for name, ours in wanted.items():
        theirs = getattr(norm, name)
        if theirs in (None, ours) or {theirs, ours} <= _CONVERSIONS:
            continue
        raise InputError(
            f"plot(): {norm.key!r} holds scores of {name} {theirs!r}, and these are of {ours!r}.",
            "Choose the norm of the same scores; compare() says how forms differ.",
        )
    return norm


def plot_scores(values: Array, plan: ScoringPlan, scale: str, norm: object, ax: Any) -> Any:
    """Draw the distribution of scores, with a norm where there is one.

    Parameters
    ----------
    values : (n,) array
        The scores.
    plan : ScoringPlan
        The instrument.
    scale : str
        The scale.
    norm : Benchmark or None
        The norm.
    ax : matplotlib Axes or None
        Where to draw.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.
    """
    title, xlabel = plan.instrument.title, scale.replace("_", " ")
    if norm is None:
        return histogram(values, title=title, xlabel=xlabel, ax=ax)
    figure = _check_norm(norm, plan, scale)
    who = figure.population or figure.key
    if figure.date and figure.date not in who:
        who += f", {figure.date}"
    if figure.distribution is None:
        drawn = histogram(values, title=title, xlabel=xlabel, ax=ax)
        return norm_line(drawn, figure.value, f"norm {figure.statistic} {figure.value:,.1f}: {who}")
    points, shares = figure.distribution
    return distribution_over_norm(
        values,
        points,
        shares,
        sample_label=f"sample, {counted(len(values), 'respondent')}",
        norm_label=f"norm: {who}",
        norm_mean=figure.value if figure.statistic == "mean" else None,
        title=title,
        xlabel=xlabel,
        ax=ax,
    )


def _answers(plan: ScoringPlan, scale: Scale, labels: Mapping[str, int] | None, words: Words) -> list[str]:
    """Name each answer, from the lowest: the caller's words, the file's, the instrument's, or the codes."""
    instrument = plan.instrument
    said: list[list[str]] = [[] for _ in range(instrument.low, instrument.high + 1)]
    if labels is not None:
        for word, code in labels.items():
            said[code - instrument.low].append(word)
    elif words.book is not None and any(words.book.labels(plan.columns[item]) for item in scale.items):
        for code in range(len(said)):
            value = str(instrument.low + code + plan.shift)
            each = [words.level(plan.columns[item], value) for item in scale.items]
            said[code] += dict.fromkeys(word for word in each if word != value)
    else:
        sets = [each.words for each in instrument.anchors if set(each.items) & set(scale.items)]
        for code, anchors in enumerate(zip(*sets, strict=True) if sets else ()):
            said[code] += dict.fromkeys(anchors)
    return [" / ".join(each) or str(instrument.low + code) for code, each in enumerate(said)]


def plot_answers(
    frame: nw.DataFrame[Any],
    plan: ScoringPlan,
    labels: Mapping[str, int] | None,
    scale: str | None,
    *,
    weights: str | None,
    words: Words,
    ax: Any,
) -> Any:
    """Draw the answers to the items of a scale, as given.

    Parameters
    ----------
    frame : narwhals DataFrame
        The respondents.
    plan : ScoringPlan
        Instrument, columns and coding.
    labels : mapping of str to int or None
        Words of the answers, where the caller gave them.
    scale : str or None
        The scale; None where there is one.
    weights : str or None
        Column of weights.
    words : Words
        What columns and answers are called.
    ax : matplotlib Axes or None
        Where to draw.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.
    """
    chosen = chosen_scale(plan, scale, "plot_items")
    instrument = plan.instrument
    w = np.ones(len(frame)) if weights is None else read_weights(frame, weights, "sampling", "plot_items")
    answers = read_answers(words_to_codes(frame, plan, labels), plan)[:, list(chosen.items)]
    codes = np.arange(instrument.low, instrument.high + 1)
    sums = np.array([w @ (answers == code) for code in codes]).T
    with np.errstate(invalid="ignore"):
        shares = sums / sums.sum(axis=1, keepdims=True)
    names = []
    for item in chosen.items:
        column = plan.columns[item]
        name = words.name(column)
        if name == column and instrument.item_text:
            name = f"{instrument.item_names[item]}. {instrument.item_text[item]}"
        names.append(f"{name} (R)" if item in chosen.reverse else name)
    many = len(plan.scales) > 1
    share = "share of the answers" if weights is None else "weighted share of the answers"
    return diverging_bars(
        shares,
        names,
        _answers(plan, chosen, labels, words),
        title=f"{instrument.title}: {chosen.name.replace('_', ' ')}" if many else instrument.title,
        xlabel=f"{share} (R: reverse-keyed, as given)" if chosen.reverse else share,
        ax=ax,
    )
