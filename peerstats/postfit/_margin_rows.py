"""The rows that margins are averaged over: those of the fit, other ones, or a balanced grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import read_frame, read_numbers, read_words, row_name, tidy_backend
from peerstats.design import FramePart
from peerstats.errors import InputError
from peerstats.postfit._scenario import PlacedRows, Put

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._scenario import Scenarios, Setting
    from peerstats.typing import Array

__all__ = ["MarginRows", "balanced_rows", "moments", "read_rows"]

_LARGEST_GRID = 1_000_000  # combinations of levels: 16 MB a column of the design


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarginRows:
    """Rows to average over, in groups.

    Parameters
    ----------
    parts : callable
        Yields them anew at each call, columns read as numbers being named.
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
    groups: tuple[str, ...] | None
    n: int
    weighted: bool
    own: bool
    backend: str
    notes: tuple[str, ...] = ()


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

        def parts() -> Iterable[FramePart]:
            return (part,)

        n, backend = int(part.used.sum()), tidy_backend(part.frame)
        weighted = part.weights is not None
    elif source is None:
        raise _missing_source(call)
    else:
        rows = source.rows.source
        n, backend = rows.n_rows, rows.backend
        weighted = fit.weight_kind != "none" and weights == "fit"

        def parts() -> Iterable[FramePart]:
            return rows.parts(extra)

    labels, n_lost = _read_groups(parts, over, call)
    if n_lost:
        notes += (f"{n_lost:,} of {n:,} rows lack {over} and are in no group.",)

    def placed(names: Sequence[str]) -> Iterator[tuple[int, PlacedRows]]:
        first = 0
        for each in parts():
            held = _place(each, names, first, weighted=weighted, call=call)
            first += held.n
            if over is None or labels is None:
                yield 0, held
            else:
                yield from _grouped(each, held, over, labels)

    return MarginRows(
        parts=placed,
        groups=None if labels is None else tuple(map(str, labels)),
        n=n - n_lost,
        weighted=weighted,
        own=data is None,
        backend=backend,
        notes=notes,
    )


def _place(part: FramePart, names: Sequence[str], first: int, *, weighted: bool, call: str) -> PlacedRows:
    numbers = {}
    for name in names:
        values = read_numbers(part.frame, [name], call)[:, 0]
        numbers[name] = values if part.used.all() else values[part.used]
    n = int(part.used.sum())
    return PlacedRows(
        n=n,
        coded=part.coded,
        numbers=numbers,
        weights=part.weights if weighted else None,
        offset=part.offset,
        first=first,
    )


def _read_groups(
    parts: Callable[[], Iterable[FramePart]], over: str | None, call: str
) -> tuple[list[Any] | None, int]:
    """Return the groups of the rows used, in order, and how many rows have none."""
    if over is None:
        return None, 0
    found: dict[Any, None] = {}
    n_lost = 0
    n_parts = 0
    for part in parts():
        check_columns([over], part.frame.columns, call, use="over column")
        codes, levels = read_words(part.frame, over)
        own = codes[part.used]
        n_lost += int((own < 0).sum())
        found.update(dict.fromkeys(levels[i] for i in np.unique(own) if i >= 0))
        n_parts += 1
    if not found:
        raise InputError(f"{call}(): over={over!r} is missing in every row.", "Name another column.")
    labels = list(found)
    return (labels if n_parts == 1 else sorted(labels, key=lambda x: (str(type(x)), x))), n_lost


def _grouped(
    part: FramePart, held: PlacedRows, over: str, labels: list[Any]
) -> Iterator[tuple[int, PlacedRows]]:
    codes, levels = read_words(part.frame, over)
    own = codes[part.used]
    for group, label in enumerate(labels):
        if label not in levels:
            continue
        places = np.flatnonzero(own == levels.index(label))
        if len(places):
            yield (
                group,
                PlacedRows(
                    n=len(places),
                    coded={code: values[places] for code, values in held.coded.items()},
                    numbers={name: values[places] for name, values in held.numbers.items()},
                    weights=None if held.weights is None else held.weights[places],
                    offset=None if held.offset is None else held.offset[places],
                    places=held.first + places,
                ),
            )


