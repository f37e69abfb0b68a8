"""Data that are read batch by batch, as often as asked: files, relations, lazy and distant frames."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from peerstats._core.progress import progress
from peerstats.engines._totals import ROWS, WEIGHT_FAULTS, WEIGHT_STATE, Number, Totals
from peerstats.errors import PeerstatsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from peerstats._core.frames import nw
    from peerstats.typing import Array

__all__ = [
    "BATCH_ROWS",
    "PATTERN_ROWS",
    "PATTERN_SQUARES",
    "PATTERN_WEIGHT",
    "Batches",
    "DistantFrames",
    "Frames",
    "Readings",
    "no_columns",
]

BATCH_ROWS = 65_536  # a few megabytes for twenty columns

# Columns of a table of patterns; no column of a user is called so.
PATTERN_ROWS = ROWS
PATTERN_WEIGHT = "__peerstats_weight__"
PATTERN_SQUARES = "__peerstats_squares__"


_PAUSE = 2.0  # seconds without a reading, after which the next one is another piece of work


@dataclass(slots=True, eq=False)
class Readings:
    """How often data were read.

    Parameters
    ----------
    n : int
        Passes over the data that were begun, those that an engine makes to count patterns too.
    began, ended : float
        When the piece of work began that reads them now, and when they were read last.
    sizes : dict
        Rows of a whole pass, by the column that keeps some of them.
    """

    n: int = 0
    began: float = 0.0
    ended: float = float("-inf")
    sizes: dict[str | None, int] = field(default_factory=dict)

    def start(self) -> int:
        """Count a pass that begins; return its number."""
        now = time.monotonic()
        if now - self.ended > _PAUSE:
            self.began = now
        self.n += 1
        self.ended = now
        return self.n


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames(ABC):
    """Rows that come frame by frame.

    Parameters
    ----------
    native : object
        What gives them.
    columns : tuple of str
        Names of the columns.
    call : str
        The public call, for messages.
    readings : Readings
        How often they were read.
    """

    native: Any
    columns: tuple[str, ...]
    call: str
    readings: Readings = field(default_factory=Readings)

    @property
    @abstractmethod
    def kind(self) -> str:
        """What the data are, for messages."""

    @property
    def order(self) -> str:
        """What a row's position is counted in, where it is not the data's own order."""
        return ""

    @abstractmethod
    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns, in the rows that a boolean column keeps; errors as they come."""

    @abstractmethod
    def check(self) -> None:
        """Refuse data that are seen to have changed since they were first looked at."""

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
        start, readings = 0, self.readings
        label = f"{self.call}: pass {readings.start()} over the rows"
        self.check()
        stream = self.read(list(columns), where)
        total = readings.sizes.get(where)
        try:
            with progress(label, total, unit="rows", since=readings.began) as advance:
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
                        advance(len(frame))
        finally:
            stream.close()
            readings.ended = time.monotonic()
        self.check()
        readings.sizes[where] = start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches(Frames):
    """Data that this process reads frame by frame, as often as asked, or that others read where they lie."""

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "pyarrow"

    @property
    def distant(self) -> DistantFrames | None:
        """The data themselves where their rows stay in other processes; None where this one reads them."""
        return None

    @abstractmethod
    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows, for the names and kinds of columns."""

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


class DistantFrames(Protocol):
    """What data answer whose rows stay in other processes."""

    def map_places(
        self, work: Callable[[Frames], Any], columns: Sequence[str], where: str | None
    ) -> Iterator[Any]:
        """Return what `work` makes of the rows of each place, in their order; None is left out."""

    def map_rows(
        self,
        work: Callable[[nw.DataFrame[Any]], Mapping[str, Array]],
        columns: Sequence[str],
        names: Sequence[str],
    ) -> Any:
        """Return the caller's kind of frame with columns of numbers that `work` makes of some columns."""


def no_columns(data: Any, call: str, error: Exception) -> SourceError:
    return SourceError(
        f"{call}(): the columns of the {type(data).__name__} cannot be read: {error}",
        "Check that its files are there and that its connection is open.",
    )
