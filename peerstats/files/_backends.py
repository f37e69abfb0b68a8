"""A survey's frame in another library than pandas, in which files are read."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.arrow import from_pandas, to_pandas
from peerstats._core.checks import check_choice
from peerstats._core.frames import nw
from peerstats.errors import MissingExtraError

if TYPE_CHECKING:
    from peerstats.files._codebook import Codebook

__all__ = ["check_backend", "in_backend", "in_pandas", "library_of"]

_LIBRARIES = ("pandas", "polars", "pyarrow")
_LABELLED = ("SPSS", "Stata", "SAS")  # their numbers have no kind of their own
_EXACT = 2.0**53  # up to it a float holds each whole number


def check_backend(backend: str, call: str) -> None:
    """Stop at a library that is not known or not installed."""
    check_choice(backend, _LIBRARIES, "backend", call)
    if importlib.util.find_spec(backend) is None:
        raise MissingExtraError(
            f"{call}(): backend={backend!r} needs the package {backend!r}, which is not installed.",
            f"Run: pip install {backend}",
        )


def library_of(data: Any) -> str:
    """Return the library of a frame."""
    name = nw.from_native(data, eager_only=True).implementation.value
    return name if name in _LIBRARIES else "pandas"


def _is_whole(column: Any, kind: str) -> bool:
    """Tell a column of whole numbers that are floats only because pandas has no integers with gaps."""
    if column.dtype.kind != "f" or (kind and "int" not in kind):
        return False
    known = column.to_numpy()[~np.isnan(column.to_numpy())]
    return bool(len(known) and len(known) < len(column) and (np.abs(known) < _EXACT).all()) and bool(
        (known == np.floor(known)).all()
    )


def in_backend(frame: Any, book: Codebook, backend: str, call: str) -> Any:
    """Turn a pandas frame into one of a library.

    Parameters
    ----------
    frame : pandas DataFrame
        The cells.
    book : Codebook
        Of these cells; the file's own format says which numbers of a Parquet file are integers.
    backend : {"pandas", "polars", "pyarrow"}
        The library.
    call : str
        The public call, for messages.

    Returns
    -------
    frame
        A native frame. Whole numbers with gaps are integers with nulls, but for files of SPSS, Stata and
        SAS, where all numbers are floats.
    """
    if backend == "pandas":
        return frame
    whole = []
    if not book.file_kind.startswith(_LABELLED):
        kinds = {v.name: v.format if book.file_kind == "Parquet" else "" for v in book}
        whole = [name for name in frame.columns if _is_whole(frame[name], kinds.get(name, ""))]
    return from_pandas(frame, "polars" if backend == "polars" else "pyarrow", whole, call)


def in_pandas(data: Any, call: str) -> Any:
    """Turn a frame of any library into one of pandas; one of pandas stays as it is."""
    return to_pandas(data, call)
