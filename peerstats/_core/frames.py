"""Frames of any library: the one door to narwhals.

Frames go in as pandas, polars, pyarrow or another eager kind that narwhals knows; what returns rows
returns the caller's kind in the caller's row order, a pandas index kept. The caller's frame is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw  # noqa: TID251  (this module is the door)
import numpy as np

from peerstats._core.checks import check_twice
from peerstats._core.labels import frame_of
from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peerstats.typing import Array, BoolArray, Columns

__all__ = [
    "CodedText",
    "frame_like",
    "is_null",
    "is_textual",
    "new_column",
    "new_frame",
    "numeric_columns",
    "nw",
    "read_frame",
    "read_numbers",
    "read_words",
    "row_labels",
    "row_name",
    "tidy_backend",
    "wide_frame",
    "with_columns",
]

# What brings the rows of other kinds of data into memory.
_COLLECTED = {
    "LazyFrame": "data.select(...).collect()",
    "DuckDBPyRelation": "relation.project('...').to_arrow_table()",
    "FileSystemDataset": "dataset.to_table(columns=[...])",
    "InMemoryDataset": "dataset.to_table(columns=[...])",
    "UnionDataset": "dataset.to_table(columns=[...])",
    "ParquetFile": "file.read(columns=[...])",
    "DataFrame": "data.select(...).toPandas()",  # of Spark: those in memory are read
}
_EXACT = 2**53
_TIDY_BACKENDS = ("pandas", "polars", "pyarrow")


def _check_names(data: Any, call: str) -> None:
    """Stop at names that narwhals would stop at without a next step: pandas' non-text names, copies."""
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        names = list(data.columns)
    elif hasattr(data, "column_names"):
        names = list(data.column_names)
    else:
        return
    for name in names:
        if not isinstance(name, str):
            raise InputError(
                f"{call}(): the data have a column whose name is not text: {name!r}.",
                "Rename the columns, for example data.rename(columns=str).",
            )
    check_twice(names, call)


def read_frame(data: Any, call: str) -> nw.DataFrame[Any]:
    """Wrap the caller's frame.

    Parameters
    ----------
    data : frame
        A pandas, polars or pyarrow table, another eager frame that narwhals knows, or a `Survey`.
    call : str
        The public call, for messages.

    Returns
    -------
    narwhals DataFrame
        A view of the same data.

    Raises
    ------
    InputError
        If `data` is no frame, is lazy, has no rows, or has a column name twice.
    """
    if isinstance(data, nw.DataFrame):
        return data
    data = frame_of(data)
    _check_names(data, call)
    try:
        frame: nw.DataFrame[Any] = nw.from_native(data, eager_only=True)
    except TypeError as error:
        kind = f"{type(data).__module__.partition('.')[0].lstrip('_')} {type(data).__name__}"
        collected = _COLLECTED.get(type(data).__name__)
        hint = (
            "Give a pandas or polars DataFrame, or a pyarrow Table."
            if collected is None
            else f"This call reads rows in memory: collect the columns that it needs, {collected}."
        )
        raise InputError(f"{call}(): data is a {kind}, not a frame in memory.", hint) from error
    if not frame.columns or len(frame) == 0:
        raise InputError(
            f"{call}(): the data have {counted(len(frame), 'row')} and "
            f"{counted(len(frame.columns), 'column')}.",
            "Check that the file was read and that no filter removed everybody.",
        )
    return frame


def row_name(frame: nw.DataFrame[Any], position: int) -> str:
    """Name a row as its owner would: by pandas' index, its name included, else by position from 0."""
    index = nw.maybe_get_index(frame)
    if index is None:
        return f"row {position}"
    return f"{index.name if isinstance(index.name, str) else 'row'} {index[position]}"


def row_labels(frame: nw.DataFrame[Any], positions: np.ndarray[Any, np.dtype[np.int64]]) -> list[Any]:
    """Return what the owner calls some rows: their labels in pandas' index, else their positions from 0."""
    index = nw.maybe_get_index(frame)
    labels: list[Any] = positions.tolist() if index is None else index[positions].tolist()
    return labels


