"""Change of a person between two waves that is more than measurement error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtri

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.frames import read_frame, row_name
from peerstats.errors import InputError
from peerstats.results import with_codebook
from peerstats.scoring._change_result import ChangeError, ChangeResult
from peerstats.scoring._waves import read_column

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array

__all__ = ["reliable_change"]

_NO_ERROR = 4  # position of "no standard error" among the reasons of the result


def _own_errors(frame: nw.DataFrame[Any], names: tuple[str, str], known: Any) -> ChangeError:
    """Take the standard errors that the scores bring along."""
    columns = []
    for name in names:
        values = read_column(frame, name, "reliable_change", use="standard error")
        if (values <= 0).any():
            row = int(np.argmax(values <= 0))
            raise InputError(
                f"reliable_change(): standard error column {name!r} must hold positive numbers; "
                f"{row_name(frame, row)} holds {values[row]:g}.",
                "Give the column of standard errors of the scores; leave it empty where there is no score.",
            )
        columns.append(values)
    variance = columns[0] ** 2 + columns[1] ** 2
    used = variance[known & ~np.isnan(variance)]
    sem = float(np.sqrt(used.mean() / 2)) if len(used) else np.nan
    return ChangeError(
        of_change=np.sqrt(variance),
        sem=sem,
        sd=np.nan,
        reliability=np.nan,
        kind=None,
        told=f"each score's own standard error: {names[0]}, {names[1]}",
    )


def _from_reliability(first: Array, sd: float | None, reliability: float, kind: str) -> ChangeError:
    """Make the standard error of measurement of a reliability and an SD."""
    if not 0 <= reliability < 1:
        raise InputError(
            f"reliable_change(): reliability={reliability!r} is none.",
            "Give a number from 0 to below 1, such as alpha or omega of the first wave.",
        )
    scored = first[~np.isnan(first)]
    spread = float(scored.std(ddof=1)) if sd is None and len(scored) > 1 else np.nan
    told = f"SD of the {len(scored):,} first scores"
    if sd is not None:
        spread, told = float(sd), "SD as given"
    if not (np.isfinite(spread) and spread > 0):
        problem = f"sd={sd!r} is not" if sd is not None else f"the SD of the first scores is {spread:g}, not"
        raise InputError(
            f"reliable_change(): {problem} a positive number.",
            "Give sd=, the standard deviation of the scores at the first wave.",
        )
    sem = spread * float(np.sqrt(1 - reliability))
    return ChangeError(
        of_change=np.full(len(first), np.sqrt(2) * sem),
        sem=sem,
        sd=spread,
        reliability=float(reliability),
        kind=kind,
        told=f"{told}, {spread:.3f}; reliability {reliability:.3f} ({kind})",
    )


def _check_source(given: dict[str, Any]) -> bool:
    """Return whether scores bring their own errors; raise where the error is told twice or not at all."""
    own = [name for name in ("std_error1", "std_error2") if given[name] is not None]
    other = [name for name in ("sd", "reliability", "kind_of_reliability") if given[name] is not None]
    if own and other:
        raise InputError(
            f"reliable_change(): {own[0]}= and {other[0]}= are both given.",
            "Give the scores' own standard errors, or a reliability, not both.",
        )
    needed = ("std_error1", "std_error2") if own else ("reliability", "kind_of_reliability")
    missing = [name for name in needed if not given[name] and given[name] != 0]
    if missing:
        raise InputError(
            f"reliable_change(): {missing[0]}= is not given.",
            "Give std_error1= and std_error2=, the columns of the scores' own standard errors, or "
            "reliability= and kind_of_reliability='alpha'.",
        )
    return bool(own)


def reliable_change(
    data: Any,
    *,
    first: str,
    second: str,
    better: Literal["higher", "lower"],
    std_error1: str | None = None,
    std_error2: str | None = None,
    sd: float | None = None,
    reliability: float | None = None,
    kind_of_reliability: str | None = None,
    conf_level: float = 0.95,
) -> ChangeResult:
    """Tell for each respondent whether a score changed by more than measurement error.

    Parameters
    ----------
    data : frame
        One row a respondent, the two waves side by side: pandas, polars or pyarrow.
    first, second : str
        Columns of the score at the first and the second wave.
    better : {"higher", "lower"}
        Which direction is an improvement.
    std_error1, std_error2 : str, optional
        Columns of the scores' own standard errors, as scores by response model have.
    sd : float, optional
        Standard deviation of the scores at the first wave; by default that of everyone who has one (divisor
        n - 1).
    reliability : float, optional
        Reliability of the score, for scores without standard errors of their own.
    kind_of_reliability : str, optional
        What kind of reliability it is, such as "alpha", "omega" or "test-retest"; the result says so.
    conf_level : float
        Confidence level: 0.95 calls a change reliable beyond 1.96 standard errors.

    Returns
    -------
    ChangeResult
        `.changes`, `.attach()`, `.tidy()`, `.minimal_detectable_change`.

    Raises
    ------
    InputError
        If the measurement error is told twice or not at all, a standard error is not positive, or nobody has
        both scores.

    Notes
    -----
    Reliable change index = (second - first) / sqrt(se1^2 + se2^2); improved, unchanged or worsened by whether
    it is beyond +/- z. With a reliability both standard errors are the standard error of measurement,
    SEM = SD(first wave) x sqrt(1 - reliability). Minimal detectable change = z x sqrt(2) x SEM; with scores'
    own errors SEM is their root mean square over both waves.

    Alpha and omega leave out fluctuation from day to day, so they give a smaller error than a test-retest
    correlation: say which you used. Scores by look-up or response model have an error of their own, which
    varies from person to person. Of people who do not change, one in twenty seems to at 0.95, and somewhat
    fewer with expected a posteriori scores: these are pulled to the mean, their errors are not. In R:
    ``sem <- sd(x1) * sqrt(1 - alpha); (x2 - x1) / (sqrt(2) * sem)``. Unweighted.

    References
    ----------
    .. [1] Jacobson and Truax (1991), Clinical significance: a statistical approach to defining meaningful
       change, Journal of Consulting and Clinical Psychology 59(1), 12-19.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> scores = pd.DataFrame(
    ...     {"fwb_1": [48.0, 50.0], "se_1": [5.0, 4.5], "fwb_2": [64.0, 55.0], "se_2": [5.0, 4.5]}
    ... )
    >>> result = ps.reliable_change(
    ...     scores, first="fwb_1", second="fwb_2", better="higher", std_error1="se_1", std_error2="se_2"
    ... )
    >>> result.changes[["change", "reliable_change_index", "change_class"]].round(2)
       change  reliable_change_index change_class
    0    16.0                   2.26     improved
    1     5.0                   0.79    unchanged
    """
    check_conf_level(conf_level, "reliable_change")
    check_choice(better, ("higher", "lower"), "better", "reliable_change")
    own = _check_source(
        {
            "std_error1": std_error1,
            "std_error2": std_error2,
            "sd": sd,
            "reliability": reliability,
            "kind_of_reliability": kind_of_reliability,
        }
    )
    frame = read_frame(data, "reliable_change")
    before = read_column(frame, first, "reliable_change", use="score")
    after = read_column(frame, second, "reliable_change", use="score")
    change = after - before
    known = ~np.isnan(change)
    if own:
        error = _own_errors(frame, (str(std_error1), str(std_error2)), known)
    else:
        error = _from_reliability(before, sd, float(reliability or 0), str(kind_of_reliability))
    reason = np.isnan(before) * 1 + np.isnan(after) * 2
    reason = np.where(known & np.isnan(error.of_change), _NO_ERROR, reason)
    if (reason > 0).all():
        raise InputError(
            f"reliable_change(): none of the {len(before):,} respondents has both scores and their errors.",
            f"Check the columns {first!r} and {second!r}: the waves must stand side by side in one row.",
        )
    index = np.where(reason == 0, change / error.of_change, np.nan)
    gain = index if better == "higher" else -index
    z = ndtri((1 + conf_level) / 2)
    code = np.select([reason > 0, gain > z, gain < -z], [-1, 0, 2], default=1)
    result = ChangeResult(
        frame=frame,
        first=first,
        second=second,
        better=better,
        change=change,
        index=index,
        code=code,
        reason=reason,
        error=error,
        conf_level=conf_level,
    )
    return with_codebook(result, data)