def moments(rows: MarginRows, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return mean and standard deviation of numbers over all rows, weighted as the rows are."""
    total, sums, squares, n = 0.0, dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0), 0
    centre: dict[str, float] = {}
    for _, part in rows.parts(names):
        w = np.ones(part.n) if part.weights is None else part.weights
        total += float(w.sum())
        n += part.n
        for name in names:
            # about a value near the mean, so that squares keep their digits
            x = part.numbers[name] - centre.setdefault(name, float(part.numbers[name].mean()))
            sums[name] += float(w @ x)
            squares[name] += float(w @ x**2)
    out = {}
    for name in names:
        mean = sums[name] / total
        spread = max(squares[name] / total - mean**2, 0.0) * (n / (n - 1) if n > 1 else np.nan)
        out[name] = (centre[name] + mean, float(np.sqrt(spread)))
    return out


def balanced_rows(
    fit: ModelFit, rows: MarginRows, scenarios: Scenarios, fixed: Container[str], call: str
) -> MarginRows:
    """Return a grid of all levels, numbers at their means over the rows.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    rows : MarginRows
        The rows that means are taken over, unweighted.
    scenarios : Scenarios
        The design's variables.
    fixed : container of str
        Variables that are set by every scenario.
    call : str
        The public call, for messages.

    Returns
    -------
    MarginRows
        One row a combination of levels, without weights.

    Notes
    -----
    R ``emmeans::ref_grid``, whose `cov.reduce` is the plain mean of a column.
    """
    variables = scenarios.variables.values()
    numbers = [each.name for each in variables if not each.levels]
    plain = replace(rows, parts=lambda names: _unweighted(rows.parts(names)))
    means = {name: mean for name, (mean, _) in moments(plain, numbers).items()}
    free = [each for each in variables if each.levels and each.name not in fixed]
    n = prod(len(each.levels) for each in free)
    if n > _LARGEST_GRID:
        raise InputError(
            f"{call}(): the balanced grid has {n:,} combinations of levels.", 'Take grid="sample".'
        )
    setting: Setting = {name: Put(value=mean) for name, mean in means.items()}
    setting.update({each.name: Put(value=0) for each in variables if each.levels})
    combinations = np.array(list(product(*(range(len(each.levels)) for each in free))), dtype=np.int64)
    for j, each in enumerate(free):
        setting[each.name] = Put(value=combinations[:, j])
    empty = PlacedRows(n=n, coded={}, numbers={}, weights=None, offset=None)
    offset = None
    if fit.offset is not None:
        parts = [part for _, part in rows.parts(())]
        offset = np.full(n, np.concatenate([p.offset for p in parts if p.offset is not None]).mean())
    coded = scenarios.coded(empty, 0, n, setting)
    codes = {each.name: combinations[:, j] for j, each in enumerate(free)}

    def grid(names: Sequence[str]) -> Iterator[tuple[int, PlacedRows]]:
        columns: dict[str, Array] = {}
        for name in names:
            levels = scenarios.variables[name].levels
            if not levels:
                columns[name] = np.full(n, means[name])
            else:
                columns[name] = _as_numbers(levels)[codes.get(name, np.zeros(n, dtype=np.int64))]
        yield 0, replace(empty, coded=coded, numbers=columns, offset=offset)

    return replace(rows, parts=grid, groups=None, n=n, weighted=False, own=False)


def _as_numbers(levels: Sequence[Any]) -> Array:
    return np.array([float(level) if not isinstance(level, str) else np.nan for level in levels])


def _unweighted(parts: Iterable[tuple[int, PlacedRows]]) -> Iterator[tuple[int, PlacedRows]]:
    for group, part in parts:
        yield group, replace(part, weights=None)
