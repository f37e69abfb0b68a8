"""What printed figures of an odds ratio imply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain, plain_rows

__all__ = ["OddsRatioResult", "Recovered"]

_WORDS = {
    "odds_ratio": "odds ratio",
    "log_odds_ratio": "log odds ratio",
    "std_error": "its standard error",
    "statistic": "statistic",
    "p_value": "p",
    "conf_low": "lower limit",
    "conf_high": "upper limit",
}
_PRINTED = (
    Column(key="quantity", label="quantity"),
    Column(key="estimate", label="value", kind="number", digits=4),
    Column(key="rounded_low", label="least", kind="number", digits=4),
    Column(key="rounded_high", label="most", kind="number", digits=4),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recovered:
    """A figure, with the least and the greatest value that rounding of the printed ones allows."""

    quantity: str
    estimate: float
    rounded_low: float
    rounded_high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OddsRatioResult(Result):
    """A printed odds ratio with what its p-value, limits or error imply.

    Parameters
    ----------
    rows : tuple of Recovered
        Ratio, logarithm, its error, statistic, p-value and limits.
    df : float
        Degrees of freedom of the test.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        The printed figures.
    notes : tuple of str
        What to keep in mind.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.from_odds_ratio("2.90", p_value=".032")
    Odds ratio: what the printed figures imply
    from printed figures: odds ratio 2.90, p .032
    95% limits; least and most: what rounding allows
    <BLANKLINE>
    quantity             value   least    most
    ------------------------------------------
    odds ratio          2.9000  2.8950  2.9050
    log odds ratio      1.0647  1.0630  1.0664
    its standard error  0.4965  0.4943  0.4988
    statistic           2.1444  2.1382  2.1507
    p                   0.0320  0.0315  0.0325
    lower limit         1.0959  1.0927  1.0992
    upper limit         7.6740  7.6270  7.7212
    <BLANKLINE>
    Implied by Wald's test; not figures that were published.
    """

    rows: tuple[Recovered, ...]
    df: float
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def _columns(self) -> dict[str, Any]:
        return {
            "quantity": [each.quantity for each in self.rows],
            "estimate": np.array([each.estimate for each in self.rows]),
            "rounded_low": np.array([each.rounded_low for each in self.rows]),
            "rounded_high": np.array([each.rounded_high for each in self.rows]),
        }

    def tidy(self) -> Any:
        """Return one row for each figure.

        Returns
        -------
        frame
            Columns quantity (odds_ratio, log_odds_ratio, std_error of the logarithm, statistic, p_value,
            conf_low, conf_high), estimate, rounded_low, rounded_high. Unrounded.
        """
        return new_frame(self._columns())

    def glance(self) -> Any:
        """Return all figures in one row.

        Returns
        -------
        frame
            Columns odds_ratio, std_error, statistic, df, p_value, conf_low, conf_high, conf_level.
        """
        found = {each.quantity: np.array([each.estimate]) for each in self.rows}
        return new_frame(
            {
                "odds_ratio": found["odds_ratio"],
                "std_error": found["std_error"],
                "statistic": found["statistic"],
                "df": np.array([self.df]),
                "p_value": found["p_value"],
                "conf_low": found["conf_low"],
                "conf_high": found["conf_high"],
                "conf_level": np.array([self.conf_level]),
            }
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._columns()
        columns["quantity"] = [_WORDS[each] for each in columns["quantity"]]
        return (
            Table(
                key="odds-ratio",
                title="Odds ratio: what the printed figures imply",
                lines=(*self.lines, f"{self.conf_level:.0%} limits; least and most: what rounding allows"),
                columns=_PRINTED,
                rows=tuple(zip(*(columns[c.key] for c in _PRINTED), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the ratio with its limits, and with the widest that rounding allows.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        found = {each.quantity: each for each in self.rows}
        low, high = found["conf_low"], found["conf_high"]
        ratio = found["odds_ratio"].estimate
        return forest(
            ["implied", "widest by rounding"],
            [ratio, ratio],
            [low.estimate, low.rounded_low],
            [high.estimate, high.rounded_high],
            reference=1.0,
            log=True,
            title="Odds ratio",
            xlabel=f"odds ratio, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data.

        Returns
        -------
        dict
            Keys schema, kind, rows, df, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "odds_ratio",
            "rows": plain_rows(self._columns()),
            "df": plain(self.df),
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
