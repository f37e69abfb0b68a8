"""Respondents in categories: the records and the printed face that profiles, levels and matches share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from peerstats._core.frames import frame_like, new_frame, tidy_backend, with_columns
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots import share_bars
from peerstats.results import Column, LabelledResult, Table, plain_rows
from peerstats.scoring._result import ScoreResult

if TYPE_CHECKING:
    from peerstats.scoring._placement import Placement

__all__ = ["CategoryResult", "check_scores", "key_notes"]


def check_scores(scores: object, call: str, *, method: str | None = None) -> ScoreResult:
    """Return the scores if they are a result of `score`, by the method asked for."""
    if not isinstance(scores, ScoreResult):
        raise InputError(
            f"{call}(): scores is a {type(scores).__name__}, not a result of score().",
            "Score first and pass the result on: "
            f"ps.{call}(ps.score(data, 'mbi_gs', items='mbi_{{}}'), ...).",
        )
    if method is not None and scores.plan.method != method:
        raise InputError(
            f"{call}(): {scores.plan.instrument.key!r} is scored by method={scores.plan.method!r}, "
            f"and this needs {method}s.",
            f"Score it with method={method!r}.",
        )
    return scores


def key_notes(scored: ScoreResult) -> tuple[str, ...]:
    """Return what the scores say about a key that is not confirmed; it holds for all that is made of them."""
    return tuple(note for note in scored.notes if "not confirmed" in note)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CategoryResult(LabelledResult):
    """Respondents in categories; the base of the results that say what scores mean.

    Attributes
    ----------
    scored : ScoreResult
        The scores that were placed.
    placements : tuple of Placement
        The category of each respondent, by variable.
    lines : tuple of str
        What was done.
    notes : tuple of str
        What a reader must know.
    """

    scored: ScoreResult
    placements: tuple[Placement, ...]
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    # What the result and the category are called in frames, and whether there is one for each scale.
    _kind: ClassVar[str] = ""
    _word: ClassVar[str] = ""
    _by_scale: ClassVar[bool] = True

    def _row_columns(self) -> dict[str, Any]:
        return {name: values for each in self.placements for name, values in each.columns().items()}

    def _rows(self) -> Any:
        return frame_like(self.scored.frame, self._row_columns())

    def _frame(self, columns: dict[str, Any]) -> Any:
        return new_frame(columns, tidy_backend(self.scored.frame))

    def attach(self) -> Any:
        """Return the caller's frame with these columns added at its end.

        Returns
        -------
        frame
            A new frame of the caller's kind; the caller's own is unchanged.

        Raises
        ------
        InputError
            If a column's name is already taken.
        """
        columns = self._row_columns()
        taken = [name for name in columns if name in self.scored.frame.columns]
        if taken:
            raise InputError(
                f"attach(): the data already have a column {taken[0]!r}.",
                "Rename it, or take the rows from this result and join them yourself.",
            )
        return with_columns(self.scored.frame, columns)

    def report(self) -> Any:
        """Count the respondents who were not placed, by reason.

        Returns
        -------
        frame
            Columns scale (where each scale is placed by itself), reason and n.
        """
        rows = [(each.name, reason, n) for each in self.placements for reason, n in each.withheld()]
        columns: dict[str, Any] = {"scale": [row[0] for row in rows]} if self._by_scale else {}
        columns["reason"] = [row[1] for row in rows]
        columns["n"] = np.array([row[2] for row in rows], dtype=np.int64)
        return self._frame(columns)

    def _counts(self) -> dict[str, Any]:
        names = [each.name for each in self.placements for _ in each.categories]
        counts = [each.counts for each in self.placements]
        placed = np.repeat([k.sum() for k in counts], [len(k) for k in counts])
        n = np.concatenate(counts)
        share = np.divide(n, placed, out=np.full(len(n), np.nan), where=placed > 0)
        columns: dict[str, Any] = {"scale": names} if self._by_scale else {}
        words = [word for each in self.placements for word in each.categories]
        return {**columns, self._word: words, "n": n, "share": share}

    def tidy(self) -> Any:
        """Count the respondents in each category.

        Returns
        -------
        frame
            One row a category, those of nobody too: scale (where each scale is placed by itself), the
            category, n, and share of the respondents placed. Unweighted.
        """
        return self._frame(self._counts())

    def _glance(self) -> dict[str, Any]:
        placed = int(np.all([each.code >= 0 for each in self.placements], axis=0).sum())
        return {
            "instrument": [self.scored.plan.instrument.key],
            "method": [self.scored.plan.method],
            "n": np.array([self.scored.n]),
            "n_scored": np.array([placed]),
            "n_withheld": np.array([self.scored.n - placed]),
            **self._chosen(),
        }

    @abstractmethod
    def _chosen(self) -> dict[str, Any]:
        """Return what was chosen, for `glance`."""

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns instrument, method, n, n_scored (placed on every variable), n_withheld, and what was
            chosen.
        """
        return self._frame(self._glance())

    @abstractmethod
    def _title(self) -> str:
        """Return the printed title."""

    def _withheld_lines(self) -> tuple[str, ...]:
        return tuple(
            f"{each.name} withheld: " + "; ".join(f"{n:,} {reason}" for reason, n in each.withheld())
            for each in self.placements
            if each.withheld()
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            The counts first.
        """
        columns = self._counts()
        kinds = {"n": "integer", "share": "percent"}
        plan = self.scored.plan
        n = counted(self.scored.n, "respondent")
        first = f"{n}, {plan.instrument.key} scored by {plan.method}; unweighted"
        return (
            Table(
                key=f"{self._kind}-{plan.instrument.key}",
                title=self._title(),
                lines=(first, *self.lines, *self._withheld_lines()),
                columns=tuple(
                    Column(
                        key=key,
                        label=key,
                        kind=kinds.get(key, "text"),  # type: ignore[arg-type]  # a value of the table above
                        digits=1,
                        blank_repeats=key == "scale",
                    )
                    for key in columns
                ),
                rows=tuple(zip(*columns.values(), strict=True)),
                notes=self.notes,
            ),
            *self._more_tables(),
        )

    def _more_tables(self) -> tuple[Table, ...]:
        return ()

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the share of respondents in each category.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        columns = self._counts()
        return share_bars(
            columns[self._word],
            columns["share"],
            groups=[name.replace("_", " ") for name in columns["scale"]] if self._by_scale else None,
            title=self._title(),
            xlabel="share of the respondents placed",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, rows, report, lines, notes, and those of `glance`.
        """
        glance = {name: np.asarray(values).tolist()[0] for name, values in self._glance().items()}
        return {
            "schema": 1,
            "kind": self._kind,
            **glance,
            "rows": plain_rows(self._counts()),
            "report": [
                {**({"scale": each.name} if self._by_scale else {}), "reason": reason, "n": n}
                for each in self.placements
                for reason, n in each.withheld()
            ],
            "lines": list(self.lines),
            "notes": list(self.notes),
            **self._details(),
        }

    def _details(self) -> dict[str, Any]:
        """Return what this kind of result adds to `to_dict`."""
        return {}