def is_null(series: nw.Series[Any]) -> BoolArray:
    """Return where a column has null, None or NaN, as an (n,) boolean array."""
    empty: BoolArray = np.asarray(series.is_null().to_numpy(), dtype=bool)
    if series.dtype.is_float():
        empty = empty | np.asarray(series.is_nan().fill_null(value=True).to_numpy(), dtype=bool)
    return empty


def _object_to_float(series: nw.Series[Any], frame: nw.DataFrame[Any], call: str, use: str) -> Array:
    values = np.full(len(series), np.nan)
    empty = is_null(series)
    for i, value in enumerate(series.to_list()):
        if empty[i]:
            continue
        if not isinstance(value, Real | Decimal | np.bool_):
            raise InputError(
                f"{call}(): {use} {series.name!r} must hold numbers; {row_name(frame, i)} holds {value!r}.",
                "Turn the text into numbers first, or name another column.",
            )
        values[i] = float(value)
    return values


def _is_numpy_backed(series: nw.Series[Any]) -> bool:
    return isinstance(getattr(series.to_native(), "dtype", None), np.dtype)


def _check_exact(series: nw.Series[Any], call: str, use: str) -> None:
    """Refuse whole numbers beyond those that floating point tells apart: they are names of something."""
    if len(series) == series.null_count():
        return
    far = [int(end) for end in (series.min(), series.max()) if abs(int(end)) > _EXACT]
    if far:
        raise InputError(
            f"{call}(): {use} {series.name!r} holds {far[0]}; beyond 2^53 neighbouring whole numbers are one "
            "floating-point number.",
            "If it is a label, name it as a category, in a formula C(column); an amount takes another unit.",
        )


def _numeric(series: nw.Series[Any], frame: nw.DataFrame[Any], call: str, use: str) -> np.ndarray[Any, Any]:
    if series.dtype in (nw.Categorical, nw.Enum):
        series = nw.new_series(series.name, series.to_list(), backend="pandas").cast(nw.Object)
    if series.dtype in (nw.Int64, nw.UInt64):
        _check_exact(series, call, use)
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        # numpy has no null, only NaN: the test for nulls would cost a pass over a million rows
        if not _is_numpy_backed(series) and series.is_null().any():
            floats = series.cast(nw.Float64)
            if series.implementation.is_pandas():
                # pandas' nullable columns take NaN for null again: the gaps are filled in numpy
                values = np.asarray(floats.to_numpy(), dtype=float).copy()
                values[np.asarray(series.is_null().to_numpy(), dtype=bool)] = np.nan
                return values
            return np.asarray(floats.fill_null(np.nan).to_numpy(), dtype=float)
        plain = np.asarray(series.to_numpy())
        return plain if plain.dtype.kind in "biuf" else plain.astype(float)
    if series.dtype in (nw.Object, nw.String, nw.Unknown):
        return _object_to_float(series, frame, call, use)
    raise InputError(
        f"{call}(): {use} {series.name!r} must hold numbers and holds {series.dtype}.",
        "Turn it into numbers first, or name another column.",
    )


def numeric_columns(
    frame: nw.DataFrame[Any], names: Sequence[str], call: str, *, use: str = "column"
) -> Iterator[np.ndarray[Any, Any]]:
    """Read columns as numbers one after another, without a copy where the frame's own numbers serve.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data; the names must be in it.
    names : sequence of str
        The columns.
    call : str
        The public call, for messages.
    use : str
        What the columns are called in messages.

    Yields
    ------
    (n,) array
        Booleans, integers or floats, NaN where an answer is missing; not to be written to.

    Raises
    ------
    InputError
        If a column holds text, dates or other things that are not numbers.
    """
    for name in names:
        yield _numeric(frame[name], frame, call, use)


