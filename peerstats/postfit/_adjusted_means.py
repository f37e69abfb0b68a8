"""Adjusted means and predicted probabilities: everybody given the same level, averaged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.labels import Words
from peerstats.errors import InputError
from peerstats.postfit._averages import Item, Plan
from peerstats.postfit._averaging import Averaging, prepare
from peerstats.postfit._combination import Combination
from peerstats.postfit._effects_result import EffectsResult, heading_of
from peerstats.postfit._margin_errors import work_out
from peerstats.postfit._margin_lines import (
    at_columns,
    errors_of,
    group_column,
    limits,
    outcome_words,
    rows_line,
)
from peerstats.postfit._scenario import Put
from peerstats.postfit._settings import At, check_variables
from peerstats.postfit._term_rows import fit_codebook

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._scenario import Scenarios

__all__ = ["AdjustedMeansResult", "adjusted_means", "level_settings", "merge"]

_FEWEST = 3  # values of a number that make a line
_NUMBERS = ("estimate", "std_error", "df", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AdjustedMeansResult(EffectsResult):
    """Adjusted means or probabilities: what `ModelResult.adjusted_means` gives.

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
    along : str or None
        The number of three or more values that a plot runs along.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21, 17, 19], "sex": ["f", "m", "f", "m", "m", "f"]})
    >>> ps.linear("wage ~ sex", jobs).adjusted_means("sex").tidy()[["level", "estimate"]].round(2)
      level  estimate
    0     f     16.67
    1     m     18.67
    """

    along: str | None = None

    def plot(self, ax: Any = None, *, outcome: str | None = None) -> Any:
        """Draw the means with their limits: lines with bands along a number, else one row each.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.
        outcome : str, optional
            The one outcome that is drawn; all by default.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If there is no such outcome.
        MissingExtraError
            If matplotlib is not installed.
        """
        from peerstats.plots import bands, forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        words = self._words()
        cells = self._said() if outcome is None else self._of_outcome(outcome)
        keys = [key for key in cells if key not in ("variable", "level", self.along, *_NUMBERS)]
        share = self._is_share()
        if not share or outcome is not None:
            keys.remove("outcome")
        one = f": {words.level(self.outcome, outcome)}" if outcome else ""
        ylabel = f"{'Probability' if share else 'Mean'} of {words.name(self.outcome)}{one}"
        n = len(cells["estimate"])
        headings = [heading_of(cells, keys, i, words) for i in range(n)]
        levels = cells.get("level")
        if self.along is not None:
            told = levels or [""] * n
            lines = [", ".join(filter(None, each)) for each in zip(headings, told, strict=True)]
            return bands(
                cells[self.along],
                cells["estimate"],
                cells["conf_low"],
                cells["conf_high"],
                lines=lines,
                xlabel=words.name(self.along),
                ylabel=ylabel,
                ax=ax,
            )
        inner = levels if levels is not None else headings
        return forest(
            inner,
            cells["estimate"],
            cells["conf_low"],
            cells["conf_high"],
            reference=None,
            groups=headings if levels is not None and any(headings) else None,
            xlabel=ylabel,
            ax=ax,
        )

    def _of_outcome(self, outcome: str) -> dict[str, Any]:
        """Return the columns of one outcome's rows."""
        kept = [i for i, each in enumerate(self.labels["outcome"]) if each == str(outcome)]
        if not kept:
            raise InputError(
                f"plot(): outcome={outcome!r} is none of {self.outcome!r}.",
                did_you_mean(str(outcome), dict.fromkeys(self.labels["outcome"]), what="outcomes"),
            )
        return {
            key: values[kept] if isinstance(values, np.ndarray) else [values[i] for i in kept]
            for key, values in self._said().items()
        }


def level_settings(
    variables: str | Sequence[str] | None, scenarios: Scenarios, call: str, given: Container[str] = ()
) -> tuple[list[str], list[At]]:
    """Return all combinations of the levels of some categories, but for those whose values are given."""
    names = [variables] if isinstance(variables, str) else list(variables or ())
    check_variables(names, scenarios, "variables=", call)
    names = [name for name in names if name not in given]
    for name in names:
        if not scenarios.variables[name].levels:
            raise InputError(
                f"{call}(): {name!r} is a number, which has no levels.",
                f'Give values: at={{"{name}": [..., ...]}}.',
            )
    levels = [list(enumerate(scenarios.variables[name].levels)) for name in names]
    return names, [
        At(
            setting={name: Put(value=place) for name, (place, _) in zip(names, chosen, strict=True)},
            values={name: level for name, (_, level) in zip(names, chosen, strict=True)},
        )
        for chosen in product(*levels)
    ]


