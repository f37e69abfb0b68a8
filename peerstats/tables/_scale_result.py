"""What scale_table gives: descriptives, reliabilities and correlations of scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, LabelledResult, Table, cells_in_words, columns_in_words, plain_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats._core.labels import Words
    from peerstats.tables._scale_record import ScaleCorrelation, ScaleDescription

__all__ = ["ScaleTableResult"]

_NAMES = (Column(key="scale", label="scale", blank_repeats=True), Column(key="group", label="group"))
_DESCRIPTIVES = (
    *_NAMES,
    Column(key="n", label="n", kind="integer"),
    Column(key="n_missing", label="left out", kind="integer"),
    Column(key="mean", label="mean", kind="number"),
    Column(key="sd", label="SD", kind="number"),
    Column(key="minimum", label="min", kind="number", digits=1),
    Column(key="maximum", label="max", kind="number", digits=1),
    Column(key="skew", label="skew", kind="number"),
    Column(key="alpha", label="alpha", kind="number"),
    Column(key="omega", label="omega", kind="number"),
    Column(key="reason", label="why empty"),
)
_RELIABILITIES = (
    *_NAMES,
    Column(key="n_items", label="items", kind="integer"),
    Column(key="alpha", label="alpha", kind="number", digits=3),
    Column(key="alpha_low", label="low", kind="number", digits=3),
    Column(key="alpha_high", label="high", kind="number", digits=3),
    Column(key="omega", label="omega", kind="number", digits=3),
    Column(key="omega_low", label="low", kind="number", digits=3),
    Column(key="omega_high", label="high", kind="number", digits=3),
)
_PAIRS = (
    Column(key="scale", label="scale", blank_repeats=True),
    Column(key="other_scale", label="other scale", blank_repeats=True),
    Column(key="group", label="group"),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="r", kind="number"),
    Column(key="conf_low", label="low", kind="number"),
    Column(key="conf_high", label="high", kind="number"),
    Column(key="reason", label="why empty"),
)
_BOUNDS = ("minimum", "maximum")


def _spoken(words: Words, columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns in words; a scale may be called as a column of scores is."""
    found = cells_in_words(words, columns)
    return {
        key: words.names(v) if words and key in ("scale", "other_scale") else v for key, v in found.items()
    }


