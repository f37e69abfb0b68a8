"""Spark DataFrames: the one door to pyspark. Rows stay with Spark's workers; sums of them come back."""

from __future__ import annotations

import pickle
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.arrow import arrow_frame, load_arrow
from peerstats._core.extras import load_extra
from peerstats._core.frames import nw
from peerstats.engines._batches import Batches, Frames, no_columns
from peerstats.engines._lazy_totals import alias_keys, alias_numbers, lazy_totals, name_columns
from peerstats.errors import InputError, PeerstatsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from peerstats.engines._totals import Beside, Totals
    from peerstats.typing import Array

__all__ = ["SparkBatches", "is_spark"]

_SUMS = "place int, fault boolean, made binary"  # what comes back: one row a partition


def is_spark(data: Any) -> bool:
    """Return whether `data` is a Spark DataFrame, of a session here or of a server."""
    kind = type(data)
    return kind.__name__ == "DataFrame" and kind.__module__.startswith("pyspark.sql.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Spark's warning that it does not know pandas 3 yet; no pandas frame is given to it."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="PySpark does not yet fully support", category=FutureWarning
        )
        yield


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartitionFrames(Frames):
    """Rows of one partition, in the worker that holds them; they can be read once.

    Parameters
    ----------
    native : iterator of pyarrow RecordBatch
        The rows.
    columns, call
        As in `Frames`.
    place : int
        The partition.
    """

    place: int

    @property
    def kind(self) -> str:
        """What the data are."""
        return "Spark DataFrame"

    @property
    def order(self) -> str:
        """What a row's position is counted in."""
        return f" of Spark's partition {self.place}"

    def check(self) -> None:
        """Leave it to the sums of each pass."""

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns; Spark has left out the rows outside `where`."""
        del where
        for batch in self.native:
            yield _named(batch, self.columns, self.call).select(*columns)


def _named(batch: Any, names: Sequence[str], call: str) -> nw.DataFrame[Any]:
    """Wrap a record batch whose columns have short names under the names of the data."""
    table = load_arrow(call).Table.from_batches([batch])
    return arrow_frame(table.rename_columns(list(names)), call)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sums:
    """Work on the rows of a partition: what it makes, or its fault, goes back pickled with its place."""

    work: Callable[[Frames], Any]
    names: tuple[str, ...]
    call: str

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        place = load_extra("pyspark", "spark", self.call).TaskContext.get().partitionId()
        frames = PartitionFrames(native=batches, columns=self.names, call=self.call, place=place)
        fault = True
        try:
            made, fault = self.work(frames), False
        except PeerstatsError as error:
            made = error
        except Exception as error:  # noqa: BLE001  (whatever it is, the caller is told of it with its place)
            made = frames.failed(error, f"work on partition {place}")
        if made is not None:
            pyarrow = load_arrow(self.call)
            columns = {
                "place": pyarrow.array([place], pyarrow.int32()),
                "fault": pyarrow.array([fault]),
                # sums by cluster are zero where a partition has none of the cluster's rows
                "made": pyarrow.array([zlib.compress(pickle.dumps(made), 1)], pyarrow.binary()),
            }
            yield pyarrow.RecordBatch.from_pydict(columns)


def _unpacked(made: bytes) -> Any:
    """Read what a worker has written in this pass."""
    return pickle.loads(zlib.decompress(made))  # noqa: S301  (it comes from `_Sums` alone)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Columns:
    """Work that adds columns of numbers to rows, batch by batch."""

    work: Callable[[nw.DataFrame[Any]], Mapping[str, Array]]
    wanted: tuple[str, ...]
    names: tuple[str, ...]
    call: str

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        pyarrow = load_arrow(self.call)
        place = load_extra("pyspark", "spark", self.call).TaskContext.get().partitionId()
        start = 0
        for batch in batches:
            if not batch.num_rows:
                continue
            try:
                made = self.work(_named(batch, self.names, self.call).select(*self.wanted))
            except InputError as error:
                rows = f" (rows numbered from row {start:,} of Spark's partition {place})"
                raise type(error)(error.problem + rows, error.next_step) from error
            # numpy has no null: what has no prediction is null in Spark
            added = [pyarrow.array(values, pyarrow.float64(), from_pandas=True) for values in made.values()]
            names = [f"m{i}" for i in range(len(added))]
            yield pyarrow.RecordBatch.from_arrays([*batch.columns, *added], [*batch.schema.names, *names])
            start += batch.num_rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparkBatches(Batches):
    """A Spark DataFrame: every pass is one ``mapInArrow``, and one row a partition comes back."""

    @property
    def kind(self) -> str:
        """What the data are."""
        return "Spark DataFrame"

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "pandas"

    @property
    def distant(self) -> SparkBatches:
        """The data themselves: their rows stay with the workers."""
        return self

    @property
    def _short(self) -> Any:
        """The data under short names: Spark takes a dot in a name for a part of a column."""
        return self.native.toDF(*(f"c{i}" for i in range(len(self.columns))))

    def _place(self, name: str) -> str:
        return f"c{self.columns.index(name)}"

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows."""
        try:
            with _quiet():
                empty = self._short.limit(0).toArrow()
        except Exception as error:
            raise no_columns(self.native, self.call, error) from error
        return arrow_frame(empty.rename_columns(list(self.columns)), self.call)

    def check(self) -> None:
        """Leave it to the sums of each pass."""

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Refuse to bring rows here."""
        del columns, where
        raise InputError(
            f"{self.call}(): what is asked for needs the rows one by one, and those of a Spark DataFrame "
            "stay in Spark.",
            "Spark works out what is a sum over rows: model-based errors, HC0, HC1, CR0, CR1 and linearised "
            "ones, Wald tests, margins. For the rest bring the columns here: "
            "data.select(...).toPandas(), or a sample of it.",
        )

    def map_places(
        self, work: Callable[[Frames], Any], columns: Sequence[str], where: str | None
    ) -> Iterator[Any]:
        """Return what `work` makes of the rows of each partition, in their order."""
        names = tuple(dict.fromkeys([*columns, *([] if where is None else [where])]))
        kept = self._short if where is None else self._short.filter(self._place(where))
        rows = kept.select(*map(self._place, names))
        self.readings.start()
        try:
            with _quiet():
                table = rows.mapInArrow(_Sums(work=work, names=names, call=self.call), _SUMS).toArrow()
        except Exception as error:
            raise self._failed(error) from error
        places, faults, sums = (table.column(name).to_pylist() for name in ("place", "fault", "made"))
        order = sorted(range(len(places)), key=places.__getitem__)
        for i in order:
            if faults[i]:
                raise _unpacked(sums[i])
        # one by one, so that of large sums two are held at a time
        return (_unpacked(sums[i]) for i in order)

    def _failed(self, error: Exception) -> SourceError:
        found = self.failed(error, "a pass over the rows")
        if "No module named" in str(error):
            return SourceError(
                found.problem,
                "Spark's workers need peerstats with its extra spark: on this machine set PYSPARK_PYTHON to "
                "sys.executable before the session starts; on a cluster ship the environment.",
            )
        return found

    def map_rows(
        self,
        work: Callable[[nw.DataFrame[Any]], Mapping[str, Array]],
        columns: Sequence[str],
        names: Sequence[str],
    ) -> Any:
        """Return the data with columns of numbers at their end; Spark works them out when they are read."""
        both = [name for name in names if name in self.columns]
        if both:
            raise InputError(
                f"{self.call}(): the data have a column {both[0]!r} already.",
                f"Rename it first: data.withColumnRenamed({both[0]!r}, ...).",
            )
        short = self._short
        types = load_extra("pyspark.sql.types", "spark", self.call)
        added = [types.StructField(f"m{i}", types.DoubleType()) for i in range(len(names))]
        schema = types.StructType([*short.schema.fields, *added])
        task = _Columns(work=work, wanted=tuple(columns), names=self.columns, call=self.call)
        with _quiet():
            return short.mapInArrow(task, schema).toDF(*self.columns, *names)

    def add_up(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return totals, added up by Spark."""
        keys, numbers = alias_keys(asked), alias_numbers(asked)
        held = [f"{self._place(name)} AS {alias}" for name, alias in keys.items()]
        held += [f"CAST({self._place(name)} AS DOUBLE) AS {alias}" for name, alias in numbers.items()]
        with _quiet():
            frame = self._short.selectExpr(*(held or ["1 AS one"]))
            table = None if asked.beside is None else nw.from_native(self._table(asked.beside))
            found: Any = lazy_totals(nw.from_native(frame), asked, table).to_native().toArrow()
        return name_columns(arrow_frame(found, self.call), asked)

    def _table(self, beside: Beside) -> Any:
        """Hand a small table to Spark, its keys of the types of the data's columns."""
        known = beside.known()
        columns: dict[str, Any] = {}
        for i, name in enumerate(beside.keys):
            columns[f"b{i}"] = beside.frame[name].filter(known.tolist()).to_arrow()
        for i, values in enumerate(beside.numbers.values()):
            columns[f"c{i}"] = values[known]
        return self.native.sparkSession.createDataFrame(load_arrow(self.call).table(columns))
