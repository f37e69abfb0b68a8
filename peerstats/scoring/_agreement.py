"""Agreement of two measurements: Bland and Altman's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_conf_level
from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.numerics import agreement_limits as limits_of
from peerstats.plots import difference_plot
from peerstats.results import Column, LabelledResult, Table, plain_rows, with_codebook
from peerstats.scoring._waves import name_in_words, read_waves, times_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.numerics import AgreementLimits
    from peerstats.scoring._waves import WaveScores

__all__ = ["AgreementResult", "agreement_limits"]

_PAIR = 2
_QUANTITIES = ("mean difference", "lower limit", "upper limit")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AgreementResult(LabelledResult):
    """Limits of agreement: made by `agreement_limits`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    limits : AgreementLimits
        Mean difference and limits, with their errors and intervals.
    waves : WaveScores
        The scores they are made of.
    coverage : float
        Share of the differences that the limits are to hold.
    conf_level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> scores = pd.DataFrame({"wave_1": [9.0, 6, 8, 7, 10, 6], "wave_2": [8.0, 5, 8, 6, 9, 7]})
    >>> ps.agreement_limits(scores, columns=["wave_1", "wave_2"]).tidy()[["quantity", "estimate"]].round(2)
              quantity  estimate
    0  mean difference     -0.50
    1      lower limit     -2.14
    2      upper limit      1.14
    """

    limits: AgreementLimits
    waves: WaveScores
    coverage: float
    conf_level: float

    def _columns(self) -> dict[str, Any]:
        one = self.limits
        return {
            "quantity": list(_QUANTITIES),
            "estimate": one.estimate,
            "std_error": one.std_error,
            "conf_low": one.low,
            "conf_high": one.high,
        }

    def _outside(self) -> int:
        differences = self.waves.scores[:, 1] - self.waves.scores[:, 0]
        _, low, high = self.limits.estimate
        return int(((differences < low) | (differences > high)).sum())

    def _overall(self) -> dict[str, Any]:
        return {
            "n": np.array([len(self.waves.scores)]),
            "n_missing": np.array([self.waves.n_left_out]),
            "sd_difference": np.array([self.limits.sd]),
            "n_outside": np.array([self._outside()]),
            "coverage": np.array([self.coverage]),
            "conf_level": np.array([self.conf_level]),
        }

    def tidy(self) -> Any:
        """Return the mean difference and the two limits.

        Returns
        -------
        frame
            Columns quantity, estimate, std_error, conf_low, conf_high.
        """
        return new_frame(self._columns(), self.waves.backend)

    def glance(self) -> Any:
        """Return one row on the differences.

        Returns
        -------
        frame
            Columns n (subjects), n_missing (subjects left out), sd_difference, n_outside, coverage,
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
        first, second = times_in_words(self._words(), self.waves)
        n = len(self.waves.scores)
        columns = self._columns()
        labels = {"std_error": "SE", "conf_low": "low", "conf_high": "high"}
        return (
            Table(
                key="agreement",
                title=f"Limits of agreement: {self._words().name(self.waves.name)}",
                lines=(
                    f"difference: {second} minus {first}; SD {self.limits.sd:.3f}",
                    f"{n:,} subjects, {self.waves.n_left_out:,} left out: a score is missing; unweighted",
                    f"limits for {self.coverage:.0%} of the differences, {self._outside():,} lie outside",
                    f"low and high: {self.conf_level:.0%} interval of each",
                ),
                columns=tuple(
                    Column(
                        key=key, label=labels.get(key, key), kind="text" if key == "quantity" else "number"
                    )
                    for key in columns
                ),
                rows=tuple(zip(*columns.values(), strict=True)),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the differences over the means, with the limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        scores = self.waves.scores
        first, second = times_in_words(self._words(), self.waves)
        return difference_plot(
            scores.mean(axis=1),
            scores[:, 1] - scores[:, 0],
            centre=float(self.limits.estimate[0]),
            limits=(float(self.limits.estimate[1]), float(self.limits.estimate[2])),
            title=f"Agreement: {name_in_words(self._words(), self.waves.name)}",
            xlabel=f"mean of {first} and {second}",
            ylabel=f"{second} minus {first}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; no subject is in it.

        Returns
        -------
        dict
            Keys schema, kind, those of `glance`, times, and limits.
        """
        return {
            "schema": 1,
            "kind": "agreement",
            **{name: values.tolist()[0] for name, values in self._overall().items()},
            "times": list(self.waves.times),
            "limits": plain_rows(self._columns()),
        }


def agreement_limits(
    data: Any,
    *,
    columns: Sequence[str] | None = None,
    value: str | None = None,
    subject: str | None = None,
    time: str | None = None,
    times: Sequence[object] | None = None,
    coverage: float = 0.95,
    conf_level: float = 0.95,
) -> AgreementResult:
    """Estimate Bland and Altman's limits of agreement between two measurements.

    Parameters
    ----------
    data : frame
        Wide data, one row a subject, or long data, one row a subject and time: pandas, polars or pyarrow.
    columns : sequence of str, optional
        Of wide data: the two columns, first and second measurement.
    value, subject, time : str, optional
        Of long data: the columns of the score, of the subject and of the time.
    times : sequence, optional
        Of long data with more than two times: the two to compare, in that order.
    coverage : float
        Share of the differences that the limits are to hold; 0.95 is 1.96 standard deviations.
    conf_level : float
        Confidence level of the intervals about the mean difference and about each limit.

    Returns
    -------
    AgreementResult
        `.tidy()` has the mean difference, the lower and the upper limit.

    Raises
    ------
    InputError
        If there are not exactly two times, or a subject has two rows at one time.

    Notes
    -----
    Differences are second minus first. Limits: mean difference -/+ z x SD of the differences. Standard
    errors: SD / sqrt(n) of the mean difference; SD x sqrt(1 / n + z^2 / (2 (n - 1))) of a limit. Intervals
    by t on n - 1 degrees of freedom. SD x sqrt(3 / n) for a limit, which some programs use, is the rough form
    of this. In R: ``d <- y2 - y1; mean(d) + qnorm(c(.025, .975)) * sd(d)``. Unweighted.

    References
    ----------
    .. [1] Bland and Altman (1999), Measuring agreement in method comparison studies, Statistical Methods in
       Medical Research 8, 135-160.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(rng=1).data
    >>> scored = ps.score(people, "mbi_gs", items="mbi_{}").attach()
    >>> limits = ps.agreement_limits(
    ...     scored, value="exhaustion", subject="subject", time="wave", times=[1, 3]
    ... )
    >>> limits.tidy()[["quantity", "estimate", "conf_low", "conf_high"]].round(2)
              quantity  estimate  conf_low  conf_high
    0  mean difference  ...
    1      lower limit  ...
    2      upper limit  ...
    """
    check_conf_level(conf_level, "agreement_limits")
    if not 0 < coverage < 1:
        raise InputError(
            f"agreement_limits(): coverage={coverage!r} is not a share.", "Give a fraction such as 0.95."
        )
    waves = read_waves(
        data, "agreement_limits", columns=columns, value=value, subject=subject, time=time, times=times
    )
    if len(waves.times) != _PAIR:
        raise InputError(
            f"agreement_limits(): there are {len(waves.times)} times: {', '.join(waves.times)}.",
            "Limits of agreement compare two: name them, times=[1, 2], or two columns=.",
        )
    limits = limits_of(waves.scores[:, 1] - waves.scores[:, 0], coverage, conf_level)
    result = AgreementResult(limits=limits, waves=waves, coverage=coverage, conf_level=conf_level)
    return with_codebook(result, data, time)
