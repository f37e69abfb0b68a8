"""Averages over rows of what a fit expects, under scenarios, with their gradients: one pass over the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import (
    BLOCK_ROWS,
    ExpectedSums,
    SlopeSums,
    expected_sums,
    one_blas_thread,
    shared_slope_sums,
    slope_rows,
    slope_sums,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from peerstats.numerics import Expected
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._response import Response
    from peerstats.postfit._scenario import PlacedRows, Scenarios, Setting
    from peerstats.typing import Array, IntArray

__all__ = ["Averages", "Item", "Plan", "average", "average_over", "row_values"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """What is averaged: what is expected under a setting, or its slope by a variable.

    Parameters
    ----------
    setting : dict
        What is changed of every row.
    slope : str or None
        The variable of a slope.
    """

    setting: Setting
    slope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """All that is averaged.

    Parameters
    ----------
    scenarios : Scenarios
        Builds changed rows.
    items : sequence of Item
        I of them; those of one setting share its design.
    n_groups : int
        Groups of rows, 1 where there are none.
    """

    scenarios: Scenarios
    items: Sequence[Item]
    n_groups: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averages:
    """Weighted averages over the rows of each group.

    Parameters
    ----------
    value : (R, G, I, Q) float array
        Averages, for each of R responses.
    gradient : (G, I, Q, p) float array or None
        Their derivatives by coefficients and other parameters, of a single response.
    total : (R, G) float array
        Sums of weights.
    """

    value: Array
    gradient: Array | None
    total: Array


@dataclass(slots=True)
class _Design:
    """The rows of a block under one setting: built once, for every item and response."""

    x: Array
    items: list[int]
    own: dict[int, int]  # item to the column that is its variable
    others: dict[int, tuple[IntArray, Array]]  # item to columns and their derivative


@dataclass(slots=True)
class _Shared:
    """Running sums of slopes that share."""

    slope: Array = field(default_factory=lambda: np.zeros(()))
    curved: Array = field(default_factory=lambda: np.zeros(()))
    extra: Array = field(default_factory=lambda: np.zeros(()))

    def add(self, sums: SlopeSums | _Shared) -> None:
        self.slope = self.slope + sums.slope
        self.curved = self.curved + sums.curved
        self.extra = self.extra + sums.extra


def _designs(plan: Plan, rows: PlacedRows, start: int, stop: int) -> Iterator[_Design]:
    by_setting: dict[int, list[int]] = {}
    for i, item in enumerate(plan.items):
        by_setting.setdefault(id(item.setting), []).append(i)
    for places in by_setting.values():
        setting = plan.items[places[0]].setting
        coded = plan.scenarios.coded(rows, start, stop, setting)
        design = _Design(plan.scenarios.layout.matrix(coded, 0, stop - start), places, {}, {})
        for i in places:
            name = plan.items[i].slope
            if name is None:
                continue
            column = plan.scenarios.own_column(name)
            if column is None:
                design.others[i] = plan.scenarios.derivative(rows, start, stop, setting, name)
            else:
                design.own[i] = column
        yield design


def _blocks(rows: PlacedRows) -> Iterator[slice]:
    for start in range(0, rows.n, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, rows.n))


def average(
    plan: Plan,
    rows: Iterable[tuple[int, PlacedRows]],
    responses: Sequence[Response],
    weights: Array | None = None,
    *,
    curved: bool = True,
) -> Averages:
    """Average over rows.

    Parameters
    ----------
    plan : Plan
        What is averaged.
    rows : iterable of (int, PlacedRows)
        Groups and their rows, which may come in parts.
    responses : sequence of Response
        What is expected, R times: of the fit, or of its replicates.
    weights : (n, R) float array, optional
        Weights of all rows for each response, instead of the rows' own.
    curved : bool
        Whether gradients are asked for; then there is one response.

    Returns
    -------
    Averages
        Averages and gradients.
    """
    return _summed(plan, rows, responses, weights, curved=curved).finish(plan)


def average_over(plan: Plan, rows: MarginRows, names: Sequence[str], response: Response) -> Averages:
    """Average over rows where they lie.

    Parameters
    ----------
    plan : Plan
        What is averaged.
    rows : MarginRows
        The rows.
    names : sequence of str
        Columns that are read as numbers.
    response : Response
        What is expected.

    Returns
    -------
    Averages
        Averages and gradients.
    """
    return rows.reduce(
        lambda placed: _summed(plan, placed, [response], None, curved=True), _Sums.added, names
    ).finish(plan)


def _summed(
    plan: Plan,
    rows: Iterable[tuple[int, PlacedRows]],
    responses: Sequence[Response],
    weights: Array | None,
    *,
    curved: bool,
) -> _Sums:
    sums = _Sums(plan, responses, curved=curved)
    with one_blas_thread():
        for group, part in rows:
            for block in _blocks(part):
                w = [_weights_of(part, block, weights, r) for r in range(len(responses))]
                sums.count(group, block, w)
                for design in _designs(plan, part, block.start, block.stop):
                    offset = None if part.offset is None else part.offset[block]
                    for r, response in enumerate(responses):
                        sums.add(group, r, response, design, offset, w[r])
    return sums


class _Sums:
    """Running sums of all that is averaged."""

    def __init__(self, plan: Plan, responses: Sequence[Response], *, curved: bool) -> None:
        first = responses[0]
        shape = (len(responses), plan.n_groups, len(plan.items), len(first.names))
        self.beta = first.beta
        self.value = np.zeros(shape)
        self.gradient = np.zeros((*shape[1:], first.beta.size + len(first.extra))) if curved else None
        self.total = np.zeros(shape[:2])
        self.shared: dict[tuple[int, int], _Shared] = {}

    def count(self, group: int, block: slice, weights: Sequence[Array | None]) -> None:
        for r, w in enumerate(weights):
            self.total[r, group] += block.stop - block.start if w is None else w.sum()

    def add(
        self, group: int, r: int, response: Response, design: _Design, offset: Array | None, w: Array | None
    ) -> None:
        curved = self.gradient is not None
        slopes = bool(design.own or design.others)
        expected = response.at(design.x, offset, curved=slopes and curved)
        for i in design.items:
            if i in design.own and curved:
                continue
            sums = _one(expected, design, i, response, w, curved=curved)
            self.value[r, group, i] += sums.value
            if self.gradient is not None:
                self.gradient[group, i] += sums.gradient
        if design.own and curved:
            key = (group, design.items[0])
            self.shared.setdefault(key, _Shared()).add(shared_slope_sums(expected, design.x, w))

    @staticmethod
    def added(parts: Iterable[_Sums]) -> _Sums:
        """Return the sums of several places, added to those of the first."""
        each = iter(parts)
        whole = next(each)
        for part in each:
            whole.value += part.value
            whole.total += part.total
            if whole.gradient is not None and part.gradient is not None:
                whole.gradient += part.gradient
            for key, shared in part.shared.items():
                whole.shared.setdefault(key, _Shared()).add(shared)
        return whole

    def finish(self, plan: Plan) -> Averages:
        gradient = self.gradient
        if gradient is not None:
            _spread(plan, self.shared, self.beta, self.value, gradient)
            gradient = gradient / self.total[0][:, None, None, None]
        value = self.value / self.total[:, :, None, None]
        return Averages(value=value, gradient=gradient, total=self.total)


def _weights_of(part: PlacedRows, block: slice, weights: Array | None, r: int) -> Array | None:
    if weights is None:
        return None if part.weights is None else part.weights[block]
    return np.ascontiguousarray(weights[part.stand(block), r])


def _one(
    expected: Expected, design: _Design, i: int, response: Response, w: Array | None, *, curved: bool
) -> ExpectedSums:
    """Return the sums of one item; without gradients only values are worked out."""
    if curved and i not in design.others:
        return expected_sums(expected, design.x, w)
    if curved:
        columns, change = design.others[i]
        return slope_sums(expected, design.x, w, beta=response.beta, columns=columns, change=change)
    values = _rows_of(expected, design, i, response)
    return ExpectedSums(
        value=values.sum(axis=1) if w is None else values @ w, gradient=np.empty((len(values), 0))
    )


def _rows_of(expected: Expected, design: _Design, i: int, response: Response) -> Array:
    """Return the (Q, m) values of one item."""
    if i in design.own:
        return slope_rows(expected, response.beta[:, [design.own[i]]])
    if i in design.others:
        columns, change = design.others[i]
        return slope_rows(expected, response.beta[:, columns] @ change)
    return expected.value


def _spread(
    plan: Plan, shared: dict[tuple[int, int], _Shared], beta: Array, value: Array, gradient: Array
) -> None:
    """Give each variable with a column of its own its part of the shared sums."""
    for (group, leader), sums in shared.items():
        whole = SlopeSums(slope=sums.slope, curved=sums.curved, extra=sums.extra)
        setting = plan.items[leader].setting
        for i, item in enumerate(plan.items):
            if item.setting is setting and item.slope is not None:
                column = plan.scenarios.own_column(item.slope)
                if column is not None:
                    own = whole.of_column(beta, column)
                    value[0, group, i], gradient[group, i] = own.value, own.gradient


def row_values(
    plan: Plan, rows: Iterable[tuple[int, PlacedRows]], response: Response
) -> Iterator[tuple[int, PlacedRows, slice, Array]]:
    """Yield the values of each block of rows before they are averaged.

    Parameters
    ----------
    plan : Plan
        What is averaged.
    rows : iterable of (int, PlacedRows)
        Groups and their rows.
    response : Response
        What is expected.

    Yields
    ------
    group : int
        The group.
    part : PlacedRows
        The rows that the block is of.
    block : slice
        The block.
    values : (I, Q, m) float array
        Values of each item.
    """
    for group, part in rows:
        for block in _blocks(part):
            values = np.empty((len(plan.items), len(response.names), block.stop - block.start))
            offset = None if part.offset is None else part.offset[block]
            for design in _designs(plan, part, block.start, block.stop):
                expected = response.at(design.x, offset)
                for i in design.items:
                    values[i] = _rows_of(expected, design, i, response)
            yield group, part, block, values
