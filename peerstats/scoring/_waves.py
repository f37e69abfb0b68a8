"""Scores of the same people at several times, from long or wide data, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import read_frame, read_numbers, read_words, row_name, tidy_backend
from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats._core.frames import nw
    from peerstats._core.labels import Words
    from peerstats.typing import Array, IntArray

__all__ = ["WaveScores", "name_in_words", "read_column", "read_waves", "times_in_words"]

_LEAST = 2  # subjects and times: below that there is no variance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaveScores:
    """A table of scores, one row a subject.

    Attributes
    ----------
    scores : (n, k) array
        The subjects who have a score at every time.
    times : tuple of str
        Names of the times, k of them.
    name : str
        What was measured.
    n_left_out : int
        Subjects without a score at some time.
    backend : str
        Library of the caller's frame.
    """

    scores: Array
    times: tuple[str, ...]
    name: str
    n_left_out: int
    backend: str


def read_column(frame: nw.DataFrame[Any], name: str, call: str, *, use: str) -> Array:
    """Read one column of finite numbers; NaN where there is none."""
    check_columns([name], frame.columns, call, use=f"{use} column")
    values = read_numbers(frame, [name], call, use=f"{use} column")[:, 0]
    if np.isinf(values).any():
        row = int(np.argmax(np.isinf(values)))
        raise InputError(
            f"{call}(): {use} column {name!r} must hold finite numbers; {row_name(frame, row)} holds "
            f"{values[row]}.",
            "Correct it, or leave the cell empty.",
        )
    return values


def _coded(frame: nw.DataFrame[Any], name: str, call: str, use: str) -> tuple[IntArray, list[Any]]:
    check_columns([name], frame.columns, call, use=f"{use} column")
    codes, levels = read_words(frame, name)
    if (codes < 0).any():
        raise InputError(
            f"{call}(): {use} column {name!r} is empty in {row_name(frame, int(np.argmax(codes < 0)))}.",
            f"Every row needs its {use}: fill it in, or leave such rows out of the data.",
        )
    return codes, levels


def _check_once(
    frame: nw.DataFrame[Any], keys: IntArray, names: tuple[list[Any], list[Any]], use: str, call: str
) -> None:
    """Raise where a subject has two rows at one time."""
    first, counts = np.unique(keys, return_counts=True)
    if (counts > 1).any():
        key = int(first[np.argmax(counts > 1)])
        rows = np.flatnonzero(keys == key)
        subjects, times = names
        who, when = divmod(key, len(times))
        raise InputError(
            f"{call}(): subject {subjects[who]!r} has {counted(len(rows), 'row')} at {use} {times[when]!r} "
            f"({row_name(frame, int(rows[0]))} and {row_name(frame, int(rows[1]))}; "
            f"{int((counts > 1).sum())} such cases).",
            "Keep one row for each subject and time.",
        )


def _choose(times: Sequence[object], levels: list[Any], column: str, call: str) -> list[int]:
    known = [str(level) for level in levels]
    for chosen in times:
        if str(chosen) not in known:
            raise InputError(
                f"{call}(): times= names {chosen!r}, which does not occur in {column!r}.",
                did_you_mean(str(chosen), known, what="times"),
            )
    places = [known.index(str(chosen)) for chosen in times]
    if len(set(places)) < len(places):
        raise InputError(f"{call}(): times={list(times)!r} names a time twice.", "Name each once.")
    return places


def _read_long(
    frame: nw.DataFrame[Any],
    call: str,
    names: tuple[str, str, str],
    times: Sequence[object] | None,
) -> tuple[Array, list[str]]:
    value, subject, time = names
    scores = read_column(frame, value, call, use="value")
    who, subjects = _coded(frame, subject, call, "subject")
    when, levels = _coded(frame, time, call, "time")
    _check_once(frame, who * len(levels) + when, (subjects, levels), time, call)
    table = np.full((len(subjects), len(levels)), np.nan)
    table[who, when] = scores
    places = list(range(len(levels))) if times is None else _choose(times, levels, time, call)
    return table[:, places], [f"{time} {levels[place]}" for place in places]


def _check_shape(given: dict[str, Any], call: str) -> bool:
    """Return whether the data are wide; raise where they are said to be both or neither."""
    long = ("value", "subject", "time")
    wide = given["columns"] is not None
    odd = [name for name in (*long, "times") if wide and given[name] is not None]
    missing = [name for name in long if not wide and given[name] is None]
    if odd or missing:
        said = f"columns= and {odd[0]}= are both given" if odd else f"{missing[0]}= is not given"
        raise InputError(
            f"{call}(): {said}.",
            "Wide data: columns=['score_1', 'score_2'], one a time. "
            "Long data: value=, subject= and time=, one row a subject and time.",
        )
    return wide


def read_waves(
    data: Any,
    call: str,
    *,
    columns: Sequence[str] | None,
    value: str | None,
    subject: str | None,
    time: str | None,
    times: Sequence[object] | None,
) -> WaveScores:
    """Read the scores of subjects at several times.

    Parameters
    ----------
    data : frame
        Wide, one row a subject, or long, one row a subject and time.
    call : str
        The public call, for messages.
    columns : sequence of str or None
        Of wide data: the score at each time.
    value, subject, time : str or None
        Of long data: the columns of scores, subjects and times.
    times : sequence or None
        Of long data: the times to take, in that order; None for all.

    Returns
    -------
    WaveScores
        The subjects with a score at every time.

    Raises
    ------
    InputError
        If the shape is not told, a subject has two rows at one time, or fewer than two subjects or times
        are left.
    """
    given = {"columns": columns, "value": value, "subject": subject, "time": time, "times": times}
    wide = _check_shape(given, call)
    frame = read_frame(data, call)
    if wide:
        named = [columns] if isinstance(columns, str) else list(columns or ())
        if len(set(named)) < len(named):
            raise InputError(f"{call}(): columns={named!r} names a column twice.", "Name each time's own.")
        parts = [read_column(frame, name, call, use="score") for name in named]
        table = np.column_stack(parts) if parts else np.empty((len(frame), 0))
        name = "scores"
    else:
        table, named = _read_long(frame, call, (str(value), str(subject), str(time)), times)
        name = str(value)
    if table.shape[1] < _LEAST:
        raise InputError(
            f"{call}(): there is {table.shape[1]} time of measurement ({', '.join(named) or 'none'}).",
            "Two or more are needed.",
        )
    complete = ~np.isnan(table).any(axis=1)
    if complete.sum() < _LEAST:
        raise InputError(
            f"{call}(): {int(complete.sum())} of {len(table)} subjects have a score at every time "
            f"({', '.join(named)}).",
            "Two or more are needed; name fewer times, or check that subjects carry the same name at each.",
        )
    return WaveScores(
        scores=table[complete],
        times=tuple(named),
        name=name,
        n_left_out=int((~complete).sum()),
        backend=tidy_backend(frame),
    )


def times_in_words(words: Words, waves: WaveScores) -> list[str]:
    """Return what the times are called: values of the column of times, or columns of scores."""
    if not words.by:
        return words.names(waves.times)
    (column,) = words.by
    levels = [time.removeprefix(f"{column} ") for time in waves.times]
    said = words.levels(column, levels)
    return [
        f"{words.name(column)} {level}" if word == level else word
        for word, level in zip(said, levels, strict=True)
    ]


def name_in_words(words: Words, name: str) -> str:
    """Return what scores are called above a plot: a label, or the name with its underscores as spaces."""
    said = words.name(name)
    return name.replace("_", " ") if said == name else said
