"""The scores behind a table of scales: of one set of respondents, each scale under a name of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import nw, read_frame
from peerstats.errors import InputError
from peerstats.scoring import LazyScoreResult, ScoreResult, score

__all__ = ["ScaleSource", "read_sources", "values_of"]

_CALL = "scale_table"
_HOW = "Say for example {'burnout': dict(instrument='mbi_gs', items='mbi_{}')}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleSource:
    """One instrument's scores.

    Attributes
    ----------
    scored : ScoreResult
        The scores.
    label : str or None
        What the caller calls them.
    names : mapping of str to str
        The instrument's name of each scale, and its name in the table.
    """

    scored: ScoreResult
    label: str | None
    names: Mapping[str, str]


def _checked(scored: object, place: str) -> ScoreResult:
    if isinstance(scored, LazyScoreResult):
        raise InputError(
            f"{_CALL}(): {place} holds scores in an engine, not in memory.",
            "Collect the rows first, then score them.",
        )
    if not isinstance(scored, ScoreResult):
        raise InputError(
            f"{_CALL}(): {place} is a {type(scored).__name__}, not a result of score().",
            "Score each instrument and pass the results: [ps.score(...), ps.score(...)].",
        )
    return scored


def _score(frame: nw.DataFrame[Any], name: str, how: object) -> ScoreResult:
    """Score by the keywords that stand under a name."""
    if not isinstance(how, Mapping):
        return _checked(how, f"scales[{name!r}]")
    absent = [key for key in ("instrument", "items") if key not in how]
    if absent:
        raise InputError(f"{_CALL}(): scales[{name!r}] has no {absent[0]!r}.", _HOW)
    try:
        return _checked(score(frame.to_native(), **how), f"scales[{name!r}]")
    except InputError as error:
        raise InputError(
            error.problem.replace("score():", f"{_CALL}(): scales[{name!r}]:"), error.next_step
        ) from None
    except TypeError as error:
        raise InputError(f"{_CALL}(): scales[{name!r}]: {error}.", _HOW) from None


def _check_rows(scored: ScoreResult, frame: nw.DataFrame[Any]) -> None:
    """Refuse scores of other rows than the data."""
    key = scored.plan.instrument.key
    step = "Score the same frame that you give here."
    if scored.n != len(frame):
        raise InputError(
            f"{_CALL}(): the scores of {key!r} are of {scored.n:,} rows and the data have {len(frame):,}.",
            step,
        )
    theirs, ours = nw.maybe_get_index(scored.frame), nw.maybe_get_index(frame)
    if theirs is not None and ours is not None and not theirs.equals(ours):
        raise InputError(f"{_CALL}(): the scores of {key!r} and the data have different row labels.", step)


def _named(found: Sequence[tuple[str | None, ScoreResult]]) -> tuple[ScaleSource, ...]:
    """Name each scale: by its own name, the caller's for an instrument of one, both where it stands twice."""
    plain = [
        {
            s.name: label if label is not None and len(scored.plan.scales) == 1 else s.name
            for s in scored.plan.scales
        }
        for label, scored in found
    ]
    counts = Counter(name for names in plain for name in names.values())
    sources = tuple(
        ScaleSource(
            scored=scored,
            label=label,
            names={
                own: f"{label or scored.plan.instrument.key}: {name}" if counts[name] > 1 else name
                for own, name in names.items()
            },
        )
        for (label, scored), names in zip(found, plain, strict=True)
    )
    again = [n for n, times in Counter(n for s in sources for n in s.names.values()).items() if times > 1]
    if again:
        raise InputError(
            f"{_CALL}(): more than one scale would be called {again[0]!r}.",
            "Give scales= as a mapping, a name to each: {'wave 1': first, 'wave 2': second}.",
        )
    return sources


def read_sources(data: Any, scales: Any) -> tuple[nw.DataFrame[Any], tuple[ScaleSource, ...]]:
    """Read the rows and the scores of a call.

    Parameters
    ----------
    data : frame, ScoreResult or sequence of ScoreResult
        The respondents, or their scores, which bring them.
    scales : mapping, ScoreResult, sequence of ScoreResult or None
        The scores, or how to make them; None where `data` are scores.

    Returns
    -------
    frame : narwhals DataFrame
        The respondents.
    sources : tuple of ScaleSource
        The scores by instrument.

    Raises
    ------
    InputError
        If there are no scores, they are of different rows, or two scales would have one name.
    """
    if scales is None:
        scored = [data] if isinstance(data, ScoreResult | LazyScoreResult) else data
        if not isinstance(scored, list | tuple):
            raise InputError(f"{_CALL}(): scales= says which scales, and it is not given.", _HOW)
        scales = scored
        frame = _checked(scored[0], "data").frame if scored else None
    else:
        frame = read_frame(data.frame if isinstance(data, ScoreResult) else data, _CALL)
    if isinstance(scales, ScoreResult | LazyScoreResult):
        scales = [scales]
    if isinstance(scales, str) or not isinstance(scales, Mapping | Sequence) or frame is None or not scales:
        raise InputError(f"{_CALL}(): scales={scales!r} names no scores.", _HOW)
    found: list[tuple[str | None, ScoreResult]]
    if isinstance(scales, Mapping):
        found = [(str(name), _score(frame, str(name), how)) for name, how in scales.items()]
    else:
        found = [(None, _checked(each, f"scales[{i}]")) for i, each in enumerate(scales)]
    for _, scored in found:
        _check_rows(scored, frame)
    return frame, _named(found)


def values_of(source: ScaleSource) -> dict[str, np.ndarray[Any, Any]]:
    """Return the scores of each scale by its name in the table, NaN where one was withheld."""
    return {
        name: np.where(source.scored.scales[own].reason == 0, source.scored.scales[own].score, np.nan)
        for own, name in source.names.items()
    }
