"""What reliable change gives: a row a respondent, and how many changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtri

from peerstats._core.frames import CodedText, frame_like, new_frame, tidy_backend, with_columns
from peerstats.errors import InputError
from peerstats.plots import share_bars
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array, IntArray

__all__ = ["ChangeError", "ChangeResult"]

_CLASSES = ("improved", "unchanged", "worsened")
_REASONS = (None, "no first score", "no second score", "no score", "no standard error")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangeError:
    """The measurement error of a change.

    Attributes
    ----------
    of_change : (n,) array
        Standard error of each person's change.
    sem : float
        Standard error of measurement of one score; with own errors its root mean square.
    sd, reliability : float
        What it was made of; NaN with own errors.
    kind : str or None
        Kind of reliability.
    told : str
        The sentence about it.
    """

    of_change: Array
    sem: float
    sd: float
    reliability: float
    kind: str | None
    told: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ChangeResult(LabelledResult):
    """Reliable change: made by `reliable_change`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    frame : narwhals DataFrame
        The caller's rows.
    first, second : str
        The columns compared.
    better : str
        Whether higher or lower scores are better.
    change, index : (n,) array
        Second minus first score, and the reliable change index; NaN where there is none.
    code, reason : (n,) int array
        Class of the change, -1 where there is none, and why.
    error : ChangeError
        The measurement error and where it comes from.
    conf_level : float
        Confidence level of the classes.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> scores = pd.DataFrame({"before": [40.0, 50, 60], "after": [60.0, 52, 45]})
    >>> result = ps.reliable_change(
    ...     scores, first="before", second="after", better="higher",
    ...     sd=14.0, reliability=0.88, kind_of_reliability="alpha",
    ... )
    >>> result.changes["change_class"].tolist()
    ['improved', 'unchanged', 'worsened']
    """

    frame: nw.DataFrame[Any]
    first: str
    second: str
    better: str
    change: Array
    index: Array
    code: IntArray
    reason: IntArray
    error: ChangeError
    conf_level: float

    def _row_columns(self) -> dict[str, Any]:
        words = (*_CLASSES, None)
        return {
            "change": self.change,
            "change_std_error": self.error.of_change,
            "reliable_change_index": self.index,
            "change_class": CodedText(codes=self.code % len(words), words=words),
            "change_reason": CodedText(codes=self.reason, words=_REASONS),
        }

    @property
    def changes(self) -> Any:
        """Changes, one row a respondent, in the caller's kind of frame and order.

        Columns change (second minus first), change_std_error, reliable_change_index, change_class (improved,
        unchanged, worsened), and change_reason why there is none.
        """
        return frame_like(self.frame, self._row_columns())

    def attach(self, prefix: str = "") -> Any:
        """Return the caller's frame with the columns of `changes` added at its end.

        Parameters
        ----------
        prefix : str
            Put before each new column's name, so that changes of several scales can stand side by side.

        Returns
        -------
        frame
            A new frame of the caller's kind; the caller's own is unchanged.

        Raises
        ------
        InputError
            If a column's name is already taken.
        """
        columns = {f"{prefix}{name}": values for name, values in self._row_columns().items()}
        taken = [name for name in columns if name in self.frame.columns]
        if taken:
            raise InputError(
                f"attach(): the data already have a column {taken[0]!r}.",
                "Give a prefix, attach(prefix='exhaustion_'), or take .changes and join it yourself.",
            )
        return with_columns(self.frame, columns)

    @property
    def minimal_detectable_change(self) -> float:
        """Smallest change of one person that is more than measurement error: z x sqrt(2) x SEM."""
        return float(ndtri((1 + self.conf_level) / 2) * np.sqrt(2) * self.error.sem)

    def _counts(self) -> dict[str, Any]:
        n = np.bincount(self.code[self.code >= 0], minlength=len(_CLASSES))
        return {"change_class": list(_CLASSES), "n": n, "share": n / n.sum()}

    def _overall(self) -> dict[str, Any]:
        known = self.code >= 0
        return {
            "n": np.array([int(known.sum())]),
            "n_missing": np.array([int((~known).sum())]),
            "mean_change": np.array([float(self.change[known].mean())]),
            "sem": np.array([self.error.sem]),
            "minimal_detectable_change": np.array([self.minimal_detectable_change]),
            "sd": np.array([self.error.sd]),
            "reliability": np.array([self.error.reliability]),
            "kind_of_reliability": [self.error.kind],
            "better": [self.better],
            "conf_level": np.array([self.conf_level]),
        }

    def tidy(self) -> Any:
        """Count the respondents by class of change.

        Returns
        -------
        frame
            Columns change_class, n, and share of those with both scores.
        """
        return new_frame(self._counts(), tidy_backend(self.frame))

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, n_missing, mean_change, sem, minimal_detectable_change, sd, reliability,
            kind_of_reliability, better, conf_level.
        """
        return new_frame(self._overall(), tidy_backend(self.frame))

    def _withheld(self) -> list[tuple[str, int]]:
        counts = np.bincount(self.reason, minlength=len(_REASONS))
        return [(str(_REASONS[i]), int(counts[i])) for i in range(1, len(_REASONS)) if counts[i]]

    def _title(self) -> str:
        second, first = self._words().names([self.second, self.first])
        return f"Reliable change: {second} minus {first}"

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        counts = self._counts()
        left_out = "; ".join(f"{n:,} {reason}" for reason, n in self._withheld()) or "nobody left out"
        kinds: dict[str, Literal["integer", "percent"]] = {"n": "integer", "share": "percent"}
        z = ndtri((1 + self.conf_level) / 2)
        least = self.minimal_detectable_change
        return (
            Table(
                key="change",
                title=self._title(),
                lines=(
                    f"{int(counts['n'].sum()):,} respondents with both scores; {left_out}; unweighted",
                    f"{self.better} scores are better; changed where |change| > {z:.2f} standard errors",
                    self.error.told,
                    f"SEM {self.error.sem:.3f}; minimal detectable change {least:.3f}",
                ),
                columns=tuple(
                    Column(key=key, label=key.replace("_", " "), kind=kinds.get(key, "text"), digits=1)
                    for key in counts
                ),
                rows=tuple(zip(*counts.values(), strict=True)),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the share of respondents in each class of change.

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
        return share_bars(
            counts["change_class"],
            counts["share"],
            title=self._title(),
            xlabel="share of respondents with both scores",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, first, second, those of `glance`, rows, and report (who has no
            change, and why).
        """
        glance = {name: np.asarray(values).tolist()[0] for name, values in self._overall().items()}
        return {
            "schema": 1,
            "kind": "change",
            "first": self.first,
            "second": self.second,
            # JSON has no NaN
            **{name: None if value != value else value for name, value in glance.items()},  # noqa: PLR0124
            "rows": plain_rows(self._counts()),
            "report": [{"reason": reason, "n": n} for reason, n in self._withheld()],
        }
