"""polars LazyFrames, read in batches by its streaming engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import new_frame, nw
from peerstats.engines._batches import BATCH_ROWS, Batches
from peerstats.engines._lazy_totals import alias_keys, alias_numbers, lazy_totals, name_columns

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from peerstats.engines._totals import Beside, Totals

__all__ = ["LazyFrameBatches"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LazyFrameBatches(Batches):
    """A polars LazyFrame: its query runs once a pass, in polars' streaming engine."""

    @property
    def kind(self) -> str:
        """What the data are."""
        return "polars LazyFrame"

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "polars"

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows."""
        return nw.from_native(self.native.head(0).collect(), eager_only=True)

    def check(self) -> None:
        """Leave it to the sums of each pass: a query has no time of change."""

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns."""
        frame = nw.from_native(self.native)
        kept: Any = (frame if where is None else frame.filter(nw.col(where))).select(*columns).to_native()
        stream = kept.collect_batches(
            chunk_size=BATCH_ROWS, maintain_order=True, lazy=True, engine="streaming"
        )
        try:
            for batch in stream:
                yield nw.from_native(batch, eager_only=True)
        finally:
            getattr(stream, "stop", _nothing)()

    def add_up(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return totals, added up by polars."""
        held = [nw.col(name).alias(alias) for name, alias in alias_keys(asked).items()]
        numbers = alias_numbers(asked).items()
        held += [nw.col(name).cast(nw.Float64).alias(alias) for name, alias in numbers]
        frame = nw.from_native(self.native).select(*(held or self.columns[:1]))
        table = None if asked.beside is None else _table(asked.beside)
        query: Any = lazy_totals(frame, asked, table).to_native()
        return name_columns(nw.from_native(query.collect(engine="streaming"), eager_only=True), asked)


def _table(beside: Beside) -> nw.LazyFrame[Any]:
    """Make a small table a frame of polars."""
    numbers = {f"c{i}": values for i, values in enumerate(beside.numbers.values())}
    table = nw.from_native(new_frame(numbers, "polars"), eager_only=True)
    keys = [beside.frame[name].alias(f"b{i}") for i, name in enumerate(beside.keys)]
    # polars tells null from NaN, and neither of them meets a row
    found: nw.LazyFrame[Any] = table.with_columns(*keys).filter(beside.known().tolist()).lazy()
    return found


def _nothing() -> None:
    """Stop nothing: a query of this version ends with its generator."""