def read_numbers(frame: nw.DataFrame[Any], names: Sequence[str], call: str, *, use: str = "column") -> Array:
    """Read columns as numbers.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data; the names must be in it.
    names : sequence of str
        The columns, k of them.
    call : str
        The public call, for messages.
    use : str
        What the columns are called in messages.

    Returns
    -------
    (n, k) float array
        NaN where an answer is missing; column-major, so one column is contiguous.

    Raises
    ------
    InputError
        If a column holds text, dates or other things that are not numbers.
    """
    out = np.empty((len(frame), len(names)), order="F")
    for j, values in enumerate(numeric_columns(frame, names, call, use=use)):
        out[:, j] = values
    return out


def read_words(frame: nw.DataFrame[Any], name: str) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[Any]]:
    """Read a column as codes of its distinct values.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    name : str
        The column.

    Returns
    -------
    codes : (n,) int array
        Position of each row's value in `levels`; -1 where it is missing.
    levels : list
        The values that occur: in the order of a categorical column's categories, else sorted.
    """
    series = frame[name]
    if series.dtype in (nw.Categorical, nw.Enum, nw.String, nw.Object):
        return _code_words(series)
    empty = is_null(series)
    if series.dtype == nw.Boolean and not empty.any():
        truth = np.asarray(series.to_numpy(), dtype=bool)
        occurring = [value for value in (False, True) if (truth == value).any()]
        return truth.astype(np.int64) - (occurring == [True]), occurring
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        kept = np.asarray(
            series.filter(nw.new_series("keep", ~empty, backend=series.implementation)).to_numpy()
        )
        values, inverse = np.unique(kept, return_inverse=True)
        # a column of whole numbers with a gap is float in pandas; its levels are still 1, 2, 3
        whole = values.dtype.kind == "f" and bool(np.all(np.isfinite(values) & (values == np.round(values))))
        levels = (values.astype(np.int64) if whole else values).tolist()
    else:
        cells = series.to_list()
        present = {cell for cell, gone in zip(cells, empty, strict=True) if not gone}
        levels = sorted(present, key=lambda x: (str(type(x)), x))
        place = {level: i for i, level in enumerate(levels)}
        inverse = np.array(
            [place[cell] for cell, gone in zip(cells, empty, strict=True) if not gone], dtype=np.int64
        )
    codes = np.full(len(frame), -1, dtype=np.int64)
    codes[~empty] = inverse
    return codes, levels


def _code_words(series: nw.Series[Any]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[Any]]:
    """Code a column of words by a hash table of its values, a million a tenth of a second."""
    import pandas as pd  # noqa: PLC0415  (only words pay for it)

    declared = series.cat.get_categories().to_list() if series.dtype in (nw.Categorical, nw.Enum) else None
    native = series.to_native()
    if isinstance(native, pd.Series):
        found, values = pd.factorize(native)
        words = values.tolist()
    elif series.dtype == nw.Object:
        found, values = pd.factorize(np.asarray(series.to_numpy(), dtype=object))
        words = values.tolist()
    elif hasattr(native, "dictionary_encode") and declared is None:
        # pyarrow codes its words in one pass
        coded = native.combine_chunks().dictionary_encode()
        words = coded.dictionary.to_pylist()
        found = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    else:
        # the other libraries code their words themselves, without a Python object for each
        text = series if declared is None else series.cast(nw.String)
        words = text.drop_nulls().unique().to_list()
        places = text.replace_strict(words, list(range(len(words))), return_dtype=nw.Int64) if words else None
        found = np.full(len(text), -1) if places is None else np.asarray(places.fill_null(-1).to_numpy())
    if declared is None:
        levels = sorted(words, key=lambda x: (str(type(x)), x))
    else:
        occurring = set(words)
        levels = [x for x in declared if x in occurring]
    place = {level: i for i, level in enumerate(levels)}
    return np.array([*(place[word] for word in words), -1], dtype=np.int64)[found], levels