def _table(
    key: str, title: str, columns: dict[str, Any], printed: Sequence[Column], words: Words, **texts: Any
) -> Table:
    """Print columns, those left out that say nothing here."""
    shown = [
        column
        for column in printed
        if (column.key != "group" or len(set(columns["group"])) > 1)
        and (column.key != "reason" or any(columns["reason"]))
    ]
    whole = all(float(v).is_integer() for key in _BOUNDS for v in columns.get(key, ()) if not np.isnan(v))
    shown = [
        Column(key=c.key, label=c.label, kind="number", digits=0) if whole and c.key in _BOUNDS else c
        for c in shown
    ]
    shown, columns = columns_in_words(words, shown), _spoken(words, columns)
    rows = list(zip(*(columns[c.key] for c in shown), strict=True))
    return Table(key=key, title=title, columns=shown, rows=rows, **texts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ScaleTableResult(LabelledResult):
    """Scales described, their reliabilities and correlations: made by `scale_table`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    descriptions : tuple of ScaleDescription
        By scale and group.
    pairs : tuple of ScaleCorrelation
        By pair of scales and group.
    diagonal : str
        The coefficient on the diagonal of the printed matrix.
    interval : str
        Kind of the limits of alpha and omega.
    n_replicates : int
        Bootstrap replicates behind them.
    conf_level : float
        Confidence level of all limits.
    weight_kind : str
        What the weights mean.
    n : int
        Rows used.
    lines : tuple of str
        What was done.
    notes : tuple of str
        What a reader must know.
    backend : str
        The library of the frames.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> result = ps.scale_table(ps.score(people, "mbi_gs", items="mbi_{}"), interval=None)
    >>> result.correlations()[["scale", "other_scale", "estimate"]].round(2).head(1)
            scale other_scale  estimate
    0  exhaustion    cynicism       0.4
    """

    descriptions: tuple[ScaleDescription, ...]
    pairs: tuple[ScaleCorrelation, ...]
    diagonal: str
    interval: str
    n_replicates: int
    conf_level: float
    weight_kind: str
    n: int
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _descriptions(self) -> dict[str, Any]:
        rows = self.descriptions
        columns: dict[str, Any] = {name: [getattr(d, name) for d in rows] for name in ("scale", "group")}
        counts = ("n", "n_missing", "n_items")
        columns |= {name: np.array([getattr(d, name) for d in rows], dtype=np.int64) for name in counts}
        for name in ("mean", "sd", *_BOUNDS, "skew"):
            columns[name] = np.array([getattr(d, name) for d in rows], dtype=float)
        for name in ("alpha", "omega"):
            for ending, part in (("", "estimate"), ("_low", "low"), ("_high", "high")):
                columns[name + ending] = np.array([getattr(getattr(d, name), part) for d in rows])
        return columns | {"reason": [d.reason for d in rows]}

    def _pairs(self) -> dict[str, Any]:
        rows = self.pairs
        columns: dict[str, Any] = {
            name: [getattr(p, name) for p in rows] for name in ("scale", "other_scale", "group")
        }
        parts = {"estimate": "estimate", "conf_low": "low", "conf_high": "high"}
        return (
            columns
            | {"n": np.array([p.found.n for p in rows], dtype=np.int64)}
            | {
                name: np.array([getattr(p.found, part) for p in rows], dtype=float)
                for name, part in parts.items()
            }
            | {"reason": [p.reason for p in rows]}
        )

    def tidy(self) -> Any:
        """Return one row for each scale and group.

        Returns
        -------
        frame
            Columns scale, group, n, n_missing, n_items, mean, sd, minimum, maximum, skew, alpha, alpha_low,
            alpha_high, omega, omega_low, omega_high, and reason where something is empty. Unrounded.
        """
        return new_frame(self._descriptions(), self.backend)

    def correlations(self) -> Any:
        """Return one row for each pair of scales and group.

        Returns
        -------
        frame
            Columns scale, other_scale, group, n, estimate, conf_low, conf_high, and reason where something is
            empty. Unrounded.
        """
        return new_frame(self._pairs(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, interval (of alpha and omega), n_replicates, conf_level and weight_kind.
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

    def _matrix(self) -> Table:
        """Put the correlations below the diagonal and the reliabilities on it, group below group."""
        scales = list(dict.fromkeys(d.scale for d in self.descriptions))
        groups = list(dict.fromkeys(d.group for d in self.descriptions))
        values: dict[tuple[str, str, str], float] = {
            (p.group, p.other_scale, p.scale): p.found.estimate for p in self.pairs
        }
        values |= {(d.group, d.scale, d.scale): getattr(d, self.diagonal).estimate for d in self.descriptions}
        words = self._words()
        columns = [Column(key="scale", label="scale")]
        columns += [Column(key=f"scale_{i}", label=str(i), kind="number") for i in range(1, len(scales) + 1)]
        rows = [
            (
                words.group(group),
                f"{i} {words.name(scale)}",
                *(values.get((group, scale, other)) for other in scales),
            )
            for group in groups
            for i, scale in enumerate(scales, 1)
        ]
        if len(groups) > 1:
            columns.insert(0, Column(key="group", label=words.heading("group"), blank_repeats=True))
        else:
            rows = [row[1:] for row in rows]
        return Table(
            key="scale-correlations",
            title=f"Correlations of the scales, {self.diagonal} on the diagonal",
            columns=columns,
            rows=rows,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            Descriptives; reliabilities with their limits; with several scales the matrix of correlations with
            reliabilities on the diagonal, and the correlations with their limits.
        """
        columns, words = self._descriptions(), self._words()
        percent = f"{self.conf_level:.0%}"
        limits = "" if self.interval == "none" else f" with {percent} limits"
        found = [
            _table(
                "scale-table",
                "Scales",
                columns,
                _DESCRIPTIVES,
                words,
                lines=words.lines(self.lines),
                notes=self.notes,
            ),
            _table("scale-reliabilities", f"Reliabilities{limits}", columns, _RELIABILITIES, words),
        ]
        if self.pairs:
            title = f"Correlations with {percent} limits"
            found += [self._matrix(), _table("scale-correlation-limits", title, self._pairs(), _PAIRS, words)]
        return tuple(found)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the correlations with their limits; for one scale, its reliabilities.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        columns = _spoken(self._words(), self._pairs() if self.pairs else self._reliabilities())
        above, beside = (
            [name.replace("_", " ") for name in columns[key]] for key in ("scale", "other_scale")
        )
        if len(set(columns["group"])) > 1:
            above = [f"{one}, {other}" for one, other in zip(above, beside, strict=True)]
            beside = columns["group"]
        return forest(
            beside,
            columns["estimate"],
            columns["conf_low"],
            columns["conf_high"],
            reference=0.0 if self.pairs else 1.0,
            groups=above,
            title="Correlations of the scales" if self.pairs else "Reliability",
            xlabel="correlation" if self.pairs else "reliability (dashed: no error)",
            ax=ax,
        )

    def _reliabilities(self) -> dict[str, Any]:
        rows = [(d, name, getattr(d, name)) for d in self.descriptions for name in ("alpha", "omega")]
        return {
            "scale": [d.scale for d, _, _ in rows],
            "other_scale": [name for _, name, _ in rows],
            "group": [d.group for d, _, _ in rows],
            "estimate": [r.estimate for _, _, r in rows],
            "conf_low": [r.low for _, _, r in rows],
            "conf_high": [r.high for _, _, r in rows],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, rows, correlations, diagonal, interval, n_replicates, conf_level, weight_kind,
            n, lines and notes.
        """
        kept = ("diagonal", "interval", "n_replicates", "conf_level", "weight_kind", "n")
        return {
            "schema": 1,
            "kind": "scale_table",
            "rows": plain_rows(self._descriptions()),
            "correlations": plain_rows(self._pairs()),
            **{name: getattr(self, name) for name in kept},
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
