"""What rake gives: weights, the margins before and after, and a design that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame, read_frame, with_columns
from peerstats._core.labels import CROSS
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots import histogram
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats._core.labels import Words
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.typing import Array

__all__ = ["MarginLevel", "RakeResult"]

_COLUMNS = (
    Column(key="margin", label="margin", blank_repeats=True),
    Column(key="margin_level", label="level"),
    Column(key="n", label="n", kind="integer"),
    Column(key="target", label="target", kind="number", digits=1),
    Column(key="before", label="before", kind="number", digits=1),
    Column(key="after", label="after", kind="number", digits=1),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarginLevel:
    """One level of a margin.

    Parameters
    ----------
    margin, level : str
        The margin and its level.
    n : int
        Respondents who have it.
    target, before, after : float
        People who should have it, and the sums of base and raked weights.
    """

    margin: str
    level: str
    n: int
    target: float
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RakeResult(LabelledResult):
    """Raked weights: made by `rake`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    levels : tuple of MarginLevel
        The levels of all margins.
    weights : (n,) float array
        Raked weights in the order of the rows.
    design : SurveyDesign
        The design, which rakes again whenever it is read.
    n : int
        Respondents with weight.
    n_zero : int
        Rows with a base weight of zero, which stays.
    n_iterations : int
        Cycles through the margins.
    largest_miss : float
        Largest distance from a target that is left, as a share of it.
    trim : (float, float) or None
        Bounds of the weights as multiples of their mean.
    n_trimmed_low, n_trimmed_high : int
        Respondents whose weight stands at a bound.
    effect_before, effect_after : float
        Kish's design effect of the base and the raked weights.
    notes : tuple of str
        What to keep in mind.
    backend : str
        The library of the frames.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> people = pd.DataFrame({"sex": ["w", "w", "w", "m"]})
    >>> result = ps.rake(people, {"sex": {"w": 60, "m": 40}})
    >>> result.tidy()[["margin_level", "n", "target", "before", "after"]]
      margin_level  n  target  before  after
    0            w  3    60.0     3.0   60.0
    1            m  1    40.0     1.0   40.0
    """

    levels: tuple[MarginLevel, ...]
    weights: Array
    design: SurveyDesign
    n: int
    n_zero: int
    n_iterations: int
    largest_miss: float
    trim: tuple[float, float] | None
    n_trimmed_low: int
    n_trimmed_high: int
    effect_before: float
    effect_after: float
    notes: tuple[str, ...]
    backend: str

    def attach(self, data: Any, name: str = "raked_weight") -> Any:
        """Return a frame with the raked weights as a column at its end.

        Parameters
        ----------
        data : frame
            The rows that were raked, in their order.
        name : str
            Name of the column.

        Returns
        -------
        frame
            A new frame of the caller's kind.

        Raises
        ------
        InputError
            If the frame has other than the raked rows' number, or a column of that name.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> people = pd.DataFrame({"sex": ["w", "w", "m"]})
        >>> ps.rake(people, {"sex": {"w": 60, "m": 40}}).attach(people)["raked_weight"].tolist()
        [30.0, 30.0, 40.0]
        """
        frame = read_frame(data, "attach")
        if len(frame) != len(self.weights):
            raise InputError(
                f"attach(): the data have {counted(len(frame), 'row')}, {len(self.weights):,} were raked.",
                "Give the frame that was raked.",
            )
        if name in frame.columns:
            raise InputError(f"attach(): the data already have a column {name!r}.", "Give another name=.")
        return with_columns(frame, {name: self.weights})

    def _columns(self) -> dict[str, Any]:
        return {
            "margin": [each.margin for each in self.levels],
            "margin_level": [each.level for each in self.levels],
            "n": np.array([each.n for each in self.levels], dtype=np.int64),
            "target": np.array([each.target for each in self.levels]),
            "before": np.array([each.before for each in self.levels]),
            "after": np.array([each.after for each in self.levels]),
        }

    def tidy(self) -> Any:
        """Return one row for each level of each margin.

        Returns
        -------
        frame
            Columns margin, margin_level, n, target, before and after. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def _glance(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "n_zero_weight": self.n_zero,
            "n_iterations": self.n_iterations,
            "largest_miss": self.largest_miss,
            "n_trimmed_low": self.n_trimmed_low,
            "n_trimmed_high": self.n_trimmed_high,
            "design_effect_before": self.effect_before,
            "design_effect": self.effect_after,
            "n_effective_before": self.n / self.effect_before,
            "n_effective": self.n / self.effect_after,
        }

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, n_zero_weight, n_iterations, largest_miss, n_trimmed_low, n_trimmed_high,
            design_effect_before, design_effect, n_effective_before and n_effective.

        Notes
        -----
        Design effects are Kish's, of the weights alone: 1 plus their squared coefficient of variation. The
        effective sample size is n over it.
        """
        return new_frame({name: np.array([value]) for name, value in self._glance().items()}, self.backend)

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            The margins.
        """
        columns = _spoken(self._words(), self._columns())
        zero = f" ({self.n_zero:,} of weight zero left out)" if self.n_zero else ""
        before, after = self.n / self.effect_before, self.n / self.effect_after
        lines = [
            f"{counted(self.n, 'respondent')}{zero}, cycles over the margins: {self.n_iterations:,}",
            f"largest distance from a target: {self.largest_miss:.1g} of it",
            f"design effect of the weights: {self.effect_before:.2f} before, {self.effect_after:.2f} after",
            f"effective sample size: {before:,.0f} before, {after:,.0f} after",
        ]
        if self.trim is not None:
            lines.append(
                f"weights between {self.trim[0]:g} and {self.trim[1]:g} times their mean: "
                f"{self.n_trimmed_low:,} at the lower bound, {self.n_trimmed_high:,} at the upper"
            )
        table = Table(
            key="rake",
            title="Raked weights",
            columns=_COLUMNS,
            rows=list(zip(*(columns[column.key] for column in _COLUMNS), strict=True)),
            lines=lines,
            notes=self.notes,
        )
        return (table,)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the distribution of the raked weights over their mean.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        positive = self.weights[self.weights > 0]
        return histogram(
            positive / positive.mean(), title="Raked weights", xlabel="weight over the mean weight", ax=ax
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, rows, those of `glance`, trim, design and notes.
        """
        return {
            "schema": 1,
            "kind": "rake",
            "rows": plain_rows(self._columns()),
            **self._glance(),
            "trim": None if self.trim is None else list(self.trim),
            "design": self.design.to_dict(),
            "notes": list(self.notes),
        }


def _spoken(words: Words, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the margins in words; one of several columns is told of all of them."""
    if not words:
        return columns
    margins = [
        (str(margin).split(CROSS), str(level))
        for margin, level in zip(columns["margin"], columns["margin_level"], strict=True)
    ]
    return {
        **columns,
        "margin": [CROSS.join(words.names(names)) for names, _ in margins],
        "margin_level": [words.crossed(names, level, CROSS) for names, level in margins],
    }
