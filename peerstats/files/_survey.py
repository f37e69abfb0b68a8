"""A survey: its data, and its codebook beside them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw, read_frame, read_words
from peerstats._core.labels import code_text, frame_of
from peerstats.errors import InputError
from peerstats.files._backends import in_backend, in_pandas, library_of
from peerstats.files._labelled_cells import category_codes
from peerstats.files._pyreadstat import write_dta, write_sav
from peerstats.files._variable import Variable, kind_of
from peerstats.results import Column, Result, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from peerstats.files._codebook import Codebook
    from peerstats.typing import IntArray

    MissingCells: TypeAlias = tuple[IntArray, tuple[Any, ...]]

__all__ = ["Survey"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Survey(Result):
    r"""A survey file in memory; every call of peerstats takes it as `data`.

    Labels never ride on the frame: they stand in the codebook.

    Parameters
    ----------
    data : frame of pandas, polars or pyarrow
        The cells, n rows. User-missing codes are missing here, unless they were asked for.
    codebook : Codebook
        Labels, user-missing codes and counts.
    missing_cells : mapping of str to (positions, codes)
        For each column with user-missing codes the rows, by position from 0, and the codes that stood there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "simulated.csv")
    ...     _ = path.write_text("id,wage\n1,17.5\n2,21\n3,NA\n", encoding="utf-8")
    ...     survey = ps.read_survey(path)
    >>> float(survey.data["wage"].mean())
    19.25
    """

    data: Any
    codebook: Codebook
    missing_cells: Mapping[str, MissingCells] = field(default_factory=lambda: MappingProxyType({}))

    def __peerstats_frame__(self) -> Any:
        """Return the frame, for calls that take data."""
        return self.data

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.data)

    def labelled(self, columns: Iterable[str] | None = None) -> Any:
        """Return the data with labels in the place of codes, as ordered categories.

        Parameters
        ----------
        columns : iterable of str, optional
            The columns. By default those in which every value that occurs has a label: a scale labelled at
            its ends only, or an age of which one code has a label, stays a number. In a column that is named
            here a value without a label becomes its own text.

        Returns
        -------
        frame
            A new frame of the library of `data`; categories in the order of the codes.

        Raises
        ------
        InputError
            If a column is not there or has no value labels.
        """
        call = "Survey.labelled"
        asked = None if columns is None else list(columns)
        if asked is not None:
            check_columns(asked, read_frame(self.data, call).columns, call)
            bare = [name for name in asked if not self.codebook.labels(name)]
            if bare:
                raise InputError(
                    f"{call}(): {bare[0]!r} has no value labels.",
                    "Leave it out: its cells are what they are.",
                )
        cells = in_pandas(self.data, call)
        frame = read_frame(cells, call)
        changed = {}
        for name in cells.columns if asked is None else asked:
            labels = self.codebook.labels(name)
            column = _categories(frame, name, labels, whole=asked is None) if labels else None
            if column is not None:
                column.index = cells.index
                changed[name] = column
        made = type(cells)({name: changed.get(name, cells[name]) for name in cells.columns})
        return in_backend(made, self.codebook, library_of(self.data), call)

    def with_missing_codes(self) -> Any:
        """Return the data with the user-missing codes where they stood.

        Returns
        -------
        frame
            A new frame of the library of `data`; a column of labels with such codes comes back as codes.

        Raises
        ------
        InputError
            If rows were added, dropped or moved since the file was read.
        """
        call = "Survey.with_missing_codes"
        return in_backend(self._coded(call), self.codebook, library_of(self.data), call)

    def _coded(self, call: str) -> Any:
        """Return the data with the user-missing codes as a pandas frame."""
        frame = in_pandas(self.data, call)
        if not self.missing_cells:
            return frame.copy()
        moved = any(
            name in frame.columns and not frame[name].iloc[positions[positions < len(frame)]].isna().all()
            for name, (positions, _) in self.missing_cells.items()
        )
        if moved or list(frame.index) != list(range(self.codebook.n_rows)):
            raise InputError(
                f"{call}(): the data no longer have the {self.codebook.n_rows:,} rows of "
                f"{self.codebook.source} in their order.",
                "Read the file with keep_missing_codes=True and filter that.",
            )
        restored = {}
        for name, (positions, codes) in self.missing_cells.items():
            if name in frame.columns:
                column = frame[name]
                if hasattr(column, "cat"):
                    column, _ = category_codes(column, self.codebook[name].values)
                restored[name] = _restored(column, positions, codes)
        return type(frame)({name: restored.get(name, frame[name]) for name in frame.columns})

    def with_data(self, data: Any) -> Survey:
        """Return the survey with another frame: rows filtered, columns made or dropped.

        Parameters
        ----------
        data : frame of pandas, polars or pyarrow
            The frame. Columns that the codebook does not know get an entry without a label.

        Returns
        -------
        Survey
            The same labels, counted anew. Which user-missing code stood in which cell is known no longer,
            unless the codes are in the frame.
        """
        from peerstats.files._assembled import FileContents, assemble  # noqa: PLC0415  (a circle)

        call = "Survey.with_data"
        native = in_pandas(read_frame(data, call).to_native(), call)
        book = self.codebook
        variables = {
            name: replace(book[name] if name in book else Variable(name=name), kind=kind_of(native[name]))
            for name in native.columns
        }
        contents = FileContents(
            frame=native,
            variables=variables,
            file_kind=book.file_kind,
            file_label=book.file_label,
            notes=book.notes,
        )
        made = assemble(contents, book.source, keep_missing_codes=True)
        return replace(made, data=in_backend(made.data, made.codebook, library_of(frame_of(data)), call))

    def to_sav(self, path: str | Path) -> None:
        """Write an SPSS file with labels and user-missing codes; an older file is replaced when it is whole.

        Parameters
        ----------
        path : str or Path
            The file, ending in .sav or (compressed) .zsav.

        Raises
        ------
        InputError
            If a name, a code or a cell cannot stand in such a file.
        SourceError
            If the file cannot be written.
        """
        write_sav(path, self._coded("Survey.to_sav"), self.codebook)

    def to_dta(self, path: str | Path) -> None:
        """Write a Stata file with labels; an older file is replaced when it is whole.

        Stata's user-missing codes are the letters .a to .z: numbers become letters in their order, with their
        labels; a text that is a user-missing code becomes blank.

        Parameters
        ----------
        path : str or Path
            The file, ending in .dta.

        Raises
        ------
        InputError
            If a name or a cell cannot stand in such a file, or a column has more than 26 such codes.
        SourceError
            If the file cannot be written.
        """
        write_dta(path, self._coded("Survey.to_dta"), self.codebook)

    def tables(self) -> tuple[Table, ...]:
        """Return what was read, in one row; the codebook is a table of its own.

        Returns
        -------
        tuple of Table
            One table.
        """
        book = self.codebook
        kinds = [variable.kind for variable in book]
        row = (
            len(self.data),
            len(self.data.columns),
            *(kinds.count(kind) for kind in ("number", "text", "date")),
            sum(bool(v.valid_labels) for v in book),
            sum(v.n_blank for v in book),
            sum(sum(v.missing_counts.values()) for v in book),
        )
        heads = {
            "n": "Rows",
            "n_variables": "Columns",
            "numbers": "Numbers",
            "texts": "Text",
            "dates": "Dates",
            "n_labelled": "With value labels",
            "n_blank": "Blank cells",
            "n_user_missing": "User-missing cells",
        }
        columns = [Column(key=key, label=label, kind="integer") for key, label in heads.items()]
        lines = [book.file_kind, *([book.file_label] if book.file_label else [])]
        table = Table(
            key="survey",
            title=f"Survey {book.source}",
            lines=lines,
            columns=columns,
            rows=[row],
            notes=book.notes,
        )
        return (table,)


def _categories(frame: nw.DataFrame[Any], name: str, labels: Mapping[Any, str], *, whole: bool) -> Any:
    """Turn a column of codes into ordered categories; None if some value has no label and all must."""
    codes, levels = read_words(frame, name)
    bare = {value: code_text(value) for value in levels if value not in labels}
    if whole and bare:
        return None
    texts = {**labels, **bare}
    if len({isinstance(value, str) for value in texts}) == 1:
        texts = dict(sorted(texts.items()))
    # two codes of one label stay two categories
    words = list(texts.values())
    texts = {
        value: text if words.count(text) == 1 else f"{text} [{code_text(value)}]"
        for value, text in texts.items()
    }
    # a missing cell has the place -1, the last one
    of_levels = [*(texts[value] for value in levels), None]
    made = nw.new_series(name, of_levels, nw.Enum(list(texts.values())), backend="pandas").to_native()
    return made.iloc[codes]


def _restored(column: Any, positions: IntArray, codes: tuple[Any, ...]) -> Any:
    cells = column.tolist()
    numeric = column.dtype.kind in "fiu" and not any(isinstance(code, str) for code in codes)
    for i, code in zip(positions.tolist(), codes, strict=True):
        if cells[i] is None or cells[i] != cells[i]:
            cells[i] = code
    if numeric:
        return np.array(cells, dtype=float)
    return np.array([None if cell != cell else cell for cell in cells], dtype=object)  # noqa: PLR0124
