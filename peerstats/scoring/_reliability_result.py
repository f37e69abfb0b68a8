"""What reliability gives: coefficients with limits, items, and tests of equal alphas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import forest, item_rest_chart
from peerstats.results import Column, LabelledResult, Table, cells_in_words, columns_in_words, plain_rows
from peerstats.scoring._coefficients import COEFFICIENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.numerics import EqualityTest
    from peerstats.scoring._reliability_record import ScaleReliability

__all__ = ["ReliabilityResult"]

_LABELS = {key: each.label for key, each in COEFFICIENTS.items()} | {"empirical": "empirical (of scores)"}
_COEFFICIENTS = (
    Column(key="scale", label="scale", blank_repeats=True),
    Column(key="group", label="group", blank_repeats=True),
    Column(key="n", label="n", kind="integer"),
    Column(key="n_items", label="items", kind="integer"),
    Column(key="coefficient", label="coefficient"),
    Column(key="estimate", label="estimate", kind="number", digits=3),
    Column(key="std_error", label="SE", kind="number", digits=3),
    Column(key="conf_low", label="low", kind="number", digits=3),
    Column(key="conf_high", label="high", kind="number", digits=3),
    Column(key="sem", label="SEM", kind="number", digits=2),
    Column(key="reason", label="why none"),
)
_ITEMS = (
    Column(key="scale", label="scale", blank_repeats=True),
    Column(key="group", label="group", blank_repeats=True),
    Column(key="item", label="item"),
    Column(key="mean", label="mean", kind="number", digits=2),
    Column(key="sd", label="SD", kind="number", digits=2),
    Column(key="floor", label="floor", kind="percent", digits=1),
    Column(key="ceiling", label="ceiling", kind="percent", digits=1),
    Column(key="item_rest", label="item-rest r", kind="number", digits=2),
    Column(key="alpha_dropped", label="alpha if dropped", kind="number", digits=3),
    Column(key="reason", label="why none"),
)
_TESTS = (
    Column(key="scale", label="scale"),
    Column(key="test", label="test"),
    Column(key="statistic", label="statistic", kind="number", digits=3),
    Column(key="df_numerator", label="df", kind="number", digits=0),
    Column(key="df_denominator", label="df 2", kind="number", digits=0),
    Column(key="p_value", label="p", kind="p_value"),
)


def _shown(columns: dict[str, Any], printed: tuple[Column, ...], *, grouped: bool) -> tuple[Column, ...]:
    """Leave out the columns that say nothing here."""
    return tuple(
        c
        for c in printed
        if (c.key != "group" or grouped) and (c.key != "reason" or any(r is not None for r in columns[c.key]))
    )


def _rows(columns: dict[str, Any], shown: Sequence[Column]) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*(columns[c.key] for c in shown), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ReliabilityResult(LabelledResult):
    """Reliability of scales: made by `reliability`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    title : str
        What was measured.
    scales : tuple of ScaleReliability
        One a scale and group.
    equality : mapping of str to EqualityTest
        Test that the alphas of the groups are equal, by scale.
    interval : str
        Kind of the limits: feldt, bonett, percentile, bca or none.
    n_replicates : int
        Bootstrap replicates; 0 for limits by normal theory.
    conf_level : float
        Confidence level of the limits.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    n : int
        Respondents that were used.
    lines, notes : tuple of str
        What was done, and what a reader must know.
    backend : str
        Library of the tables it gives.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> found = ps.reliability(people, "mbi_gs", items="mbi_{}", coefficients="alpha")
    >>> found.tidy()[["scale", "estimate", "conf_low", "conf_high"]].round(2).head(1)
            scale  estimate  conf_low  conf_high
    0  exhaustion      0.84      0.82       0.86
    """

    title: str
    scales: tuple[ScaleReliability, ...]
    equality: dict[str, EqualityTest]
    interval: str
    n_replicates: int
    conf_level: float
    weight_kind: str
    n: int
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _estimates(self) -> dict[str, Any]:
        pairs = [(s, e) for s in self.scales for e in s.estimates]
        numbers = ("estimate", "std_error", "conf_low", "conf_high", "sem")
        return {
            "scale": [s.scale for s, _ in pairs],
            "group": [s.group for s, _ in pairs],
            "coefficient": [e.coefficient for _, e in pairs],
            **{name: np.array([getattr(e, name) for _, e in pairs], dtype=float) for name in numbers},
            "n": np.array([s.n for s, _ in pairs]),
            "n_missing": np.array([s.n_missing for s, _ in pairs]),
            "n_items": np.array([s.n_items for s, _ in pairs]),
            "reason": [e.reason for _, e in pairs],
        }

    def _items(self) -> dict[str, Any]:
        tables = [(s, s.items) for s in self.scales if s.items is not None]
        numbers = ("mean", "sd", "item_rest", "alpha_dropped", "floor", "ceiling")
        return {
            "scale": [s.scale for s, t in tables for _ in t.names],
            "group": [s.group for s, t in tables for _ in t.names],
            "item": [name for _, t in tables for name in t.names],
            "n": np.array([s.n for s, t in tables for _ in t.names]),
            **{name: np.concatenate([getattr(t, name) for _, t in tables]) for name in numbers},
            "reason": [reason for _, t in tables for reason in t.reasons],
        }

    def _tests(self) -> dict[str, Any]:
        tests = list(self.equality.values())
        return {
            "scale": list(self.equality),
            "test": [t.test for t in tests],
            "statistic": np.array([t.statistic for t in tests], dtype=float),
            "df_numerator": np.array([t.df for t in tests], dtype=float),
            "df_denominator": np.array([t.df_denominator for t in tests], dtype=float),
            "p_value": np.array([t.p_value for t in tests], dtype=float),
        }

    def tidy(self) -> Any:
        """Return one row for each scale, group and coefficient.

        Returns
        -------
        frame
            Columns scale, group, coefficient, estimate, std_error, conf_low, conf_high, sem (in units of the
            score), n, n_missing, n_items, and reason where there is no estimate. Unrounded.
        """
        return new_frame(self._estimates(), self.backend)

    def items(self) -> Any:
        """Return one row for each scale, group and item.

        Returns
        -------
        frame
            Columns scale, group, item, n, mean, sd, item_rest, alpha_dropped, floor, ceiling, and reason
            where there is no correlation. Answers are taken after reversal.
        """
        return new_frame(self._items(), self.backend)

    def scale_statistics(self) -> Any:
        """Return one row for each scale and group.

        Returns
        -------
        frame
            Columns scale, group, n, n_missing, n_items, mean and sd of the score, and the least, mean and
            greatest correlation between items.
        """
        inter = np.array([s.inter_item for s in self.scales])
        return new_frame(
            {
                "scale": [s.scale for s in self.scales],
                "group": [s.group for s in self.scales],
                **{
                    name: np.array([getattr(s, name) for s in self.scales])
                    for name in ("n", "n_missing", "n_items", "mean", "sd")
                },
                "inter_item_low": inter[:, 0],
                "inter_item_mean": inter[:, 1],
                "inter_item_high": inter[:, 2],
            },
            self.backend,
        )

    def tests(self) -> Any:
        """Return one row for each scale whose groups were compared.

        Returns
        -------
        frame
            Columns scale, test, statistic, df_numerator, df_denominator (infinite for chi-square), p_value.
        """
        return new_frame(self._tests(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, interval, n_replicates, conf_level and weight_kind.
        """
        return new_frame(
            {
                "n": np.array([self.n]),
                "interval": [self.interval],
                "n_replicates": np.array([self.n_replicates]),
                "conf_level": np.array([self.conf_level]),
                "weight_kind": [self.weight_kind],
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            Coefficients, items, and tests of equal alphas where groups were compared.
        """
        grouped = len({s.group for s in self.scales}) > 1
        columns, items, tests = self._estimates(), self._items(), self._tests()
        words = self._words()
        columns, items = cells_in_words(words, columns), cells_in_words(words, items)
        columns["coefficient"] = [_LABELS[key] for key in columns["coefficient"]]
        shown, listed = (
            columns_in_words(words, _shown(columns, _COEFFICIENTS, grouped=grouped)),
            columns_in_words(words, _shown(items, _ITEMS, grouped=grouped)),
        )
        found = [
            Table(
                key="reliability",
                title=f"Reliability: {self.title}",
                lines=words.lines(self.lines),
                columns=shown,
                rows=_rows(columns, shown),
                notes=self.notes,
            ),
            Table(
                key="reliability-items",
                title="Items, after reversal",
                columns=listed,
                rows=_rows(items, listed),
            ),
        ]
        if self.equality:
            title = "Equal alphas in all groups"
            found.append(
                Table(key="reliability-tests", title=title, columns=_TESTS, rows=_rows(tests, _TESTS))
            )
        return tuple(found)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the coefficients with their limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        columns = cells_in_words(self._words(), self._estimates())
        grouped = len({s.group for s in self.scales}) > 1
        names = [_LABELS[key] for key in columns["coefficient"]]
        return forest(
            [f"{g}: {name}" for g, name in zip(columns["group"], names, strict=True)] if grouped else names,
            columns["estimate"],
            columns["conf_low"],
            columns["conf_high"],
            reference=1.0,
            groups=[name.replace("_", " ") for name in columns["scale"]],
            title=f"Reliability: {self.title}",
            xlabel="reliability (dashed: no error)",
            ax=ax,
        )

    def plot_items(
        self, scale: str | None = None, *, group: str | None = None, low: float = 0.3, ax: Any = None
    ) -> Any:
        """Draw the item-rest correlations of one scale.

        Parameters
        ----------
        scale : str, optional
            The scale; may be left out where there is one.
        group : str, optional
            The group; may be left out where there is one.
        low : float
            Where the dashed line stands.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the scale or the group is not named and there are several, or is unknown.
        """
        rows = [s for s in self.scales if s.items is not None]
        for name, asked in (("scale", scale), ("group", group)):
            known = list(dict.fromkeys(getattr(s, name) for s in rows))
            if asked is None and len(known) == 1:
                continue
            if asked not in known:
                raise InputError(
                    f"plot_items(): {name}={asked!r} is not known.",
                    did_you_mean(str(asked), known, what=f"{name}s"),
                )
            rows = [s for s in rows if getattr(s, name) == asked]
        (found,) = rows
        title = f"{self.title}: {found.scale.replace('_', ' ')}"
        items: Any = found.items
        return item_rest_chart(
            self._words().names(items.names),
            items.item_rest,
            low=low,
            title=title if found.group == "all" else f"{title}, {self._words().group(found.group)}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, title, rows, items, tests, interval, n_replicates, conf_level, weight_kind, n,
            lines and notes.
        """
        return {
            "schema": 1,
            "kind": "reliability",
            "title": self.title,
            "rows": plain_rows(self._estimates()),
            "items": plain_rows(self._items()),
            "tests": plain_rows(self._tests()),
            "interval": self.interval,
            "n_replicates": self.n_replicates,
            "conf_level": self.conf_level,
            "weight_kind": self.weight_kind,
            "n": self.n,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
