"""The passes in which an engine adds up rows: first means, then deviations from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import is_null, nw, with_columns
from peerstats.engines import FINITE, INFINITE, ROWS, Beside, Number, highest, lowest, state
from peerstats.errors import SourceError
from peerstats.estimates._sums_request import Request, check_weights, chosen_sums, float_column, positive_sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.engines import Batches
    from peerstats.typing import Array, BoolArray

__all__ = ["Below", "RowSums", "known_sums", "refuse_change", "sums_of_psus", "sums_of_rows"]

_ID = "__peerstats_id__"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Below:
    """Numbers that columns are compared with, other ones in each group.

    Parameters
    ----------
    frame : narwhals DataFrame
        A row a group, with the grouping columns.
    columns : mapping of str to str
        Name of each share at or below, and the column that it is of.
    cuts : mapping of str to (g,) float array
        By that name, what the column is compared with in each group.
    """

    frame: nw.DataFrame[Any]
    columns: Mapping[str, str]
    cuts: Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowSums:
    """Sums of rows before their design is read: what `Summed` holds, weights being those of the data.

    Parameters
    ----------
    frame : narwhals DataFrame
        The n sums with their keys.
    pivot, offset : (n, p) float array
        Means in two parts, NaN where there is none.
    inner, own : dict of (int, int) to (n,) float array
        Sums of products.
    extremes : (n, 2) float array or None
        Least and greatest weights.
    """

    frame: nw.DataFrame[Any]
    pivot: Array
    offset: Array
    inner: dict[tuple[int, int], Array]
    own: dict[tuple[int, int], Array]
    extremes: Array | None = None


def _products(request: Request, *factors: str) -> tuple[str, ...]:
    """Return a product with the weight as its first factor, where there is one."""
    weight = ("w",) if request.plan.weights is not None else ()
    return (*weight, *factors)


def _total_name(request: Request) -> str:
    """Name the sum of weights, which is the number of rows where there are none."""
    return ROWS if request.plan.weights is None else "__peerstats_sum w"


def _pairs(p: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(p) for j in range(i, p)]


def _weight_sums(request: Request) -> tuple[dict[str, Number], dict[str, tuple[str, ...]]]:
    name = request.plan.weights
    if name is None:
        return {}, {}
    return {"w": Number(name)}, {"__peerstats_sum w": ("w",), "__peerstats_sum ww": ("w", "w")}


def _first_pass(
    request: Request, keys: tuple[str, ...], *, extremes: bool
) -> tuple[nw.DataFrame[Any], Array]:
    """Return sums by keys, and the (n, p) means of the numbers in them, NaN where there is none."""
    numbers, sums = _weight_sums(request)
    for i, name in enumerate(request.values):
        numbers[f"y{i}"] = Number(name)
        sums[f"__peerstats_sum wy{i}"] = _products(request, f"y{i}")
    frame = request.totals(
        keys=keys,
        numbers=numbers,
        sums=sums,
        extremes=("w",) if extremes and request.plan.weights is not None else (),
    )
    check_weights(frame, request)
    chosen_sums(frame, request)
    total = float_column(frame, _total_name(request))
    means = np.full((len(frame), len(request.values)), np.nan)
    for i, name in enumerate(request.values):
        known = (float_column(frame, state(name)) == FINITE) & (total > 0)
        means[known, i] = float_column(frame, f"__peerstats_sum wy{i}")[known] / total[known]
    return frame, means


def _ends(frame: nw.DataFrame[Any], request: Request) -> Array:
    """Return the least and the greatest weight of each sum."""
    if request.plan.weights is None:
        return np.ones((len(frame), 2))
    return np.column_stack([float_column(frame, lowest("w")), float_column(frame, highest("w"))])


def _beside(
    frame: nw.DataFrame[Any], request: Request, means: Array, rows: BoolArray, *, inner: bool
) -> Beside:
    """Make the table of means that the second pass takes off, of the sums that are inside."""
    kept = np.flatnonzero(rows)
    numbers = {_ID: kept.astype(float)}
    numbers |= {f"c{i}": np.nan_to_num(column) for i, column in enumerate(means[kept].T)}
    if request.plan.weights is not None:
        numbers["p"] = float_column(frame, "__peerstats_sum w")[kept] / float_column(frame, ROWS)[kept]
    keys = (*request.keys, *map(state, request.values))
    return Beside(frame=frame.filter(rows.tolist()), keys=keys, numbers=numbers, inner=inner)


def _second_numbers(request: Request) -> tuple[dict[str, Number], dict[str, tuple[str, ...]]]:
    """Return deviations from the means of the first pass, and the sums of their products."""
    numbers, sums = _weight_sums(request)
    p = len(request.values)
    for i, name in enumerate(request.values):
        numbers[f"d{i}"] = Number(name, less=f"c{i}")
        sums[f"__peerstats_sum wd{i}"] = _products(request, f"d{i}")
    for i, j in _pairs(p):
        sums[f"__peerstats_inner {i} {j}"] = _products(request, f"d{i}", f"d{j}")
    return numbers, sums


def _own_sums(request: Request) -> tuple[dict[str, Number], dict[str, tuple[str, ...]]]:
    """Return the sums of products where each row is a PSU and weights are not its number."""
    p = len(request.values)
    if request.plan.weights is None or request.frequency:
        return {}, {}
    numbers = {"v": Number(request.plan.weights, less="p")}
    sums: dict[str, tuple[str, ...]] = {
        f"__peerstats_own {i} {j}": ("w", f"d{i}", "w", f"d{j}") for i, j in _pairs(p)
    }
    sums |= {f"__peerstats_own {i} {p}": ("w", f"d{i}", "v") for i in range(p)}
    sums[f"__peerstats_own {p} {p}"] = ("v", "v")
    return numbers, sums


def refuse_change(batches: Batches, before: Array, now: Array) -> None:
    """Refuse numbers of rows that are others in a second pass."""
    if not np.array_equal(before, now):
        raise SourceError(
            f"{batches.call}(): the {batches.kind} gave other rows than when the call began: "
            f"{int(now.sum()):,}, and {int(before.sum()):,} before.",
            "A call reads its data several times: leave them as they are, and call again.",
        )


def _inside(frame: nw.DataFrame[Any], request: Request) -> BoolArray:
    """Return the sums of rows with a weight, inside the subpopulation and in a group."""
    rows = positive_sums(frame, request)
    chosen = chosen_sums(frame, request)
    if chosen is not None:
        rows &= chosen
    for name in request.keys:  # without a stratum a row is refused when the design is read
        rows &= ~is_null(frame[name])
    return rows


def sums_of_rows(request: Request, *, extremes: bool) -> RowSums:
    """Add up rows each of which is a PSU: their squares are needed about the mean of their sum."""
    # without numbers the weights' own squares are enough
    bare = not request.values
    frame, means = _first_pass(request, request.keys, extremes=extremes or bare)
    ends = _ends(frame, request) if extremes or bare else None
    if not bare:
        return _squares_of_rows(request, frame, means)
    own: dict[tuple[int, int], Array] = {}
    if request.plan.weights is not None and not request.frequency and ends is not None:
        rows = float_column(frame, ROWS)
        total, squares = (float_column(frame, f"__peerstats_sum {name}") for name in ("w", "ww"))
        own[0, 0] = np.where(ends[:, 0] == ends[:, 1], 0.0, np.maximum(squares - total**2 / rows, 0.0))
    return RowSums(frame=frame, pivot=means, offset=np.zeros(means.shape), inner={}, own=own, extremes=ends)


def _squares_of_rows(request: Request, frame: nw.DataFrame[Any], means: Array) -> RowSums:
    """Add up products of deviations from the means of the first pass."""
    n, p = means.shape
    rows = _inside(frame, request)
    if not rows.any():  # which the sample says
        return RowSums(frame=frame, pivot=means, offset=np.zeros(means.shape), inner={}, own={})
    numbers, sums = _second_numbers(request)
    more, own_sums = _own_sums(request)
    second = request.totals(
        beside_keys=(_ID,),
        numbers={**numbers, **more},
        sums={**sums, **own_sums},
        where=request.where,
        positive=request.plan.weights is not None,
        beside=_beside(frame, request, means, rows, inner=True),
    )
    at = float_column(second, _ID).astype(np.int64)

    def spread_out(name: str) -> Array:
        found = np.zeros(n)
        found[at] = float_column(second, name)
        return found

    refuse_change(request.batches, np.where(rows, float_column(frame, ROWS), 0.0), spread_out(ROWS))
    counts = np.where(rows, float_column(frame, ROWS), 1.0)
    parts = np.column_stack([spread_out(f"__peerstats_sum wd{i}") for i in range(p)])
    # the pivot is the mean to the last digit, and what is missing to it is taken off
    offset = parts / np.where(rows, float_column(frame, _total_name(request)), 1.0)[:, None]
    inner = {
        (i, j): spread_out(f"__peerstats_inner {i} {j}") - offset[:, i] * parts[:, j] for i, j in _pairs(p)
    }
    own = inner
    if own_sums:
        more_parts = np.column_stack([parts, np.zeros(n)])  # weights differ from their own mean by nothing
        own = {
            (i, j): spread_out(f"__peerstats_own {i} {j}") - more_parts[:, i] * more_parts[:, j] / counts
            for i, j in _pairs(p + 1)
        }
    return RowSums(frame=frame, pivot=means, offset=offset, inner=inner, own=own)


def sums_of_psus(request: Request, below: Below | None, *, extremes: bool) -> RowSums:
    """Add up rows by PSU: of numbers, deviations from the mean of all that are alike but for the PSU."""
    keys = tuple(dict.fromkeys([*request.keys, str(request.plan.cluster)]))
    if below is not None:
        return _sums_below(request, keys, below)
    p = len(request.values)
    if not p:
        frame, means = _first_pass(request, keys, extremes=extremes)
        ends = _ends(frame, request) if extremes else None
        return RowSums(frame=frame, pivot=means, offset=means.copy(), inner={}, own={}, extremes=ends)
    coarse, means = _first_pass(request, request.keys, extremes=False)
    rows = _inside(coarse, request)
    if not rows.any():
        return known_sums(request)
    numbers, sums = _second_numbers(request)
    beside = _beside(coarse, request, means, rows, inner=False)
    frame = request.totals(keys=keys, beside_keys=(_ID,), numbers=numbers, sums=sums, beside=beside)
    check_weights(frame, request)
    number = float_column(frame, _ID)
    met = ~np.isnan(number) & positive_sums(frame, request)
    at = np.where(met, number, 0.0).astype(np.int64)
    counted = np.bincount(at[met], weights=float_column(frame, ROWS)[met], minlength=len(coarse))
    refuse_change(request.batches, np.where(rows, float_column(coarse, ROWS), 0.0), counted.astype(float))
    pivot = np.where(met[:, None], means[at], np.nan)
    total = float_column(frame, _total_name(request))
    known = np.column_stack([float_column(frame, state(name)) == FINITE for name in request.values])
    parts = np.column_stack([float_column(frame, f"__peerstats_sum wd{i}") for i in range(p)])
    parts = np.where(known & met[:, None], parts, 0.0)
    offset = parts / np.where(met, total, 1.0)[:, None]
    inner = {
        (i, j): np.where(met, float_column(frame, f"__peerstats_inner {i} {j}"), 0.0)
        - offset[:, i] * parts[:, j]
        for i, j in _pairs(p)
    }
    return RowSums(frame=frame, pivot=pivot, offset=offset, inner=inner, own={})


def known_sums(request: Request) -> RowSums:
    """Add up rows by the numbers that they lack alone."""
    keys = [*request.keys, *([] if request.plan.cluster is None else [request.plan.cluster])]
    frame, means = _first_pass(request, tuple(dict.fromkeys(keys)), extremes=False)
    return RowSums(frame=frame, pivot=means, offset=np.zeros(means.shape), inner={}, own={})


def _sums_below(request: Request, keys: tuple[str, ...], below: Below) -> RowSums:
    """Add up by PSU who is at or below a number that each group has."""
    numbers, sums = _weight_sums(request)
    columns = tuple(dict.fromkeys(below.columns.values()))
    for i, (name, column) in enumerate(below.columns.items()):
        numbers[f"b{i}"] = Number(column, at_most=name)
        sums[f"__peerstats_sum wb{i}"] = _products(request, f"b{i}")
    beside = Beside(frame=below.frame, keys=request.by, numbers=below.cuts, inner=False)
    frame = request.totals(keys=keys, states=columns, numbers=numbers, sums=sums, beside=beside)
    check_weights(frame, request)
    total = float_column(frame, _total_name(request))
    shares = {
        name: np.where(
            (float_column(frame, state(column)) == FINITE) & (total > 0),
            float_column(frame, f"__peerstats_sum wb{i}") / np.where(total > 0, total, 1.0),
            np.nan,
        )
        for i, (name, column) in enumerate(below.columns.items())
    }
    # of the columns themselves it is only known where they are missing
    for column in columns:
        states = float_column(frame, state(column))
        shares[column] = np.where(states == FINITE, 0.0, np.where(states == INFINITE, np.inf, np.nan))
    shares = {name: each for name, each in shares.items() if name not in keys}
    frame = nw.from_native(with_columns(frame, shares), eager_only=True)
    none = np.zeros((len(frame), 0))
    return RowSums(frame=frame, pivot=none, offset=none, inner={}, own={})
