"""Who is in the sample, how it was drawn, and which groups it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import read_frame, read_words, row_name
from peerstats._core.labels import frame_of
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats._core.words import counted
from peerstats.design import SurveyDesign, read_where
from peerstats.errors import InputError
from peerstats.scoring import LazyScoreResult, ScoreResult

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.design import DesignArrays
    from peerstats.estimates._summed import Summed
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "Groups",
    "Sample",
    "held_rows",
    "name_list",
    "put_together",
    "read_groups",
    "read_plan",
    "read_sample",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A frame of n rows with its design.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    arrays : DesignArrays
        Weights, PSUs, strata and replicates.
    copies : (n,) float array or None
        Frequency weights: how many respondents a row stands for.
    own_psu : bool
        Whether each respondent is a PSU, so that copies of a row are several.
    inside : (n,) bool array
        Rows of the subpopulation with a positive weight.
    weight_kind : {"none", "sampling", "frequency"}
        What the weights mean.
    lines : tuple of str
        The design and the subpopulation in words.
    summed : Summed or None
        Where the n rows are sums of rows that an engine holds: what their totals do not say.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> sample.weight_kind, sample.own_psu
    ('none', True)
    """

    frame: nw.DataFrame[Any]
    arrays: DesignArrays
    copies: Array | None
    own_psu: bool
    inside: BoolArray
    weight_kind: str
    lines: tuple[str, ...]
    summed: Summed | None = None

    @property
    def weights(self) -> Array:
        """The (n,) full-sample weights."""
        return self.arrays.weights

    @property
    def counts(self) -> Array:
        """How many respondents each of the n rows stands for."""
        return np.ones(len(self.frame)) if self.copies is None else self.copies

    @property
    def squares(self) -> Array:
        """The (n,) squared weights, of sums the sums of these; a frequency weight counts once."""
        if self.summed is not None:
            return self.summed.squares
        return self.weights if self.copies is not None else self.weights**2

    @property
    def n_zero(self) -> int:
        """Rows of the data with a weight of zero."""
        zero = self.arrays.base == 0
        return int(zero.sum() if self.summed is None else self.summed.rows[zero].sum())

    def place(self, bad: BoolArray, what: str) -> str:
        """Name the first of some rows and say how many there are; a sum of rows has no place.

        Parameters
        ----------
        bad : (n,) bool array
            The rows, one at least.
        what : str
            What is counted.

        Returns
        -------
        str
            Such as "row 3 (2 such values)", or "2 rows".
        """
        if self.summed is not None:
            return f"{int(self.summed.rows[bad].sum()):,} rows"
        return f"{row_name(self.frame, int(np.argmax(bad)))} ({int(bad.sum()):,} such {what})"

    def count(self, rows: BoolArray) -> int:
        """Count the respondents of some rows.

        Parameters
        ----------
        rows : (n,) bool array
            The rows.

        Returns
        -------
        int
            Respondents; copies of a row count.
        """
        return int(rows.sum() if self.copies is None else self.copies[rows].sum())

    def degrees_of_freedom(self, inside: BoolArray | None = None) -> float:
        """Return the design's degrees of freedom; copies of a row count where each is a PSU.

        Parameters
        ----------
        inside : (n,) bool array, optional
            The subpopulation; by default everybody.

        Returns
        -------
        float
            PSUs less strata, or what the replicates leave.
        """
        if self.weight_kind == "frequency" and self.copies is not None and self.own_psu:
            return float(self.copies.sum() - 1)
        return self.arrays.degrees_of_freedom(inside)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Groups that share no row.

    Parameters
    ----------
    by : tuple of str
        Their columns; none for a single group of all.
    code : (n,) int array
        Group of each row inside the subpopulation, from 0; -1 outside and without a group.
    labels : tuple of tuples
        For each group one value a column.
    lines : tuple of str
        Who has no group.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import read_groups, read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> read_groups(sample, "job", "f").names
    ['other', 'peer']
    """

    by: tuple[str, ...]
    code: IntArray
    labels: tuple[tuple[Any, ...], ...]
    lines: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The groups in words."""
        return [", ".join(map(str, label)) if label else "all" for label in self.labels]


def name_list(names: Any, what: str, call: str) -> tuple[str, ...]:
    """Return one or several column names as a tuple, each once.

    Parameters
    ----------
    names : str or sequence of str
        The names.
    what : str
        The argument, for messages.
    call : str
        The public call, for messages.

    Returns
    -------
    tuple of str
        The names.

    Raises
    ------
    InputError
        If it is no name, or names a column twice.

    Examples
    --------
    >>> from peerstats.estimates import name_list
    >>> name_list("age", "columns", "f")
    ('age',)
    """
    found = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Sequence) else ()
    if not found or not all(isinstance(name, str) for name in found):
        raise InputError(f"{call}(): {what}={names!r} names no column.", "Give one name or a list of names.")
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{call}(): {what}= names {twice!r} twice.", "Name it once.")
    return found


def held_rows(data: Any) -> Any:
    """Return the frame of scores, with these in it, or of a survey; anything else as it is."""
    return data.attach() if isinstance(data, ScoreResult | LazyScoreResult) else frame_of(data)


