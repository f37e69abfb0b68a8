"""The rows that margins are averaged over: those of the fit, other ones, or a balanced grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import read_frame, read_numbers, read_words, row_name, tidy_backend
from peerstats.design import FramePart, PartsHere
from peerstats.errors import InputError
from peerstats.postfit._placed_rows import Placing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._placed_rows import PartsSource, Reduce, ReduceRead
    from peerstats.postfit._scenario import PlacedRows

__all__ = ["MarginRows", "read_rows"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarginRows:
    """Rows to average over, in groups.

    Parameters
    ----------
    parts : callable
        Yields them anew at each call, columns read as numbers being named.
    reduce : callable
        What a function makes of such rows, where they lie: the function, one that puts together what it makes
        in several places, and the names.
    reduce_read : callable
        The same of rows of the fit with their blocks, both of one reading; other rows have no blocks.
    groups : tuple of str or None
        Names of the groups; None where there are none.
    n : int
        Rows.
    weighted : bool
        Whether they have weights.
    own : bool
        Whether they are the rows of the fit.
    backend : str
        Library of the tables.
    notes : tuple of str
        Rows left out.
    """

    parts: Callable[[Sequence[str]], Iterator[tuple[int, PlacedRows]]]
    reduce: Reduce
    reduce_read: ReduceRead
    groups: tuple[str, ...] | None
    n: int
    weighted: bool
    own: bool
    backend: str
    notes: tuple[str, ...] = ()


class _OnePart(PartsHere):
    """Rows of a frame at hand."""

    def __init__(self, part: FramePart) -> None:
        self.part = part

    def parts(self, extra: Sequence[str] = ()) -> Iterable[FramePart]:
        """Yield the one part."""
        del extra
        return (self.part,)


def _missing_source(call: str) -> InputError:
    return InputError(
        f"{call}(): this fit was loaded, and a saved fit holds no rows to average over.",
        "Give rows: data=.",
    )


def _from_data(fit: ModelFit, data: Any, weights: str, call: str) -> tuple[FramePart, tuple[str, ...]]:
    """Read other rows; those that lack a value are counted and left out."""
    frame = read_frame(data, call)
    coded = fit.design.code(frame, call)
    n = len(frame)
    gone = np.zeros(n, dtype=bool)
    for factor in fit.design.factors:
        values = coded[factor.code]
        lost = values < 0 if factor.kind == "category" else np.isnan(values)
        gone |= lost.any(axis=1) if lost.ndim > 1 else lost
    offset, w = None, None
    if fit.offset is not None:
        check_columns([fit.offset], frame.columns, call, use="offset column")
        offset = read_numbers(frame, [fit.offset], call, use="offset column")[:, 0]
        gone |= ~np.isfinite(offset)
    if weights == "fit" and fit.weights is not None:
        if fit.weights not in frame.columns:
            raise InputError(
                f"{call}(): the fit's weights {fit.weights!r} are not in data=.",
                'Add the column, or take weights="none".',
            )
        w = read_numbers(frame, [fit.weights], call, use="weights column")[:, 0]
        bad = ~(w >= 0) | np.isinf(w)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"{call}(): the weight in {row_name(frame, row)} is {w[row]:g}.", "Weights are 0 or more."
            )
        gone |= w == 0
    used = ~gone
    if not used.any():
        raise InputError(f"{call}(): no row of data= is complete.", "Check the formula's columns.")
    part = FramePart(
        frame=frame,
        used=used,
        coded={code: values[used] for code, values in coded.items()},
        weights=None if w is None else w[used],
        offset=None if offset is None else offset[used],
    )
    n_gone = int(gone.sum())
    return part, (f"{n_gone:,} of {n:,} rows of data= lack a value or have no weight.",) if n_gone else ()


def read_rows(
    fit: ModelFit,
    source: FitSource | None,
    *,
    data: Any,
    over: str | None,
    weights: str,
    call: str,
) -> MarginRows:
    """Read the rows to average over.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from; None of a loaded fit.
    data : frame or None
        Other rows.
    over : str or None
        Column of the groups.
    weights : {"fit", "none"}
        Whether the fit's weights are used.
    call : str
        The public call, for messages.

    Returns
    -------
    MarginRows
        The rows.
    """
    check_choice(weights, ("fit", "none"), "weights", call)
    if weights == "none" and fit.weight_kind == "frequency":
        raise InputError(
            f'{call}(): weights="none" with frequency weights, which are rows.', 'Leave weights="fit".'
        )
    extra = () if over is None else (over,)
    notes: tuple[str, ...] = ()
    if data is not None:
        part, notes = _from_data(fit, data, weights, call)
        own: PartsSource = _OnePart(part)
        n, backend = int(part.used.sum()), tidy_backend(part.frame)
        weighted = part.weights is not None
    elif source is None:
        raise _missing_source(call)
    else:
        own = source.rows.source
        n, backend = source.rows.source.n_rows, source.rows.source.backend
        weighted = fit.weight_kind != "none" and weights == "fit"
    labels, n_lost = _read_groups(own, over, call)
    if n_lost:
        notes += (f"{n_lost:,} of {n:,} rows lack {over} and are in no group.",)

    placing = Placing(over=over, labels=labels, weighted=weighted, call=call)
    return MarginRows(
        parts=lambda names: placing.placed(own.parts(extra), names),
        reduce=placing.reduce_of(own),
        reduce_read=placing.reduce_read_of(own),
        groups=None if labels is None else tuple(map(str, labels)),
        n=n - n_lost,
        weighted=weighted,
        own=data is None,
        backend=backend,
        notes=notes,
    )


_Groups: TypeAlias = tuple[dict[Any, None], int, int]  # words, rows that have none, parts


def _find_groups(parts: Iterable[FramePart], over: str, call: str) -> _Groups:
    found: dict[Any, None] = {}
    n_lost = 0
    n_parts = 0
    for part in parts:
        check_columns([over], part.frame.columns, call, use="over column")
        codes, levels = read_words(part.frame, over)
        own = codes[part.used]
        n_lost += int((own < 0).sum())
        found.update(dict.fromkeys(levels[i] for i in np.unique(own) if i >= 0))
        n_parts += 1
    return found, n_lost, n_parts


def _all_groups(parts: Iterable[_Groups]) -> _Groups:
    words, lost, n_parts = zip(*parts, strict=True)
    return {word: None for found in words for word in found}, sum(lost), sum(n_parts)


def _read_groups(source: PartsSource, over: str | None, call: str) -> tuple[list[Any] | None, int]:
    """Return the groups of the rows used, in order, and how many rows have none."""
    if over is None:
        return None, 0
    found, n_lost, n_parts = source.reduce_parts(
        lambda parts: _find_groups(parts, over, call), _all_groups, (over,)
    )
    if not found:
        raise InputError(f"{call}(): over={over!r} is missing in every row.", "Name another column.")
    labels = list(found)
    return (labels if n_parts == 1 else sorted(labels, key=lambda x: (str(type(x)), x))), n_lost
