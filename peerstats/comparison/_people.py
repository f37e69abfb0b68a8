"""Who is compared: values, groups and design of a sample."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import is_textual, nw, read_frame, read_numbers, read_words, row_name
from peerstats._core.labels import frame_of
from peerstats._core.weights import read_weights
from peerstats._core.words import counted
from peerstats.comparison._units import check_units
from peerstats.engines import as_batches
from peerstats.errors import InputError
from peerstats.estimates.parts import (
    Sample,
    Sums,
    linear_estimates,
    one_respondent,
    quantile_estimates,
    read_groups,
    read_sample,
    read_summed,
    squares_about,
)
from peerstats.numerics import MeanEstimate, mean_estimate, mean_of_sums
from peerstats.scoring import ScoreResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.estimates.parts import Groups, Linear, Quantiles
    from peerstats.norms import Benchmark
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["People", "design_estimate", "read_column", "read_levels", "read_people", "read_rows"]

_MONEY = re.compile(r"\s*[$£€]|\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*$")  # "$17.50", "1,250.00"
_MOST_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """A column of a sample of n rows with its groups and design.

    Parameters
    ----------
    column : str
        The column.
    sample : Sample
        The rows and their design.
    groups : Groups
        The groups.
    values : (n,) float array
        The values, zero where not used.
    everyone : (n,) float array
        The values of all rows, NaN where missing.
    used : (n,) bool array
        Rows of a group that have a value.
    simple : bool
        Whether rows are independent of each other: no design and no clusters.
    lines : tuple of str
        Which rows are used, which are not and why.
    """

    column: str
    sample: Sample
    groups: Groups
    values: Array
    everyone: Array
    used: BoolArray
    simple: bool
    lines: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Kind of the weights: none, sampling or frequency."""
        return self.sample.weight_kind

    @property
    def counted(self) -> bool:
        """Whether respondents can be counted as independent trials of equal weight."""
        return self.simple and self.kind in ("none", "frequency")

    def named(self) -> list[tuple[int, str]]:
        """Return the place and the name of each group that has a value."""
        return [(g, name) for g, name in enumerate(self.groups.names) if self.rows(g).any()]

    def rows(self, g: int) -> BoolArray:
        """Return which of the n rows are of a group and have a value."""
        return np.asarray(self.used & (self.groups.code == g))

    def missing(self, g: int) -> int:
        """Count the respondents of a group without a value."""
        return self.sample.count((self.groups.code == g) & ~self.used)

    def n_rows(self, rows: BoolArray) -> int:
        """Count rows of the data, a frequency weight as one."""
        summed = self.sample.summed
        return int(rows.sum() if summed is None else summed.rows[rows].sum())

    def means_of(self, columns: Array) -> Linear:
        """Estimate the means of (n, q) columns in each group with the errors of the design."""
        used = np.repeat(self.used[:, None], columns.shape[1], axis=1)
        sums = Sums(
            top=np.where(used, columns, 0.0),
            bottom=used.astype(float),
            used=used,
            group=self.groups.code,
            n_groups=len(self.groups.labels),
            columns=self._names(columns.shape[1]),
        )
        return linear_estimates(self.sample, sums)

    def _names(self, q: int) -> tuple[tuple[str | None, str | None], ...]:
        """Return which columns of numbers q quantities are: one is the column, several are parts of it."""
        summed = self.sample.summed
        # parts are taken of sums of rows that have the value in common
        return ((self.column, None),) * q if summed is not None and self.column in summed.names else ()

    def mean(self, values: Array) -> MeanEstimate:
        """Estimate the mean of an (n,) array over the rows where it is not NaN, as a domain of the sample."""
        known = self.sample.inside & ~np.isnan(values)
        filled = np.where(known, values, 0.0)
        if self.simple and self.sample.summed is None:
            # sampling weights keep the full sample
            positive = self.sample.arrays.base > 0
            weights = None if self.kind == "none" else self.sample.weights[positive]
            found = mean_estimate(filled[positive], weights, self.kind, known[positive])
            return replace(found, n=self.sample.count(known))
        sums = Sums(
            top=filled[:, None],
            bottom=known[:, None].astype(float),
            used=known[:, None],
            group=np.where(known, 0, -1),
            n_groups=1,
            columns=self._names(1),
        )
        linear = linear_estimates(self.sample, sums)
        if not self.simple:
            return design_estimate(linear, 0)
        mean, total = float(linear.estimate[0, 0]), float(linear.sum_weights[0, 0])
        squares = squares_about(self.sample, known, filled, mean, self.column)
        return mean_of_sums(
            int(linear.n[0, 0]),
            mean,
            total=total,
            squares=squares,
            std_error=float(linear.std_error[0, 0]),
            n_full=self.sample.count(self.sample.arrays.base > 0),
            weight_kind=self.kind,
        )

    def check_units(self, unit: str | None, benchmarks: Sequence[Benchmark], call: str) -> None:
        """Stop where the column is in another unit than a benchmark, or looks as if it were."""
        w = self.sample.weights[self.used]
        check_units(float(w @ self.values[self.used] / w.sum()), self.column, unit, benchmarks, call)

    def group_mean(self, g: int) -> MeanEstimate:
        """Estimate the mean of a group."""
        found = self.mean(np.where(self.rows(g), self.values, np.nan))
        return found if self.simple else replace(found, sd=self.sd(g, found.mean))

    def sd(self, g: int, mean: float) -> float:
        """Return the standard deviation of a group: weighted, with the factor n / (n - 1)."""
        rows = self.rows(g)
        n = self.sample.count(rows)
        if n < 2:  # noqa: PLR2004  (one respondent has no spread)
            return np.nan
        squares = squares_about(self.sample, rows, self.values, mean, self.column)
        return float(np.sqrt(squares / self.sample.weights[rows].sum() * n / (n - 1)))

    def quantiles(self, probabilities: Sequence[float], interval: str, conf_level: float) -> Quantiles:
        """Estimate quantiles in each group, halfway where a share is met exactly."""
        return quantile_estimates(
            self.sample,
            self.values[:, None],
            self.used[:, None],
            self.groups.code,
            len(self.groups.labels),
            probabilities=np.asarray(probabilities),
            rule="school",
            interval=interval,
            conf_level=conf_level,
        )