def merge(ats: Sequence[At], levels: Sequence[At]) -> list[Item]:
    """Return what is expected under each setting and level, levels fastest."""
    return [Item(setting={**at.setting, **level.setting}) for at in ats for level in levels]


def _along(ats: Sequence[At], scenarios: Scenarios) -> str | None:
    """Return the one number that is given three values or more."""
    found = [
        name
        for name in ats[0].values
        if not scenarios.variables[name].levels and len({at.values[name] for at in ats}) >= _FEWEST
    ]
    return found[0] if len(found) == 1 else None


def adjusted_means(
    fit: ModelFit,
    source: FitSource | None,
    variables: str | Sequence[str] | None = None,
    *,
    how: Averaging | None = None,
) -> AdjustedMeansResult:
    """Compute adjusted means, or of a model of outcomes adjusted probabilities.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from; None of a loaded fit, which needs data.
    variables : str or sequence of str, optional
        Categories of the formula, every combination of whose levels everybody is given; a variable of `at`
        keeps its values there.
    how : Averaging, optional
        Over which rows, with what values and errors.

    Returns
    -------
    AdjustedMeansResult
        One row per outcome, group, setting and level.

    Raises
    ------
    InputError
        If a variable, level, group or kind of error cannot be used.

    Notes
    -----
    `ModelResult.adjusted_means` says what is computed.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import adjusted_means
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21, 17, 19], "sex": ["f", "m", "f", "m", "m", "f"]})
    >>> result = ps.linear("wage ~ sex", jobs)
    >>> adjusted_means(result.fit, result.source, "sex").numbers["estimate"].round(2)
    array([16.67, 18.67])
    """
    call = "adjusted_means"
    how = how or Averaging()
    ready = prepare(fit, source, how, call)
    names, levels = level_settings(variables, ready.scenarios, call, ready.ats[0].values)
    if how.grid == "balanced":
        ready = ready.on_grid(fit, names, call)
    rows, ats = ready.rows, ready.ats
    words = outcome_words(fit)
    shape = (len(words), ready.n_groups, len(ats), len(levels))
    q, group, place, level = (each.ravel() for each in np.indices(shape))
    combination = Combination(
        group=group, plus=place * len(levels) + level, minus=np.full(len(q), -1), outcome=q
    )
    plan = Plan(scenarios=ready.scenarios, items=merge(ats, levels), n_groups=ready.n_groups)
    found = work_out(how, fit, source, plan, rows, combination)
    std_error = errors_of(found.covariance)
    share = bool(fit.outcome_levels)
    low, high = limits(found.estimate, std_error, fit.df, ready.conf_level, share=share)
    what = "probabilities" if share else "means"
    by = f" by {', '.join(Words(fit.labels).names(names))}" if names else ""
    told = {}
    if names:
        told["variable"] = [", ".join(names)] * len(q)
        told["level"] = [", ".join(map(str, levels[i].values.values())) for i in level]
    return AdjustedMeansResult(
        model=fit.model,
        formula=fit.formula,
        outcome=fit.outcome,
        labels={
            "outcome": [words[i] for i in q],
            **group_column(rows, combination),
            **at_columns(ats, place),
            **(at_columns(levels, level) if len(names) > 1 else {}),
            **told,
        },
        numbers={
            "estimate": found.estimate,
            "std_error": std_error,
            "df": np.full(len(q), fit.df),
            "conf_low": low,
            "conf_high": high,
        },
        matrix=found.covariance,
        n=rows.n,
        df=fit.df,
        errors=how.errors,
        variance=fit.variance,
        conf_level=ready.conf_level,
        title=f"Adjusted {what}{by}: {fit.formula}",
        lines=rows_line(fit, rows, how),
        notes=(*rows.notes, *found.notes),
        backend=rows.backend,
        along=_along(ats, ready.scenarios),
        over=how.over,
        codebook=fit_codebook(fit, how.over, ready.beside),
    )
