"""Stability across waves: intraclass correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_conf_level
from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.numerics import ICC_FORMS, intraclass
from peerstats.plots import forest
from peerstats.results import Column, LabelledResult, Table, plain_rows, with_codebook
from peerstats.scoring._waves import name_in_words, read_waves, times_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.numerics import IntraclassCorrelations
    from peerstats.scoring._waves import WaveScores

__all__ = ["IccResult", "icc"]

_MEANING = (
    "agreement of one score",
    "consistency of one score",
    "one score, times interchangeable",
    "agreement of the mean of k",
    "consistency of the mean of k",
    "mean of k, times interchangeable",
)
_LABELS = {
    "shrout_fleiss": "Shrout-Fleiss",
    "meaning": "what it is",
    "conf_low": "low",
    "conf_high": "high",
    "statistic": "F",
    "df_numerator": "df1",
    "df_denominator": "df2",
    "p_value": "p",
}
_KINDS: dict[str, Literal["text", "integer", "p_value"]] = {
    "icc": "text",
    "shrout_fleiss": "text",
    "meaning": "text",
    "df_numerator": "integer",
    "df_denominator": "integer",
    "p_value": "p_value",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class IccResult(LabelledResult):
    """Intraclass correlations: made by `icc`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    forms : IntraclassCorrelations
        The six forms and the mean squares.
    waves : WaveScores
        The scores they are made of.
    conf_level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> scores = pd.DataFrame({"wave_1": [9.0, 6, 8, 7, 10, 6], "wave_2": [8.0, 5, 8, 6, 9, 7]})
    >>> result = ps.icc(scores, columns=["wave_1", "wave_2"])
    >>> result.tidy()[["icc", "estimate"]].head(2).round(3)
            icc  estimate
    0  ICC(A,1)     0.832
    1  ICC(C,1)     0.855
    """

    forms: IntraclassCorrelations
    waves: WaveScores
    conf_level: float

    def _columns(self) -> dict[str, Any]:
        f = self.forms
        return {
            "icc": [name for name, _ in ICC_FORMS],
            "shrout_fleiss": [name for _, name in ICC_FORMS],
            "estimate": f.estimate,
            "conf_low": f.low,
            "conf_high": f.high,
            "statistic": f.statistic,
            "df_numerator": f.df_numerator,
            "df_denominator": f.df_denominator,
            "p_value": f.p_value,
        }

    def _overall(self) -> dict[str, Any]:
        f = self.forms
        n, k = self.waves.scores.shape
        return {
            "n": np.array([n]),
            "n_missing": np.array([self.waves.n_left_out]),
            "n_times": np.array([k]),
            "ms_subjects": np.array([f.ms_subjects]),
            "ms_times": np.array([f.ms_times]),
            "ms_residual": np.array([f.ms_residual]),
            "conf_level": np.array([self.conf_level]),
        }

    def tidy(self) -> Any:
        """Return the six forms, agreement and consistency of one score first.

        Returns
        -------
        frame
            Columns icc (McGraw and Wong's name), shrout_fleiss, estimate, conf_low, conf_high, statistic (F),
            df_numerator, df_denominator, p_value.
        """
        return new_frame(self._columns(), self.waves.backend)

    def glance(self) -> Any:
        """Return one row on the table of scores.

        Returns
        -------
        frame
            Columns n (subjects), n_missing (subjects left out), n_times, ms_subjects, ms_times, ms_residual,
            conf_level.
        """
        return new_frame(self._overall(), self.waves.backend)

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._columns()
        shown = {"icc": columns.pop("icc"), "shrout_fleiss": columns.pop("shrout_fleiss")}
        shown |= {"meaning": list(_MEANING), **columns}
        n, k = self.waves.scores.shape
        times = ", ".join(times_in_words(self._words(), self.waves))
        return (
            Table(
                key="icc",
                title=f"Intraclass correlations of {self._words().name(self.waves.name)}",
                lines=(
                    f"{n:,} subjects at k = {k} times: {times}; unweighted",
                    f"{self.waves.n_left_out:,} subjects left out: no score at some time",
                    f"{self.conf_level:.0%} limits by F",
                ),
                columns=tuple(
                    Column(
                        key=key,
                        label=_LABELS.get(key, key),
                        kind=_KINDS.get(key, "number"),
                        digits=2 if key == "statistic" else 3,
                    )
                    for key in shown
                ),
                rows=tuple(zip(*shown.values(), strict=True)),
                notes=(
                    "Agreement counts a shift of everybody between times as error, consistency does not.",
                ),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the six forms with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        f = self.forms
        return forest(
            [f"{name}: {meaning}" for (name, _), meaning in zip(ICC_FORMS, _MEANING, strict=True)],
            f.estimate,
            f.low,
            f.high,
            title=f"Intraclass correlations of {name_in_words(self._words(), self.waves.name)}",
            xlabel=f"intraclass correlation, {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; no subject is in it.

        Returns
        -------
        dict
            Keys schema, kind, those of `glance`, times, and forms.
        """
        return {
            "schema": 1,
            "kind": "icc",
            **{name: values.tolist()[0] for name, values in self._overall().items()},
            "times": list(self.waves.times),
            "forms": plain_rows(self._columns()),
        }


def icc(
    data: Any,
    *,
    columns: Sequence[str] | None = None,
    value: str | None = None,
    subject: str | None = None,
    time: str | None = None,
    times: Sequence[object] | None = None,
    conf_level: float = 0.95,
) -> IccResult:
    """Estimate intraclass correlations of a score across waves, or of ratings across raters.

    Parameters
    ----------
    data : frame
        Wide data, one row a subject, or long data, one row a subject and time: pandas, polars or pyarrow.
    columns : sequence of str, optional
        Of wide data: the score's column at each time.
    value, subject, time : str, optional
        Of long data: the columns of the score, of the subject and of the time (wave, or rater).
    times : sequence, optional
        Of long data: which times to take; by default all. A subject needs a score at each.
    conf_level : float
        Confidence level of the intervals.

    Returns
    -------
    IccResult
        `.tidy()` has the six forms, agreement and consistency of one score first.

    Raises
    ------
    InputError
        If a subject has two rows at one time, fewer than two subjects have every time, or all scores are
        equal.

    Notes
    -----
    From the mean squares of the two-way table of n subjects and k times, B between subjects, T between times,
    E residual, W within subjects:

    ==========  ===========  ========  =========================================
    here        Shrout and   psych     estimate
                Fleiss
    ==========  ===========  ========  =========================================
    ICC(A,1)    ICC(2,1)     ICC2      (B - E) / (B + (k - 1) E + k (T - E) / n)
    ICC(C,1)    ICC(3,1)     ICC3      (B - E) / (B + (k - 1) E)
    ICC(1)      ICC(1,1)     ICC1      (B - W) / (B + (k - 1) W)
    ICC(A,k)    ICC(2,k)     ICC2k     (B - E) / (B + (T - E) / n)
    ICC(C,k)    ICC(3,k)     ICC3k     (B - E) / B
    ICC(k)      ICC(1,k)     ICC1k     (B - W) / B
    ==========  ===========  ========  =========================================

    The names on the left are McGraw and Wong's. In R: ``psych::ICC(wide, lmer = FALSE)``, which also gives
    these limits: by F for the forms (C) and (1), by F with Satterthwaite's degrees of freedom for (A).
    Subjects without a score at some time are left out and counted. Unweighted.

    References
    ----------
    .. [1] McGraw and Wong (1996), Psychological Methods 1(1), 30-46.
    .. [2] Shrout and Fleiss (1979), Psychological Bulletin 86(2), 420-428.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(rng=1).data
    >>> scored = ps.score(people, "mbi_gs", items="mbi_{}").attach()
    >>> stable = ps.icc(scored, value="exhaustion", subject="subject", time="wave")
    >>> stable.tidy()[["icc", "estimate", "conf_low", "conf_high"]].head(2).round(2)
            icc  estimate  conf_low  conf_high
    0  ICC(A,1)  ...
    1  ICC(C,1)  ...
    """
    check_conf_level(conf_level, "icc")
    waves = read_waves(data, "icc", columns=columns, value=value, subject=subject, time=time, times=times)
    if (waves.scores == waves.scores[0, 0]).all():
        raise InputError(
            f"icc(): every score is {waves.scores[0, 0]:g}: nothing varies.",
            "An intraclass correlation needs subjects who differ; check the column.",
        )
    result = IccResult(forms=intraclass(waves.scores, conf_level), waves=waves, conf_level=conf_level)
    return with_codebook(result, data, time)
