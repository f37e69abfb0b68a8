"""Average marginal effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from peerstats.postfit._averages import Item, Plan
from peerstats.postfit._averaging import Averaging, prepare
from peerstats.postfit._combination import Combination
from peerstats.postfit._effects_result import EffectsResult, cells_as_text, heading_of
from peerstats.postfit._margin_errors import work_out
from peerstats.postfit._margin_lines import (
    at_columns,
    errors_of,
    group_column,
    outcome_words,
    rows_line,
    shown_outcomes,
    tested,
)
from peerstats.postfit._settings import read_changes
from peerstats.postfit._term_rows import fit_codebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._settings import At, Change

__all__ = ["MarginsResult", "margins"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MarginsResult(EffectsResult):
    """Average marginal effects: what `ModelResult.margins` gives.

    Rows are outcome by outcome.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model, formula, outcome : str
        The model, its formula and its outcome.
    labels : mapping of str to list
        The R rows in words: outcome, variable, change and so on.
    numbers : mapping of str to (R,) float array
        Estimates, errors, limits, and what they are made at.
    matrix : (R, R) float array
        Covariance of the estimates; `covariance()` gives it.
    n : int
        Rows averaged over.
    df : float
        Degrees of freedom; infinite where the normal is used.
    errors : str
        Kind of the errors: delta, unconditional or replicate.
    variance : str
        Kind of the fit's covariance.
    conf_level : float
        Confidence level of the limits.
    title : str
        What it is.
    lines, notes : tuple of str
        What was averaged, and what to keep in mind.
    backend : str
        Library of the tables.
    over : str or None
        Column whose groups the rows of the result are of.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 31, 40, 43] * 5})
    >>> ps.logistic("job ~ age", jobs).margins().tidy()[["variable", "change", "estimate"]].round(4)
      variable change  estimate
    0      age  slope    0.0079
    """

    _HIDDEN: ClassVar[tuple[str, ...]] = ("outcome",)

    def plot(self, ax: Any = None) -> Any:
        """Draw the effects with their limits, one block an outcome.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from peerstats.plots import forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        cells, words = self._said(), self._words()
        outcome = words.name(self.outcome)
        inner = ("variable", "change")
        keys = [key for key in cells if key not in inner and key not in _NUMBERS]
        if len(set(cells["outcome"])) == 1:
            keys.remove("outcome")
        names = [
            variable if change == "slope" else f"{variable}: {change}"
            for variable, change in zip(cells["variable"], cells["change"], strict=True)
        ]
        headings = [heading_of(cells, keys, i, words) for i in range(len(names))]
        share = self._is_share()
        what = f"probability of {outcome}" if share else outcome
        if share and "outcome" not in keys:
            what = f"probability of {outcome} {cells_as_text(cells['outcome'], 0)}"
        return forest(
            names,
            cells["estimate"],
            cells["conf_low"],
            cells["conf_high"],
            groups=headings if keys else None,
            xlabel=f"Average change of the {what}",
            ax=ax,
        )


_NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def _plan(ats: Sequence[At], changes: Sequence[Change]) -> tuple[list[Item], list[tuple[int, int]]]:
    """Return the items and, for each setting and change, its item and the one taken off it."""
    items: list[Item] = []
    pairs: list[tuple[int, int]] = []
    for at in ats:
        known: dict[tuple[str, Any], int] = {}
        for change in changes:
            if change.to is None or change.start is None:
                pairs.append((len(items), -1))
                items.append(Item(setting=at.setting, slope=change.variable))
                continue
            ends = [(change.variable, put) for put in (change.to, change.start)]
            for name, put in ends:
                if (name, put) not in known:
                    known[name, put] = len(items)
                    items.append(Item(setting={**at.setting, name: put}))
            pairs.append((known[ends[0]], known[ends[1]]))
    return items, pairs


def margins(
    fit: ModelFit,
    source: FitSource | None,
    variables: str | Sequence[str] | None = None,
    *,
    change: Mapping[str, Any] | None = None,
    how: Averaging | None = None,
) -> MarginsResult:
    """Compute average marginal effects.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from; None of a loaded fit, which needs data.
    variables : str or sequence of str, optional
        Variables of the formula; all by default.
    change : mapping, optional
        The change of a variable, where it is not the default.
    how : Averaging, optional
        Over which rows, with what values and errors.

    Returns
    -------
    MarginsResult
        One row per outcome, group, setting and change.

    Raises
    ------
    InputError
        If a variable, level, group or kind of error cannot be used.

    Notes
    -----
    `ModelResult.margins` says what is computed.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import margins
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 31, 40, 43] * 5})
    >>> result = ps.logistic("job ~ age", jobs)
    >>> margins(result.fit, result.source).numbers["estimate"].round(4)
    array([0.0079])
    """
    how = how or Averaging()
    ready = prepare(fit, source, how, "margins")
    rows, ats = ready.rows, ready.ats
    changes = read_changes(variables, change, ready.scenarios, rows, "margins")
    items, pairs = _plan(ats, changes)
    outcomes = shown_outcomes(fit)
    shape = (len(outcomes), ready.n_groups, len(ats), len(changes))
    q, group, place, effect = (each.ravel() for each in np.indices(shape))
    which = np.array(pairs)[place * len(changes) + effect]
    combination = Combination(group=group, plus=which[:, 0], minus=which[:, 1], outcome=np.array(outcomes)[q])
    plan = Plan(scenarios=ready.scenarios, items=items, n_groups=ready.n_groups)
    found = work_out(how, fit, source, plan, rows, combination)
    words = outcome_words(fit)
    return MarginsResult(
        model=fit.model,
        formula=fit.formula,
        outcome=fit.outcome,
        labels={
            "outcome": [words[i] for i in combination.outcome],
            **group_column(rows, combination),
            **at_columns(ats, place),
            "variable": [changes[i].variable for i in effect],
            "change": [changes[i].label for i in effect],
        },
        numbers=tested(found.estimate, errors_of(found.covariance), fit.df, ready.conf_level),
        matrix=found.covariance,
        n=rows.n,
        df=fit.df,
        errors=how.errors,
        variance=fit.variance,
        conf_level=ready.conf_level,
        title=f"Average marginal effects: {fit.formula}",
        lines=rows_line(fit, rows, how),
        notes=(*rows.notes, *found.notes),
        backend=rows.backend,
        over=how.over,
        codebook=fit_codebook(fit, how.over, ready.beside),
    )
