"""What is asked of the rows that an engine holds, checked before and after they are added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_null, nw
from peerstats.engines import POSITIVE, ROWS, WEIGHT_FAULTS, WEIGHT_STATE, Totals
from peerstats.errors import InputError
from peerstats.estimates._sample import name_list

if TYPE_CHECKING:
    from peerstats.design import SurveyDesign
    from peerstats.engines import Batches
    from peerstats.typing import Array, BoolArray

__all__ = [
    "MOST_SUMS",
    "Request",
    "check_weights",
    "chosen_sums",
    "float_column",
    "make_request",
    "positive_sums",
]

MOST_SUMS = 5_000_000  # about 80 bytes each are held: 400 MB

_FAULTS = {
    "missing": ("is missing", "Give every row a weight, or leave such rows out of the data."),
    "infinite": ("is infinite", "Correct the weights."),
    "negative": ("is negative", "Weights are zero or positive."),
    "fraction": (
        "is no whole number, as a frequency weight must be",
        'Sampling weights need weight_kind="sampling", in a model that takes them.',
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """What is read, checked.

    Parameters
    ----------
    batches : Batches
        The data.
    plan : SurveyDesign
        The design.
    frequency : bool
        Whether weights are frequencies.
    where : str or None
        The subpopulation.
    by, keys, values : tuple of str
        Columns of groups; all that rows of a sum have in common but the cluster; and numbers.
    """

    batches: Batches
    plan: SurveyDesign
    frequency: bool
    where: str | None
    by: tuple[str, ...]
    keys: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def call(self) -> str:
        """The public call."""
        return self.batches.call

    def totals(self, **other: Any) -> nw.DataFrame[Any]:
        """Ask the engine, and refuse too many sums."""
        asked = Totals(
            states=other.pop("states", self.values),
            weights=self.plan.weights,
            whole=self.frequency,
            limit=MOST_SUMS,
            **other,
        )
        found = self.batches.totals(asked)
        if len(found) > MOST_SUMS:
            names = ", ".join(map(repr, asked.keys))
            raise InputError(
                f"{self.call}(): the {self.batches.kind} has more than {MOST_SUMS:,} patterns of {names}, "
                "and their sums are held in memory.",
                "Put values into classes or round them; leave cluster= out where each row is its own PSU.",
            )
        return found


def float_column(frame: nw.DataFrame[Any], name: str) -> Array:
    values: Array = np.asarray(frame[name].to_numpy(), dtype=float)
    return values


def _check_numbers(head: nw.DataFrame[Any], names: tuple[str, ...], statistic: str, call: str) -> None:
    """Refuse columns that hold no numbers, whatever their rows are."""
    for name in names:
        dtype = head[name].dtype
        if dtype in (nw.String, nw.Categorical, nw.Enum):
            raise InputError(
                f"{call}(): column {name!r} holds text, and a {statistic} needs numbers.",
                'Ask for the shares of its levels, statistic="proportion", or turn the text into numbers.',
            )
        if not (dtype.is_numeric() or dtype in (nw.Boolean, nw.Unknown)):
            raise InputError(
                f"{call}(): column {name!r} must hold numbers and holds {dtype}.",
                "Turn it into numbers first, or name another column.",
            )


def _check_plan(plan: SurveyDesign, call: str) -> None:
    """Refuse designs that need the rows themselves."""
    if plan.replicates is not None or plan.replicate_method is not None:
        raise InputError(
            f"{call}(): design= has replicates, whose degrees of freedom need the rows in memory.",
            "Give the design without them, for linearised errors; or collect the columns that it names.",
        )
    if plan.calibration is not None:
        raise InputError(
            f"{call}(): design= is raked, which is done on rows in memory.",
            "Collect the columns that it names; or write the raked weights into the data and name them.",
        )


def make_request(
    batches: Batches,
    plan: SurveyDesign,
    *,
    values: tuple[str, ...],
    levels: tuple[str, ...],
    by: Any,
    where: Any,
    frequency: bool,
    numbers: tuple[str, ...],
    statistic: str,
) -> Request:
    """Check what can be checked before a row is read."""
    call, columns = batches.call, batches.columns
    _check_plan(plan, call)
    groups = () if by is None else name_list(by, "by", call)
    if where is not None and not isinstance(where, str):
        raise InputError(
            f"{call}(): where= is a {type(where).__name__}, and a {batches.kind} has no place for each row.",
            "Give the name of a column of True and False.",
        )
    held = {"weights": plan.weights, "strata": plan.strata, "cluster": plan.cluster, "fpc": plan.fpc}
    for use, name in {**held, "where": where}.items():
        if name is not None:
            check_columns([name], columns, call, use=f"{use} column")
    check_columns(groups, columns, call, use="grouping column")
    check_columns([*values, *levels], columns, call)
    head = batches.head()
    if where is not None and head[where].dtype != nw.Boolean:
        raise InputError(
            f"{call}(): where= holds {head[where].dtype}, not True and False.",
            "Give the name of a column of True and False.",
        )
    for use in ("weights", "fpc"):
        name = held[use]
        if name is not None and not (head[name].dtype.is_numeric() or head[name].dtype == nw.Boolean):
            raise InputError(
                f"{call}(): {use} column {name!r} must hold numbers and holds {head[name].dtype}.",
                "Turn it into numbers first, or name another column.",
            )
    _check_numbers(head, numbers, statistic, call)
    keys = [*([] if where is None else [where]), *groups, plan.strata, plan.fpc, *levels]
    named = tuple(dict.fromkeys(name for name in keys if name is not None))
    whole = (*named, plan.cluster)
    return Request(
        batches=batches,
        plan=plan,
        frequency=frequency,
        where=where,
        by=groups,
        keys=named,
        values=tuple(name for name in values if name not in whole),
    )


def check_weights(frame: nw.DataFrame[Any], request: Request) -> None:
    """Refuse weights that are none, by the numbers of their rows."""
    call, rows = request.call, float_column(frame, ROWS)
    if not len(frame):
        raise InputError(
            f"{call}(): the data have 0 rows and {len(request.batches.columns)} columns.",
            "Check that the file was read and that no filter removed everybody.",
        )
    if request.plan.weights is None:
        return
    states, name = float_column(frame, WEIGHT_STATE), request.plan.weights
    for code, fault in WEIGHT_FAULTS.items():
        if (states == code).any():
            what, step = _FAULTS[fault]
            raise InputError(
                f"{call}(): the weight {name!r} {what} in {int(rows[states == code].sum()):,} rows.", step
            )
    if not (states == POSITIVE).any():
        raise InputError(
            f"{call}(): every weight {name!r} is zero.", "Name the column that holds the weights."
        )


def chosen_sums(frame: nw.DataFrame[Any], request: Request) -> BoolArray | None:
    """Return which sums are of rows inside the subpopulation."""
    if request.where is None:
        return None
    series = frame[request.where]
    empty = is_null(series)
    if empty.any():
        raise InputError(
            f"{request.call}(): where={request.where!r} is missing in "
            f"{int(float_column(frame, ROWS)[empty].sum()):,} rows.",
            "Fill it with True or False.",
        )
    chosen: BoolArray = np.asarray(series.to_numpy(), dtype=bool)
    if not chosen.any():
        raise InputError(f"{request.call}(): where= keeps no row.", "Check the condition.")
    return chosen


def positive_sums(frame: nw.DataFrame[Any], request: Request) -> BoolArray:
    if request.plan.weights is None:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(float_column(frame, WEIGHT_STATE) == POSITIVE)
