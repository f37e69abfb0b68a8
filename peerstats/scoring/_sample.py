"""The respondents of a call: who is used, with what weight, in which cluster and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import read_words, row_name
from peerstats._core.weights import read_weights
from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.scoring._scale_answers import Answers
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Sample", "read_sample"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The rows that are used.

    Attributes
    ----------
    rows : (n,) int array
        Where they are in the caller's frame.
    weights : (n,) array or None
        Positive weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    cluster, strata : (n,) int array or None
        Codes.
    groups : list of (str, (n,) bool array)
        Name and rows of each group.
    lines : tuple of str
        What was used and left out.
    """

    rows: IntArray
    weights: Array | None
    weight_kind: str
    cluster: IntArray | None
    strata: IntArray | None
    groups: list[tuple[str, BoolArray]]
    lines: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """Whether respondents are independent and each counts as itself."""
        return self.weight_kind != "sampling" and self.cluster is None and self.strata is None


def _codes(answers: Answers, column: str, use: str, call: str) -> IntArray:
    """Read clusters or strata, which every row must have."""
    frame = answers.frame
    check_columns([column], frame.columns, call, use=f"{use} column")
    codes, _ = read_words(frame, column)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise InputError(
            f"{call}(): {use} column {column!r} is missing in {row_name(frame, row)} "
            f"({int((codes < 0).sum())} such rows).",
            "Give every row its own, or leave such rows out of the data.",
        )
    return codes


def _groups(
    answers: Answers, by: str | None, rows: IntArray, call: str
) -> tuple[list[tuple[str, BoolArray]], list[str]]:
    if by is None:
        return [("all", np.ones(len(rows), dtype=bool))], []
    check_columns([by], answers.frame.columns, call, use="grouping column")
    codes, levels = read_words(answers.frame, by)
    codes = codes[rows]
    without = int((codes < 0).sum())
    said = [f"{counted(without, 'respondent')} without {by} left out"] if without else []
    return [(str(level), codes == i) for i, level in enumerate(levels) if (codes == i).any()], said


def read_sample(
    answers: Answers,
    *,
    weights: str | None,
    weight_kind: str,
    by: str | None,
    cluster: str | None,
    strata: str | None,
    call: str,
) -> Sample:
    """Find the rows that are used, their weights and design, and the groups.

    Parameters
    ----------
    answers : Answers
        The answers.
    weights : str or None
        Column of weights; rows of weight zero are not used.
    weight_kind : {"sampling", "frequency"}
        What they mean.
    by, cluster, strata : str or None
        Columns of groups, clusters and strata.
    call : str
        The public call, for messages.

    Returns
    -------
    Sample
        The sample.

    Raises
    ------
    InputError
        If a column is missing, or a weight, cluster or stratum is.
    """
    n = len(answers.frame)
    w = None if weights is None else read_weights(answers.frame, weights, weight_kind, call)
    rows = np.arange(n) if w is None else np.flatnonzero(w > 0)
    clusters = None if cluster is None else _codes(answers, cluster, "cluster", call)[rows]
    layers = None if strata is None else _codes(answers, strata, "strata", call)[rows]
    groups, said = _groups(answers, by, rows, call)
    lines = [f"{counted(n, 'respondent')}"]
    if w is None:
        lines[0] += ", unweighted"
    else:
        lines[0] += f", {weight_kind} weights {weights}"
        if len(rows) < n:
            lines.append(f"{counted(n - len(rows), 'respondent')} of weight zero left out")
    lines += said
    for column, codes, name in ((cluster, clusters, "clusters"), (strata, layers, "strata")):
        if codes is not None:
            lines.append(f"{len(np.unique(codes)):,} {name} ({column})")
    return Sample(
        rows=rows,
        weights=None if w is None else w[rows],
        weight_kind="none" if w is None else weight_kind,
        cluster=clusters,
        strata=layers,
        groups=groups,
        lines=tuple(lines),
    )
