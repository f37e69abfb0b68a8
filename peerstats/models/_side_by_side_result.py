"""Unadjusted and adjusted coefficients, as columns, tables and a plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.postfit import coefficient_columns, ratio_word
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.models._result import ModelResult

__all__ = ["SideBySide"]

_SIDES = ("unadjusted", "adjusted")
_NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SideBySide(LabelledResult):
    """Each predictor alone, and all together.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    adjusted : ModelResult
        The model of all predictors.
    unadjusted : tuple of ModelResult
        The model of each predictor alone.
    same_rows : bool
        Whether all are fitted to the rows of the adjusted model.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> both = ps.side_by_side("job ~ age", jobs, model="logistic")
    >>> len(both.unadjusted), both.same_rows
    (1, True)
    """

    adjusted: ModelResult
    unadjusted: tuple[ModelResult, ...]
    same_rows: bool

    def _columns(self, *, exponentiate: bool) -> dict[str, Any]:
        """Return unadjusted rows, then adjusted ones, in the adjusted model's order, without intercepts."""
        whole = coefficient_columns(self.adjusted.fit, exponentiate=exponentiate)
        order = {key: i for i, key in enumerate(zip(whole["outcome"], whole["term"], strict=True))}
        rows: list[tuple[int, int, tuple[Any, ...]]] = []
        for side, results in enumerate((self.unadjusted, (self.adjusted,))):
            for result in results:
                cells = coefficient_columns(result.fit, exponentiate=exponentiate)
                keys = zip(cells["outcome"], cells["term"], strict=True)
                intercepts = {"Intercept", *result.fit.terms[len(result.fit.design.columns) :]}
                rows += [
                    (
                        side,
                        order.get(key, len(order)),
                        (*key, _SIDES[side], *(cells[name][i] for name in _NUMBERS), n),
                    )
                    for i, key in enumerate(keys)
                    if key[1] not in intercepts
                    for n in [round(result.fit.n)]
                ]
        rows.sort(key=lambda row: row[:2])
        names = ("outcome", "term", "adjustment", *_NUMBERS, "n")
        columns = zip(*(row[2] for row in rows), strict=True)
        return {
            name: list(each) if name in names[:3] else np.array(each)
            for name, each in zip(names, columns, strict=True)
        }

    def tidy(self, *, exponentiate: bool = False) -> Any:
        """Return the coefficients, unadjusted ones first; intercepts are left out.

        Parameters
        ----------
        exponentiate : bool
            Whether to return odds ratios, relative risk ratios, or ratios of geometric means.

        Returns
        -------
        frame
            In the caller's library: outcome, term, adjustment (unadjusted, adjusted), estimate, std_error,
            statistic, df, p_value, conf_low, conf_high, n.
        """
        return new_frame(self._columns(exponentiate=exponentiate), self.adjusted.backend)

    def glance(self) -> Any:
        """Return one row a model: unadjusted ones in the order of the predictors, then the adjusted one.

        Returns
        -------
        frame
            In the caller's library: adjustment, formula, n, n_missing, n_parameters, variance.
        """
        fits = [result.fit for result in (*self.unadjusted, self.adjusted)]
        columns: dict[str, Any] = {
            "adjustment": ["unadjusted"] * len(self.unadjusted) + ["adjusted"],
            "formula": [fit.formula for fit in fits],
            "n": np.array([round(fit.n) for fit in fits]),
            "n_missing": np.array([fit.n_missing for fit in fits]),
            "n_parameters": np.array([fit.n_parameters for fit in fits]),
            "variance": [fit.variance for fit in fits],
        }
        return new_frame(columns, self.adjusted.backend)

    def tables(self) -> tuple[Table, ...]:
        """Return unadjusted and adjusted estimates side by side: ratios where the model has them.

        Returns
        -------
        tuple of Table
            One table.
        """
        fit = self.adjusted.fit
        ratio = ratio_word(fit)
        cells = self._columns(exponentiate=ratio is not None)
        words = self._words()
        cells["outcome"] = words.levels(fit.outcome, cells["outcome"])
        cells["term"] = words.names(cells["term"])
        pairs: dict[tuple[str, str], dict[str, int]] = {}
        for i, side in enumerate(cells["adjustment"]):
            pairs.setdefault((cells["outcome"][i], cells["term"][i]), {})[side] = i
        shown = ("estimate", "conf_low", "conf_high", "p_value")
        rows = [
            (
                *key,
                *(
                    float(cells[name][places[side]]) if side in places else None
                    for side in _SIDES
                    for name in shown
                ),
            )
            for key, places in pairs.items()
        ]
        columns = [
            Column(key="outcome", label=words.name(fit.outcome), blank_repeats=True),
            Column(key="term", label="Term"),
        ]
        level = f"{100 * fit.conf_level:g}%"
        for side in _SIDES:
            columns += [
                Column(key=f"{side}_estimate", label=side.capitalize(), kind="number", digits=3),
                Column(key=f"{side}_low", label=f"{level} low", kind="number", digits=3),
                Column(key=f"{side}_high", label="high", kind="number", digits=3),
                Column(key=f"{side}_p_value", label="p", kind="p_value"),
            ]
        first = 0 if len(fit.equations) > 1 else 1
        which = "the rows of the adjusted model" if self.same_rows else "all rows that have the predictor"
        counts = sorted({round(each.fit.n) for each in self.unadjusted})
        span = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
        return (
            Table(
                key="side-by-side",
                title=f"{ratio or 'Coefficients'}, unadjusted and adjusted: {fit.formula}",
                columns=columns[first:],
                rows=[row[first:] for row in rows],
                lines=(
                    f"unadjusted: each predictor alone, on {which} (n = {span})",
                    f"adjusted: all together (n = {round(fit.n):,})",
                    *self.adjusted.tables()[0].lines,
                ),
                notes=fit.notes,
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw unadjusted and adjusted estimates on one line, with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        fit = self.adjusted.fit
        ratio = ratio_word(fit)
        cells = self._columns(exponentiate=ratio is not None)
        several = len(fit.equations) > 1
        words = self._words()
        against = "" if fit.base is None else f", base {words.level(fit.outcome, fit.base)}"
        return forest(
            words.names(cells["term"]),
            cells["estimate"],
            cells["conf_low"],
            cells["conf_high"],
            reference=0.0 if ratio is None else 1.0,
            log=ratio is not None,
            groups=words.levels(fit.outcome, cells["outcome"]) if several else None,
            series=cells["adjustment"],
            xlabel=f"{ratio or 'Change in'} {'of ' if ratio else ''}{words.name(fit.outcome)}{against}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return both sides as a dictionary that JSON can hold; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, model, formula, same_rows, rows (those of `tidy()`), and adjusted, the record
            of that fit.
        """
        fit = self.adjusted.fit
        return {
            "schema": 1,
            "kind": "side_by_side",
            "model": fit.model,
            "formula": fit.formula,
            "same_rows": self.same_rows,
            "rows": plain_rows(self._columns(exponentiate=False)),
            "adjusted": fit.to_dict(),
        }
