"""What response quality gives: indices and flags, a row a respondent, and how many were flagged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.frames import frame_like, new_frame, tidy_backend, with_columns
from peerstats.errors import InputError
from peerstats.plots import share_bars
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats._core.frames import nw
    from peerstats.scoring._quality_items import QualityItems
    from peerstats.scoring._quality_rules import Rule
    from peerstats.typing import Array, IntArray

__all__ = ["QualityResult"]

_LABELS = {"n_flagged": "flagged", "threshold": "flagged where"}
_SIGNS = {"at least": ">=", "at most": "<=", "above": ">", "below": "<"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class QualityResult(LabelledResult):
    """Indices of response quality: made by `response_quality`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    frame : narwhals DataFrame
        The caller's rows.
    items : QualityItems
        The answers.
    indices_by_name : mapping of str to (n,) array
        Each index; NaN where it cannot be computed.
    rules : tuple of Rule
        How each index is compared with its threshold.
    pair_index : tuple of str
        "synonyms" or "antonyms", for each pair of items found.
    pair_items : (p, 2) int array
        Positions of the items of each pair.
    pair_r : (p,) array
        Their correlations in the sample.
    pair_correlation : float
        The correlation beyond which a pair counts.
    lines, notes : tuple of str
        What was done, and what a reader must know.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[3] * 16, [0, 6] * 8], columns=[f"mbi_{i}" for i in range(1, 17)])
    >>> quality = ps.response_quality(answers, "mbi_gs", items="mbi_{}")
    >>> quality.indices["longstring"].tolist()
    [16.0, 1.0]
    >>> quality.flags["longstring_flag"].tolist()
    [True, False]
    """

    frame: nw.DataFrame[Any]
    items: QualityItems
    indices_by_name: Mapping[str, Array]
    rules: tuple[Rule, ...]
    pair_index: tuple[str, ...]
    pair_items: IntArray
    pair_r: Array
    pair_correlation: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def _flag_columns(self) -> dict[str, Any]:
        by_index = {
            f"{rule.index}_flag": rule.flagged(self.indices_by_name[rule.compared]) for rule in self.rules
        }
        return {**by_index, "n_flags": np.sum(list(by_index.values()), axis=0, dtype=np.int64)}

    @property
    def indices(self) -> Any:
        """Indices, one row a respondent, in the caller's kind of frame and order."""
        return frame_like(self.frame, self.indices_by_name)

    @property
    def flags(self) -> Any:
        """Flags, one row a respondent: a column `_flag` an index, and n_flags.

        An index that cannot be computed flags nobody.
        """
        return frame_like(self.frame, self._flag_columns())

    def attach(self, prefix: str = "") -> Any:
        """Return the caller's frame with indices and flags added at its end; nobody is left out.

        Parameters
        ----------
        prefix : str
            Put before each new column's name, so that several instruments can stand side by side.

        Returns
        -------
        frame
            A new frame of the caller's kind; the caller's own is unchanged.

        Raises
        ------
        InputError
            If a column's name is already taken.
        """
        columns = {f"{prefix}{k}": v for k, v in {**self.indices_by_name, **self._flag_columns()}.items()}
        taken = [name for name in columns if name in self.frame.columns]
        if taken:
            raise InputError(
                f"attach(): the data already have a column {taken[0]!r}.",
                "Give a prefix, attach(prefix='mbi_'), or take .indices and .flags and join them yourself.",
            )
        return with_columns(self.frame, columns)

    def _frame(self, columns: Mapping[str, Any]) -> Any:
        return new_frame(columns, tidy_backend(self.frame))

    def pairs(self) -> Any:
        """List the pairs of items that correlate beyond the threshold in the sample.

        Returns
        -------
        frame
            Columns index ("synonyms" or "antonyms"), item, other_item, correlation; strongest first.
        """
        names = self.items.names
        return self._frame(
            {
                "index": list(self.pair_index),
                "item": [names[i] for i, _ in self.pair_items],
                "other_item": [names[j] for _, j in self.pair_items],
                "correlation": self.pair_r,
            }
        )

    def _counts(self) -> dict[str, Any]:
        flags = self._flag_columns()
        n = np.array([int((~np.isnan(self.indices_by_name[rule.compared])).sum()) for rule in self.rules])
        flagged = np.array([int(flags[f"{rule.index}_flag"].sum()) for rule in self.rules])
        used = np.array([rule.threshold is not None for rule in self.rules]) & (n > 0)
        return {
            "index": [rule.index for rule in self.rules],
            "compared": [rule.compared for rule in self.rules],
            "direction": [rule.direction for rule in self.rules],
            "threshold": np.array([np.nan if r.threshold is None else r.threshold for r in self.rules]),
            "n": n,
            "n_flagged": flagged,
            "share": np.divide(flagged, n, out=np.full(len(n), np.nan), where=used),
        }

    def _overall(self) -> dict[str, Any]:
        n = len(self.items.given)
        n_answered = int((~np.isnan(self.items.given)).any(axis=1).sum())
        return {
            "instrument": [self.items.key],
            "n": np.array([n]),
            "n_items": np.array([len(self.items.names)]),
            "n_missing": np.array([n - n_answered]),
            "n_flagged": np.array([int((self._flag_columns()["n_flags"] > 0).sum())]),
            "pair_correlation": np.array([self.pair_correlation]),
            "n_synonyms": np.array([self.pair_index.count("synonyms")]),
            "n_antonyms": np.array([self.pair_index.count("antonyms")]),
        }

    def tidy(self) -> Any:
        """Count the flagged respondents, one row an index.

        Returns
        -------
        frame
            Columns index, compared (the column held against the threshold), direction, threshold (null where
            nobody is flagged by it), n (respondents with the index), n_flagged, and share of those n.
        """
        return self._frame(self._counts())

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns instrument, n, n_items, n_missing (respondents without any answer), n_flagged (with one
            flag or more), pair_correlation, n_synonyms, n_antonyms.
        """
        return self._frame(self._overall())

    def _title(self) -> str:
        names = self.items.names
        whole = self.items.title
        if whole == f"{names[0]} to {names[-1]}":
            whole = " to ".join(self._words().names([names[0], names[-1]]))
        return f"Response quality: {whole}"

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        counts = self._counts()
        thresholds = [
            None
            if rule.threshold is None
            else f"{'p ' if rule.index == 'mahalanobis' else ''}{_SIGNS[rule.direction]} {rule.threshold:g}"
            for rule in self.rules
        ]
        shown = {
            "index": [name.replace("_", " ") for name in counts["index"]],
            "threshold": thresholds,
            "n": counts["n"],
            "n_flagged": [
                None if np.isnan(share) else n
                for n, share in zip(counts["n_flagged"], counts["share"], strict=True)
            ],
            "share": counts["share"],
        }
        kinds: dict[str, Literal["integer", "percent"]] = {
            "n": "integer",
            "n_flagged": "integer",
            "share": "percent",
        }
        return (
            Table(
                key=f"quality-{self.items.key}",
                title=self._title(),
                lines=self.lines,
                columns=tuple(
                    Column(key=key, label=_LABELS.get(key, key), kind=kinds.get(key, "text"), digits=1)
                    for key in shown
                ),
                rows=tuple(zip(*shown.values(), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the share of respondents flagged by each index that has a threshold and somebody to flag.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        counts = self._counts()
        drawn = ~np.isnan(counts["share"])
        if not drawn.any():
            drawn[:] = True
        return share_bars(
            [name.replace("_", " ") for name, shown in zip(counts["index"], drawn, strict=True) if shown],
            counts["share"][drawn],
            title=self._title(),
            xlabel="share flagged of the respondents with the index",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, those of `glance`, rows, pairs, lines and notes.
        """
        names = self.items.names
        found = zip(self.pair_index, self.pair_items.tolist(), self.pair_r.tolist(), strict=True)
        return {
            "schema": 1,
            "kind": "response_quality",
            **{name: np.asarray(values).tolist()[0] for name, values in self._overall().items()},
            "rows": plain_rows(self._counts()),
            "pairs": [
                {"index": index, "item": names[i], "other_item": names[j], "correlation": r}
                for index, (i, j), r in found
            ],
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
