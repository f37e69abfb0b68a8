"""Data that are read batch by batch, as often as asked: files, DuckDB relations, polars LazyFrames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.engines._totals import ROWS, WEIGHT_FAULTS, WEIGHT_STATE, Number, Totals
from peerstats.errors import PeerstatsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from peerstats._core.frames import nw

__all__ = [
    "BATCH_ROWS",
    "PATTERN_ROWS",
    "PATTERN_SQUARES",
    "PATTERN_WEIGHT",
    "Batches",
    "no_columns",
]

BATCH_ROWS = 65_536  # a few megabytes for twenty columns

# Columns of a table of patterns; no column of a user is called so.
PATTERN_ROWS = ROWS
PATTERN_WEIGHT = "__peerstats_weight__"
PATTERN_SQUARES = "__peerstats_squares__"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches(ABC):
    """Data that are read batch by batch, as often as asked.

    Parameters
    ----------
    native : object
        What the caller gave.
    columns : tuple of str
        Names of its columns.
    call : str
        The public call, for messages.
    """

    native: Any
    columns: tuple[str, ...]
    call: str

    @property
    @abstractmethod
    def kind(self) -> str:
        """What the data are, for messages."""

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "pyarrow"

    @property
    def order(self) -> str:
        """What a row's position is counted in, where it is not the data's own order."""
        return ""

    @abstractmethod
    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows, for the names and kinds of columns."""

    @abstractmethod
    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns, in the rows that a boolean column keeps; errors as they come."""

    @abstractmethod
    def check(self) -> None:
        """Refuse data that are seen to have changed since they were first looked at."""

    @abstractmethod
    def add_up(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return totals as `totals` does; errors as they come."""

    def totals(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return sums by the distinct patterns of some keys, added up by whoever holds the rows.

        Parameters
        ----------
        asked : Totals
            What is summed.

        Returns
        -------
        narwhals DataFrame
            The keys, the number of rows, and what was asked for, a row a pattern; more rows than the limit
            where there are more patterns.

        Raises
        ------
        SourceError
            If the engine fails, a file is gone, or the data have changed.
        """
        self.check()
        try:
            found = self.add_up(asked)
        except PeerstatsError:
            raise
        except Exception as error:
            raise self.failed(error, "counting the rows") from error
        self.check()
        return found

    def group(
        self, keys: Sequence[str], weights: str | None, limit: int, *, whole: bool
    ) -> nw.DataFrame[Any] | None:
        """Return the distinct patterns of some columns with their rows; None where they are too many.

        Parameters
        ----------
        keys : sequence of str
            The columns.
        weights : str or None
            Column of weights: rows of weight zero make patterns of their own.
        limit : int
            The most patterns.
        whole : bool
            Whether weights must be whole numbers.

        Returns
        -------
        narwhals DataFrame or None
            The keys, the number of rows, and sums of weights and of their squares. None also where a weight
            is missing, infinite, negative, or a fraction where it must not be.
        """
        sums = {} if weights is None else {PATTERN_WEIGHT: ("w",), PATTERN_SQUARES: ("w", "w")}
        found = self.totals(
            Totals(
                keys=tuple(keys),
                weights=weights,
                whole=whole,
                numbers={} if weights is None else {"w": Number(weights)},
                sums=sums,
                limit=limit,
            )
        )
        if not 0 < len(found) <= limit:
            return None
        if weights is not None and np.isin(found[WEIGHT_STATE].to_numpy(), list(WEIGHT_FAULTS)).any():
            return None
        return found.select(*keys, PATTERN_ROWS, *sums)

    def failed(self, error: Exception, what: str) -> SourceError:
        """Make the error of an engine that did not give its rows."""
        reason = " ".join(str(error).split())[:300]
        return SourceError(
            f"{self.call}(): {what} of the {self.kind} failed: {type(error).__name__}: {reason}",
            "Check that the files are there and unchanged and that the connection is open, then call again.",
        )

    def frames(
        self, columns: Sequence[str], where: str | None = None
    ) -> Iterator[tuple[int, nw.DataFrame[Any]]]:
        """Read some columns.

        Parameters
        ----------
        columns : sequence of str
            Their names.
        where : str or None
            Boolean column of the only rows that are read; positions are then among these.

        Yields
        ------
        start : int
            Position of the batch's first row, from 0.
        frame : narwhals DataFrame
            A batch with one row at least.

        Raises
        ------
        SourceError
            If the engine fails, a file is gone, or the data have changed.
        """
        start = 0
        self.check()
        stream = self.read(list(columns), where)
        try:
            while True:
                try:
                    frame = next(stream, None)
                except PeerstatsError:
                    raise
                except Exception as error:
                    raise self.failed(error, f"reading the rows from row {start:,} on") from error
                if frame is None:
                    break
                if len(frame):
                    yield start, frame
                    start += len(frame)
        finally:
            stream.close()
        self.check()


def no_columns(data: Any, call: str, error: Exception) -> SourceError:
    return SourceError(
        f"{call}(): the columns of the {type(data).__name__} cannot be read: {error}",
        "Check that its files are there and that its connection is open.",
    )