def tidy_backend(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> str:
    """Return the library in which a result's tables are given back."""
    name = frame.implementation.value
    return name if name in _TIDY_BACKENDS else "pandas"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodedText:
    """A column of few distinct words: made without a Python object for each row.

    Attributes
    ----------
    codes : (n,) int array
        Position of each row's word.
    words : sequence of str or None
        The words; None is null.
    """

    codes: np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
    words: Sequence[str | None]


def _series(name: str, values: Any, backend: Any) -> nw.Series[Any]:
    if isinstance(values, CodedText):
        words = nw.new_series(name, list(values.words), nw.String, backend=backend)
        return nw.maybe_reset_index(words[values.codes.astype(np.int64)])
    array = np.asarray(values) if isinstance(values, np.ndarray) else None
    if array is not None and array.dtype.kind == "f":
        series = nw.new_series(name, array, nw.Float64, backend=backend)
        # polars and pyarrow tell null from NaN, and their users expect null; pandas writes both as NaN
        return series if series.implementation.is_pandas() else series.fill_nan(None)
    if array is not None and array.dtype.kind in "iub":
        return nw.new_series(name, array, backend=backend)
    return nw.new_series(name, [None if v is None else str(v) for v in values], nw.String, backend=backend)


def is_textual(series: nw.Series[Any]) -> bool:
    """Return whether a column holds text, alone or among other things."""
    if series.dtype in (nw.Categorical, nw.Enum):
        return any(isinstance(level, str) for level in series.cat.get_categories().to_list())
    if series.dtype == nw.Object:
        return any(isinstance(cell, str) for cell in series.to_list())
    return series.dtype == nw.String


def new_column(frame: nw.DataFrame[Any], name: str, values: Any) -> nw.Series[Any]:
    """Make a column of the caller's library that can stand beside those of `frame`."""
    column: nw.Series[Any] = nw.from_native(frame_like(frame, {name: values}), eager_only=True)[name]
    return column


def new_frame(columns: Columns, backend: str = "pandas") -> Any:
    """Build a frame of a library from columns of floats, integers, booleans or text.

    Parameters
    ----------
    columns : mapping of str to array or list
        Arrays keep their kind; lists become text, None is null.
    backend : {"pandas", "polars", "pyarrow"}
        The library.

    Returns
    -------
    frame
        A native frame.
    """
    return nw.from_dict({name: _series(name, v, backend) for name, v in columns.items()}).to_native()


def wide_frame(columns: Mapping[str, np.ndarray[Any, Any] | CodedText]) -> Any:
    """Build a pandas frame of thousands of columns; the words of all of them are made in one go.

    Parameters
    ----------
    columns : mapping of str to (n,) array or CodedText
        Arrays keep their kind.

    Returns
    -------
    pandas DataFrame
        The columns in order.
    """
    import pandas as pd  # noqa: PLC0415  (as for words)

    words: list[str | None] = []
    starts: dict[str, int] = {}
    for name, values in columns.items():
        if isinstance(values, CodedText):
            starts[name] = len(words)
            words += values.words
    pool: Any = pd.Series(words or [None]).array
    return pd.DataFrame(
        {
            name: pool.take(values.codes + starts[name]) if isinstance(values, CodedText) else values
            for name, values in columns.items()
        },
        copy=False,
    )


def frame_like(frame: nw.DataFrame[Any], columns: Columns) -> Any:
    """Build a native frame of the caller's kind, row for row beside `frame`, its pandas index kept."""
    backend = frame.implementation
    series: dict[int, nw.Series[Any]] = {}
    for name, values in columns.items():
        # one array under two names is written once
        if id(values) not in series:
            series[id(values)] = _series(name, values, backend)
    made = nw.from_dict({name: series[id(values)].alias(name) for name, values in columns.items()})
    index = nw.maybe_get_index(frame)
    native = made.to_native()
    if index is not None:
        native.index = index
    return native


def with_columns(frame: nw.DataFrame[Any], columns: Mapping[str, Any]) -> Any:
    """Return the caller's frame with columns added at its end; the original stays as it was."""
    added = nw.from_native(frame_like(frame, columns), eager_only=True)
    return frame.with_columns(*(added[name] for name in added.columns)).to_native()