def read_plan(
    design: Any, weights: str | None, weight_kind: str, cluster: str | None, call: str
) -> SurveyDesign:
    """Return the design that was given, or the simple one that stands for weights and clusters."""
    check_choice(weight_kind, WEIGHT_KINDS, "weight_kind", call)
    if design is None:
        if weights is None and weight_kind != "sampling":
            raise InputError(
                f"{call}(): weight_kind={weight_kind!r} without weights.", "Name their column: weights=."
            )
        return SurveyDesign(weights=weights, cluster=cluster)
    if not isinstance(design, SurveyDesign):
        has = isinstance(getattr(design, "design", None), SurveyDesign)
        raise InputError(
            f"{call}(): design= is a {type(design).__name__}, not a SurveyDesign.",
            "Give the design of the raking: design=result.design." if has else "Make one: SurveyDesign(...).",
        )
    if weights is not None or cluster is not None or weight_kind != "sampling":
        raise InputError(
            f"{call}(): weights=, weight_kind= and cluster= beside design=.",
            "A design names its weights and PSUs itself: SurveyDesign(weights=, cluster=).",
        )
    return design


def read_sample(
    data: Any,
    *,
    where: Any,
    design: Any,
    weights: str | None,
    weight_kind: str,
    cluster: str | None,
    call: str,
) -> Sample:
    """Read data with their design and subpopulation.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent.
    where : str, sequence of bool or None
        The subpopulation.
    design : SurveyDesign or None
        The design.
    weights, weight_kind, cluster : str or None
        What stands for a simple one.
    call : str
        The public call, for messages.

    Returns
    -------
    Sample
        The sample.

    Raises
    ------
    InputError
        If the design does not fit, or nobody is in the subpopulation.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> sample.count(sample.inside), sample.degrees_of_freedom()
    (4, 3.0)
    """
    frame = read_frame(data.attach() if isinstance(data, ScoreResult) else data, call)
    plan = read_plan(design, weights, weight_kind, cluster, call)
    frequency = weight_kind == "frequency"
    copies = read_weights(frame, str(plan.weights), weight_kind, call) if frequency else None
    arrays = plan.read(frame, call)
    chosen = read_where(frame, where, call)
    return put_together(frame, plan, arrays, copies, chosen, weight_kind, None, call)


def put_together(
    frame: nw.DataFrame[Any],
    plan: SurveyDesign,
    arrays: DesignArrays,
    copies: Array | None,
    chosen: BoolArray | None,
    weight_kind: str,
    summed: Summed | None,
    call: str,
) -> Sample:
    """Make a sample of what was read of it, and describe it."""
    inside = arrays.base > 0 if chosen is None else chosen & (arrays.base > 0)
    if not inside.any():
        raise InputError(
            f"{call}(): where= keeps only rows with a weight of zero.", "Check where= and the weights."
        )
    sample = Sample(
        frame=frame,
        arrays=arrays,
        copies=copies,
        own_psu=plan.cluster is None,
        inside=inside,
        weight_kind="none" if plan.weights is None and plan.fpc is None else weight_kind,
        lines=(),
        summed=summed,
    )
    lines = [f"{_described(plan, arrays, weight_kind)}; {arrays.variance} errors"]
    if chosen is not None:
        whole = arrays.base > 0
        lines.append(
            f"subpopulation of {sample.count(inside):,} of {sample.count(whole):,} respondents; "
            "the full design is kept"
        )
    if sample.n_zero:
        lines.append(f"{counted(sample.n_zero, 'row')} with a weight of zero left out")
    return replace(sample, lines=tuple(lines))


def _described(plan: SurveyDesign, arrays: DesignArrays, weight_kind: str) -> str:
    if weight_kind == "frequency":
        return f"frequency weights {plan.weights}" + (f"; PSUs {plan.cluster}" if plan.cluster else "")
    named = (plan.weights, plan.strata, plan.cluster, plan.fpc, plan.replicates, plan.calibration)
    if all(each is None for each in named) and plan.replicate_method is None:
        return "no weights: a simple random sample"
    return arrays.description


def read_groups(sample: Sample, by: str | Sequence[str] | None, call: str) -> Groups:
    """Read the groups of a sample.

    Parameters
    ----------
    sample : Sample
        The sample.
    by : str, sequence of str or None
        Columns; several for groups by all of them at once.
    call : str
        The public call, for messages.

    Returns
    -------
    Groups
        Those that have a member; levels that nobody has are left out.

    Raises
    ------
    InputError
        If a column is absent, or nobody has a group.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.estimates import read_groups, read_sample
    >>> people = pd.DataFrame({"job": ["peer", "other", "peer", "other"], "age": [30.0, 41.0, 52.0, 44.0]})
    >>> sample = read_sample(
    ...     people, where=None, design=None, weights=None, weight_kind="sampling", cluster=None, call="f"
    ... )
    >>> read_groups(sample, "job", "f").code
    array([1, 0, 1, 0])
    """
    if by is None:
        return Groups(by=(), code=np.where(sample.inside, 0, -1), labels=((),), lines=())
    names = name_list(by, "by", call)
    check_columns(names, sample.frame.columns, call, use="grouping column")
    joint = np.zeros(len(sample.frame), dtype=np.int64)
    known = sample.inside.copy()
    levels: list[list[Any]] = []
    for name in names:
        codes, found = read_words(sample.frame, name)
        known &= codes >= 0
        joint = joint * max(len(found), 1) + codes
        levels.append(found)
    if not known.any():
        raise InputError(
            f"{call}(): nobody has a group: {' and '.join(map(repr, names))} is missing in every row used.",
            "Check by= and where=.",
        )
    present, inverse = np.unique(joint[known], return_inverse=True)
    code = np.full(len(joint), -1, dtype=np.int64)
    code[known] = inverse
    parts = np.unravel_index(present, [max(len(each), 1) for each in levels])
    labels = tuple(
        tuple(levels[j][int(part[i])] for j, part in enumerate(parts)) for i in range(len(present))
    )
    lost = sample.count(sample.inside & ~known)
    lines = (f"{counted(lost, 'respondent')} without {' and '.join(names)} left out",) if lost else ()
    return Groups(by=names, code=code, labels=labels, lines=lines)
