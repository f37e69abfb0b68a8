"""What placing gives: a row a respondent, and a summary of the places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText, frame_like, new_frame, tidy_backend, with_columns
from peerstats.plots import percentile_ladder
from peerstats.results import (
    Column,
    LabelledResult,
    Table,
    cells_in_words,
    columns_in_words,
    plain_rows,
    table_key,
)

if TYPE_CHECKING:
    from peerstats.comparison._people import People
    from peerstats.norms import Benchmark
    from peerstats.typing import Array, IntArray

__all__ = ["PlacementResult", "Positions"]

_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Positions:
    """Positions of n respondents.

    Attributes
    ----------
    percent : (n,) float array
        Percent of the benchmark's population below; NaN outside the published percentiles.
    code : (n,) int array
        Place of each respondent among the words; 0 where there is no value.
    words : tuple of str
        The places in words, from "no value" upwards.
    logarithmic : bool
        Whether positions are linear in the logarithm.
    """

    percent: Array
    code: IntArray
    words: tuple[str, ...]
    logarithmic: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PlacementResult(LabelledResult):
    """Every respondent's position in the distribution of a benchmark.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    column : str
        What was placed.
    name : str
        Name of the new column.
    benchmark : Benchmark
        Whose distribution it is.
    positions_of : Positions
        Percents and places.
    people : People
        The sample.
    notes : tuple of str
        The benchmark, and cautions.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [11.0, 14.05, 15.5, 30.0]})
    >>> placed = ps.place_in_benchmark(jobs, "wage", ps.oews("21-1093", year=2020))
    >>> placed.tidy()[["place", "n", "share", "expected_share"]].head(2)
            place  n  share  expected_share
    0   below P10  1   0.25            0.10
    1  P10 to P25  0   0.00            0.15
    """

    column: str
    name: str
    benchmark: Benchmark
    positions_of: Positions
    people: People
    notes: tuple[str, ...]

    def _new(self) -> dict[str, Any]:
        found = self.positions_of
        words = CodedText(codes=found.code, words=[None, *found.words[1:]])
        return {self.name: found.percent, f"{self.name}_place": words}

    @property
    def positions(self) -> Any:
        """The positions, one row a respondent, in the caller's kind of frame and order.

        The percent is missing outside the published percentiles; the column of words then says on which side.
        """
        return frame_like(self.people.sample.frame, self._new())

    def attach(self) -> Any:
        """Return the caller's frame with the two columns added at its end.

        Returns
        -------
        frame
            A new frame of the caller's kind; the caller's own is unchanged.
        """
        return with_columns(self.people.sample.frame, self._new())

    def _columns(self) -> dict[str, Any]:
        people, found = self.people, self.positions_of
        percents = np.array([0.0, *self.benchmark.percentiles, _HUNDRED])
        expected = np.diff(percents) / _HUNDRED
        rows = []
        for g, group in people.named():
            members = people.rows(g)
            whole = people.sample.weights[members].sum()
            for k, word in enumerate(found.words[1:]):
                here = members & (found.code == k + 1)
                share = people.sample.weights[here].sum() / whole
                rows.append((group, word, people.sample.count(here), share, expected[k]))
        return {
            "group": [row[0] for row in rows],
            "benchmark": [self.benchmark.key] * len(rows),
            "place": [row[1] for row in rows],
            "n": np.array([row[2] for row in rows]),
            "share": np.array([row[3] for row in rows]),
            "expected_share": np.array([row[4] for row in rows]),
        }

    def tidy(self) -> Any:
        """Return one row for each group and place.

        Returns
        -------
        frame
            Columns group, benchmark, place, n, share (weighted) and expected_share. Unrounded.
        """
        return new_frame(self._columns(), tidy_backend(self.people.sample.frame))

    def glance(self) -> Any:
        """Return one row on the whole.

        Returns
        -------
        frame
            Columns n, n_missing, benchmark, weight_kind.
        """
        people = self.people
        return new_frame(
            {
                "n": np.array([people.sample.count(people.used)]),
                "n_missing": np.array([sum(people.missing(g) for g in range(len(people.groups.names)))]),
                "benchmark": [self.benchmark.key],
                "weight_kind": [people.kind],
            },
            tidy_backend(people.sample.frame),
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        words = self._words()
        columns = cells_in_words(words, self._columns())
        several = len(set(columns["group"])) > 1
        kept = [
            *([Column(key="group", label="group", blank_repeats=True)] if several else []),
            Column(key="place", label="place"),
            Column(key="n", label="n", kind="integer"),
            Column(key="share", label="share", kind="percent", digits=1),
            Column(key="expected_share", label="benchmark", kind="percent", digits=0),
        ]
        kept = columns_in_words(words, kept)
        scale = "the logarithm of the value" if self.positions_of.logarithmic else "the value"
        return (
            Table(
                key=table_key("places", self.column),
                title=f"Positions of {words.name(self.column)} in the distribution of {self.benchmark.key}",
                lines=(
                    *words.lines(self.people.lines),
                    f"between percentiles linear in {scale}; none beyond them",
                ),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw each group's values over lines at the benchmark's percentiles.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        people, benchmark, words = self.people, self.benchmark, self._words()
        named = people.named()
        return percentile_ladder(
            [people.values[people.rows(g)] for g, _ in named],
            list(benchmark.percentiles),
            list(benchmark.percentiles.values()),
            benchmark_label=", ".join(filter(None, (benchmark.key, benchmark.date))),
            group_labels=words.groups(name for _, name in named),
            weights_by_group=[people.sample.weights[people.rows(g)] for g, _ in named],
            unit=benchmark.unit or "units of the column",
            title=f"{words.name(self.column)} beside the percentiles of the benchmark",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, column, rows, benchmark, weight_kind, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "placement",
            "column": self.column,
            "rows": plain_rows(self._columns()),
            "benchmark": self.benchmark.to_dict(),
            "weight_kind": self.people.kind,
            "lines": list(self.people.lines),
            "notes": list(self.notes),
        }
