"""polars LazyFrames, read in batches by its streaming engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import nw
from peerstats.engines._batches import (
    BATCH_ROWS,
    FAULTS,
    PATTERN_ROWS,
    PATTERN_SQUARES,
    PATTERN_WEIGHT,
    POSITIVE,
    Batches,
    few_patterns,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

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
        return _plain(self.native.head(0).collect())

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
                yield _plain(batch)
        finally:
            getattr(stream, "stop", _nothing)()

    def group(
        self, keys: Sequence[str], weights: str | None, limit: int, *, whole: bool
    ) -> nw.DataFrame[Any] | None:
        """Return distinct patterns, counted by polars."""
        frame = nw.from_native(self.native).select(*keys, *([] if weights is None else [weights]))
        each, by = [nw.len().alias(PATTERN_ROWS)], list(keys)
        if weights is not None:
            w = nw.col(weights).cast(nw.Float64)
            plain = w.is_finite() & (w >= 0.0)
            plain = (plain & (w == w.round()) if whole else plain).fill_null(value=False)
            added = {PATTERN_WEIGHT: w, PATTERN_SQUARES: w * w, FAULTS: nw.when(plain).then(0).otherwise(1)}
            frame = frame.with_columns((w > 0.0).alias(POSITIVE), **added)
            each += [nw.col(name).sum() for name in added]
            by.append(POSITIVE)
        query: Any = frame.group_by(*by).agg(*each).head(limit + 1).to_native()
        try:
            table = query.collect(engine="streaming")
        except Exception as error:
            raise self.failed(error, "counting the rows") from error
        counted = _plain(table)
        found: nw.DataFrame[Any] | None = few_patterns(counted, keys, weights, limit)
        return found


def _plain(native: Any) -> nw.DataFrame[Any]:
    """Wrap a polars frame, decimals as floats, so that their whole numbers are levels too."""
    frame: nw.DataFrame[Any] = nw.from_native(native, eager_only=True)
    decimals = [name for name, kind in frame.schema.items() if kind == nw.Decimal]
    return frame.with_columns(nw.col(*decimals).cast(nw.Float64)) if decimals else frame


def _nothing() -> None:
    """Stop nothing: a query of this version ends with its generator."""