def design_estimate(linear: Linear, g: int, q: int = 0, sd: float = np.nan) -> MeanEstimate:
    """Return one estimate of a design as a `MeanEstimate`; without degrees of freedom it has no error."""
    df = float(linear.df[g, q])
    return MeanEstimate(
        n=int(linear.n[g, q]),
        mean=float(linear.estimate[g, q]),
        sd=sd,
        std_error=float(linear.std_error[g, q]) if df > 0 else np.nan,
        df=df,
    )


def _single(data: Any, weights: str | None, weight_kind: str, call: str) -> Sample | None:
    """Return a sample of one respondent, which has no variance, or None if there are more."""
    frame = data.frame if isinstance(data, ScoreResult) else read_frame(data, call)
    w = np.ones(len(frame)) if weights is None else read_weights(frame, weights, weight_kind, call)
    if (w > 0).sum() != 1:
        return None
    if isinstance(data, ScoreResult):
        frame = read_frame(data.attach(), call)
    return Sample(
        frame=frame,
        arrays=one_respondent(w),
        copies=w if weight_kind == "frequency" else None,
        own_psu=True,
        inside=w > 0,
        weight_kind="none" if weights is None else weight_kind,
        lines=(),
    )


def _check_text(frame: nw.DataFrame[Any], column: str, call: str) -> None:
    """Say of amounts written with signs and commas how they become numbers."""
    if not is_textual(frame[column]):
        return
    cells = frame[column].to_list()
    for i, cell in enumerate(cells):
        if isinstance(cell, str) and _MONEY.match(cell):
            raise InputError(
                f"{call}(): column {column!r} holds amounts as text: {cell!r} in {row_name(frame, i)} "
                f"({counted(sum(isinstance(each, str) for each in cells), 'cell')} of text).",
                "Take off the sign and the commas and turn them into numbers first: in pandas "
                f"data[{column!r}].str.replace(r'[$,]', '', regex=True).astype(float).",
            )


def read_column(sample: Sample, column: str, call: str) -> Array:
    """Read a column of finite numbers, NaN where missing."""
    frame = sample.frame
    check_columns([column], frame.columns, call)
    _check_text(frame, column, call)
    values = read_numbers(frame, [column], call)[:, 0]
    bad = np.isinf(values)
    if bad.any():
        raise InputError(
            f"{call}(): column {column!r} is infinite in {sample.place(bad, 'values')}.",
            "Recode it to null if the value is missing.",
        )
    if not (sample.inside & ~np.isnan(values)).any():
        raise InputError(f"{call}(): column {column!r} has no value.", "Check the column and the weights.")
    return values


def read_levels(sample: Sample, column: str, use: str, call: str) -> tuple[IntArray, list[str]]:
    """Read a column of groups as codes, -1 where missing, and the groups' names."""
    check_columns([column], sample.frame.columns, call, use=use)
    codes, found = read_words(sample.frame, column)
    return codes, [str(each) for each in found]


