"""Rows that an engine holds, read block by block; replicate weights, and statistics mapped over them."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach

if _TYPE_CHECKING:
    from peerstats.engines._as_batches import as_batches
    from peerstats.engines._balanced import balanced_replicates
    from peerstats.engines._batches import (
        PATTERN_ROWS,
        PATTERN_SQUARES,
        PATTERN_WEIGHT,
        Batches,
        DistantFrames,
        Frames,
    )
    from peerstats.engines._bootstrap import bootstrap_replicates
    from peerstats.engines._derived import raked_replicates, spread_replicates
    from peerstats.engines._duckdb import as_relation
    from peerstats.engines._jackknife import jackknife_replicates
    from peerstats.engines._rank import replicate_rank
    from peerstats.engines._replicate import replicate, replicate_variance
    from peerstats.engines._replicates import Replicates, supplied_replicates
    from peerstats.engines._totals import (
        FINITE,
        INFINITE,
        POSITIVE,
        ROWS,
        WEIGHT_FAULTS,
        WEIGHT_STATE,
        Beside,
        Number,
        Totals,
        highest,
        lowest,
        state,
    )

# Where each name lives: a name loads its own module only. A test holds this equal to the imports above.
_HOMES = {
    "_as_batches": ("as_batches",),
    "_balanced": ("balanced_replicates",),
    "_batches": ("PATTERN_ROWS", "PATTERN_SQUARES", "PATTERN_WEIGHT", "Batches", "DistantFrames", "Frames"),
    "_bootstrap": ("bootstrap_replicates",),
    "_derived": ("raked_replicates", "spread_replicates"),
    "_duckdb": ("as_relation",),
    "_jackknife": ("jackknife_replicates",),
    "_rank": ("replicate_rank",),
    "_replicate": ("replicate", "replicate_variance"),
    "_replicates": ("Replicates", "supplied_replicates"),
    "_totals": (
        "FINITE",
        "INFINITE",
        "POSITIVE",
        "ROWS",
        "WEIGHT_FAULTS",
        "WEIGHT_STATE",
        "Beside",
        "Number",
        "Totals",
        "highest",
        "lowest",
        "state",
    ),
}

if not _TYPE_CHECKING:
    __getattr__, __dir__, _ = _attach(__name__, _HOMES)

__all__ = [
    "FINITE",
    "INFINITE",
    "PATTERN_ROWS",
    "PATTERN_SQUARES",
    "PATTERN_WEIGHT",
    "POSITIVE",
    "ROWS",
    "WEIGHT_FAULTS",
    "WEIGHT_STATE",
    "Batches",
    "Beside",
    "DistantFrames",
    "Frames",
    "Number",
    "Replicates",
    "Totals",
    "as_batches",
    "as_relation",
    "balanced_replicates",
    "bootstrap_replicates",
    "highest",
    "jackknife_replicates",
    "lowest",
    "raked_replicates",
    "replicate",
    "replicate_rank",
    "replicate_variance",
    "spread_replicates",
    "state",
    "supplied_replicates",
]