def _indicator(sample: Sample, column: str, level: Any) -> Array:
    """Return 1 where the column has the level, 0 where it has another, NaN where it is missing."""
    frame = sample.frame
    check_columns([column], frame.columns, "compare")
    codes, found = read_words(frame, column)
    if level is None:
        # a truth value is 0 or 1 too; words are neither
        known = [float(each) if not isinstance(each, str) and each in (0, 1) else None for each in found]
        if any(each is None for each in known):
            odd = next(each for each, number in zip(found, known, strict=True) if number is None)
            raise InputError(
                f"compare(): column {column!r} holds {odd!r}, neither 0 nor 1.",
                "Say whose share is meant: level=...",
            )
        share = np.array([*known, np.nan], dtype=float)
    else:
        match = [(type(each) is type(level) and each == level) or str(each) == str(level) for each in found]
        if not any(match):
            shown = ", ".join(map(repr, found[:_MOST_LISTED]))
            raise InputError(
                f"compare(): column {column!r} has no level {level!r}.", f"Its levels are {shown}."
            )
        share = np.array([*match, np.nan], dtype=float)
    return np.asarray(share[codes])


def read_rows(
    data: Any,
    *,
    call: str,
    where: Any = None,
    design: Any = None,
    weights: str | None = None,
    weight_kind: str = "sampling",
    cluster: str | None = None,
) -> Sample:
    """Read data with their design; one respondent alone is a sample without a variance."""
    plain = design is None and cluster is None and where is None
    alone = _single(data, weights, weight_kind, call) if plain else None
    return alone or read_sample(
        data,
        where=where,
        design=design,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
        call=call,
    )


def read_people(
    data: Any,
    column: str,
    *,
    call: str,
    by: Any = None,
    where: Any = None,
    design: Any = None,
    weights: str | None = None,
    weight_kind: str = "sampling",
    cluster: str | None = None,
    share: bool = False,
    level: Any = None,
    by_value: bool | None = None,
) -> People:
    """Read a column with its groups and design.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent.
    column : str
        The column.
    call : str
        The public call, for messages.
    by, where, design, weights, weight_kind, cluster
        As of `compare`.
    share : bool
        Whether the column is read as 0 and 1.
    level : object
        The level whose share is meant, or None.
    by_value : bool or None
        Whether an engine adds rows up by the column's values, or their mean and squares are enough; None of a
        call that reads rows in memory.

    Returns
    -------
    People
        The sample; of rows that an engine holds, their sums.

    Raises
    ------
    InputError
        If a column does not fit or holds nothing.
    """
    simple = design is None and cluster is None
    given: dict[str, Any] = {"where": where, "design": design, "weights": weights, "weight_kind": weight_kind}
    given["cluster"] = cluster
    batches = None if by_value is None else as_batches(frame_of(data), call)
    if batches is None:
        sample = read_rows(data, call=call, **given)
    else:
        sample = read_summed(
            batches,
            levels=(column,) if by_value else (),
            values=() if by_value else (column,),
            by=by,
            alone=simple and where is None,
            numbers=() if share else (column,),
            statistic="comparison",
            extremes=bool(by_value) and not share,
            **given,
        )
    groups = read_groups(sample, by, call)
    values = _indicator(sample, column, level) if share else read_column(sample, column, call)
    known = ~np.isnan(values)
    used = known & (groups.code >= 0)
    if not used.any():
        raise InputError(f"{call}(): column {column!r} has no value.", "Check the column and the weights.")
    lines = [_row_line(sample, groups, known, column, simple=simple)]
    if not simple:
        lines += sample.lines
    elif where is not None:
        lines += sample.lines[1:2]
    if simple:
        lines.append("no weights" if weights is None else f"{weight_kind} weights {weights}")
    for g, name in enumerate(groups.names):
        if not (used & (groups.code == g)).any():
            lines.append(f"no value in group {name!r} ({counted(sample.count(groups.code == g), 'row')})")
    return People(
        column=column,
        sample=sample,
        groups=groups,
        values=np.where(used, values, 0.0),
        everyone=values,
        used=used,
        simple=simple,
        lines=tuple(lines),
    )


def _row_line(sample: Sample, groups: Groups, known: BoolArray, column: str, *, simple: bool) -> str:
    """Say how many respondents are used, and why others are not."""
    positive = sample.arrays.base > 0
    lost = [
        (sample.count(sample.inside & ~known), f"{column} missing"),
        (sample.count(sample.inside & known & (groups.code < 0)), f"{' and '.join(groups.by)} missing"),
        (sample.count(positive & ~sample.inside), "outside where="),
        (sample.n_zero if simple else 0, "weight zero"),
    ]
    told = ", ".join(f"{count:,} {why}" for count, why in lost if count)
    used = sample.count(known & (groups.code >= 0))
    whole = sample.count(positive) + sample.n_zero
    return f"{used:,} of {whole:,} rows with a value" + (f" ({told})" if told else "")
