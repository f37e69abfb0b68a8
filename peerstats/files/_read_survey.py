"""A survey file of any kind, with its codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.arrow import read_parquet
from peerstats._core.checks import check_choice
from peerstats._core.close_names import did_you_mean
from peerstats._core.labels import code_text
from peerstats.errors import InputError, SourceError
from peerstats.files._assembled import FileContents, assemble
from peerstats.files._backends import check_backend, in_backend
from peerstats.files._file_kind import TEXT, WORKBOOK, file_kind
from peerstats.files._fits import PARQUET, check_fits, check_words
from peerstats.files._pair_exports import pair_exports
from peerstats.files._pyreadstat import read_labelled
from peerstats.files._redcap import coded_as_text, describe, read_dictionary
from peerstats.files._table_file import Asked, read_table_file
from peerstats.files._variable import Variable, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.files._survey import Survey

__all__ = ["read_survey"]

_CALL = "read_survey"


def read_survey(
    path: str | Path,
    *,
    dictionary: str | Path | None = None,
    text_export: str | Path | None = None,
    catalog: str | Path | None = None,
    values: Literal["codes", "labels"] = "codes",
    missing_codes: Sequence[Any] | Mapping[Any, Any] | None = None,
    keep_missing_codes: bool = False,
    na: Sequence[str] = ("NA",),
    dates: Sequence[str] = (),
    sheet: str | int | None = None,
    header: int = 1,
    duplicates: Literal["refuse", "number"] = "refuse",
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: Literal[".", ","] | None = None,
    backend: Literal["pandas", "polars", "pyarrow"] = "pandas",
) -> Survey:
    r"""Read a survey file: its cells, and beside them what it says about its columns.

    Parameters
    ----------
    path : str or Path
        The file. Its ending says what it is, and how it begins must agree: .csv, .tsv, .tab, .txt and .dat
        (delimited text; an export of Qualtrics is known by its rows of names, questions and import
        identifiers), .xlsx, .xlsm and .xls (Excel), .parquet, .sav, .zsav and .por (SPSS), .dta (Stata),
        .sas7bdat and .xpt (SAS).
    dictionary : str or Path, optional
        REDCap's data dictionary (.csv); `path` is then the raw export.
    text_export : str or Path, optional
        The text export of Qualtrics whose numeric export is `path`: value labels are found by setting the two
        side by side.
    catalog : str or Path, optional
        SAS's .sas7bcat file, where the value labels of a .sas7bdat file are.
    values : {"codes", "labels"}
        Give codes, or ordered categories of labels in columns whose every value has a label.
    missing_codes : sequence or mapping, optional
        User-missing codes besides those that the file declares: a sequence for every column where they occur,
        a mapping of code to label likewise, or a mapping of column to a sequence.
    keep_missing_codes : bool
        Leave user-missing codes in the data. By default they are missing there; the codebook has codes and
        counts either way.
    na : sequence of str
        Words that are missing in delimited text and workbooks, beside empty cells; a note counts them.
    dates : sequence of str
        Columns of delimited text or a workbook to read as dates: text as 2026-01-31, or the days that
        spreadsheets count.
    sheet : str or int, optional
        The workbook's sheet, by name or place from 0; the first by default.
    header : int
        The row of names, from 1; what stands above is left out.
    duplicates : {"refuse", "number"}
        What becomes of a column whose name stands before: an error, or a number behind it.
    encoding : str, optional
        Of delimited text: by default by its byte order mark, else UTF-8, else Windows-1252 with a note. Of a
        labelled file: by default what the file says.
    delimiter : str, optional
        Of delimited text: by default comma, tab, semicolon or bar, whichever the first row has most of.
    decimal : {".", ","}, optional
        Of delimited text: by default a point; a comma where semicolons separate and a column shows it.
    backend : {"pandas", "polars", "pyarrow"}
        The library of the frame. In polars and pyarrow what is missing is null, and whole numbers with gaps
        stay integers, but for files of SPSS, Stata and SAS, where all numbers are floats.

    Returns
    -------
    Survey
        Data and codebook; every call takes it as `data`. The codebook's notes say how the file was read.

    Raises
    ------
    SourceError
        If the file cannot be read, is cut off or not what its ending says, or a name stands twice.
    InputError
        If an argument cannot be used.
    MissingExtraError
        If the package that reads this kind of file is not installed.

    Notes
    -----
    A column of delimited text is one of numbers if every cell that is not missing is a number. Digits that a
    number would lose stay text: 00501, or more than 15 digits. In labelled files empty text is missing.

    R: ``haven::read_sav(path, user_na = TRUE)``, ``qualtRics::read_survey``, ``REDCapR``; Stata: ``import
    spss``, ``import delimited``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "simulated.csv")
    ...     _ = path.write_text("id;county;wage\n1;01001;17,50\n2;36005;-99\n", encoding="utf-8")
    ...     survey = ps.read_survey(path, missing_codes={"wage": [-99]})
    >>> survey.data
       id county  wage
    0   1  01001  17.5
    1   2  36005   NaN
    >>> for note in survey.codebook.notes:
    ...     print(note)
    Cells are separated by semicolons.
    Kept as text, because a number would lose digits (a 0 in front, or more than 15): 'county'.
    Numbers with a decimal comma: 'wage'.
    """
    check_choice(values, ("codes", "labels"), "values", _CALL)
    check_backend(backend, _CALL)
    if decimal is not None:
        check_choice(decimal, (".", ","), "decimal", _CALL)
    if isinstance(header, bool) or not isinstance(header, int) or header < 1:
        raise InputError(f"{_CALL}(): header={header!r} is no row.", "Rows are counted from 1.")
    path = Path(path)
    kind = file_kind(path, _CALL)
    if catalog is not None and path.suffix.lower() != ".sas7bdat":
        raise InputError(
            f"{_CALL}(): catalog= is for .sas7bdat files, and {path.name} is none.", "Leave it out."
        )
    check_fits(
        path,
        kind,
        _CALL,
        sheet=sheet is not None,
        encoding=encoding is not None,
        delimiter=delimiter is not None,
        decimal=decimal is not None,
        dates=bool(dates),
        na=tuple(na) != ("NA",),
        header=header != 1,
        duplicates=duplicates != "refuse",
        dictionary=dictionary is not None,
        text_export=text_export is not None,
    )
    check_words(na, "na", _CALL)
    check_words(dates, "dates", _CALL)
    asked = Asked(
        call=_CALL,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        sheet=sheet,
        header=header,
        na=tuple(na),
        missing=missing_codes,
        duplicates=duplicates,
        dates=tuple(dates),
    )
    contents = _contents(path, kind, asked, catalog)
    if dictionary is not None:
        contents = _with_dictionary(contents, dictionary, path)
    if text_export is not None:
        other = Path(text_export)
        words = _contents(other, file_kind(other, _CALL), asked, None)
        contents = pair_exports(contents, words, path, other, _CALL)
    contents = _with_missing(contents, missing_codes)
    survey = assemble(contents, path.name, keep_missing_codes=keep_missing_codes)
    data = survey.labelled() if values == "labels" else survey.data
    return replace(survey, data=in_backend(data, survey.codebook, backend, _CALL))


def _check_rows(frame: Any, path: Path, kind: str) -> None:
    if not len(frame.columns):
        raise SourceError(
            f"{_CALL}(): {path.name} is {kind} without columns.", "It is damaged: export it again."
        )
    if not len(frame):
        raise SourceError(f"{_CALL}(): {path.name} has names and no rows.", "Check that the export worked.")


def _named(frame: Any) -> list[str]:
    """Call columns without a name after their places, in place; return what to say of it."""
    free = [f"column_{i + 1}" for i, name in enumerate(frame.columns) if name == ""]
    frame.columns = [f"column_{i + 1}" if name == "" else name for i, name in enumerate(frame.columns)]
    return [f"1 column without a name, called after the place, the first {free[0]!r}."] if free else []


def _contents(path: Path, kind: str, asked: Asked, catalog: str | Path | None) -> FileContents:
    if kind in (TEXT, WORKBOOK):
        return read_table_file(path, kind, asked)
    if kind == PARQUET:
        frame, types, lost = read_parquet(path, _CALL)
        _check_rows(frame, path, kind)
        said = _named(frame)
        types = dict(zip(frame.columns, types.values(), strict=True))
        variables = {
            name: Variable(name=name, kind=kind_of(frame[name]), format=types[name]) for name in frame.columns
        }
        shown = ", ".join(map(repr, lost[:3])) + (" and others" if len(lost) > 3 else "")  # noqa: PLR2004
        told = (f"Kept as text, because a number with gaps would lose digits: {shown}.",) if lost else ()
        return FileContents(frame=frame, variables=variables, file_kind="Parquet", notes=(*said, *told))
    frame, variables, word, title, notes = read_labelled(
        path, _CALL, encoding=asked.encoding, catalog=catalog
    )
    _check_rows(frame, path, kind)
    return FileContents(
        frame=frame, variables=variables, file_kind=word, file_label=title, notes=tuple(notes)
    )


def _with_dictionary(contents: FileContents, dictionary: str | Path, path: Path) -> FileContents:
    frame = contents.frame
    fields = read_dictionary(dictionary, _CALL)
    cells = {name: frame[name].tolist() for name in frame.columns}
    described, notes = describe(cells, fields, path, _CALL)
    variables = dict(contents.variables)
    for name, variable in described.items():
        kind = variables[name].kind
        made = coded_as_text(variable) if kind == "text" else variable
        variables[name] = replace(made, kind=kind)
    return replace(contents, variables=variables, file_kind="REDCap CSV", notes=(*contents.notes, *notes))


def _with_missing(contents: FileContents, codes: Any) -> FileContents:
    """Add the user-missing codes that the caller declared."""
    if codes is None:
        return contents
    variables = dict(contents.variables)
    columns = [key for key in codes if key in variables] if isinstance(codes, Mapping) else []
    labels: Mapping[Any, str] = {}
    if columns:
        strange = [key for key in codes if key not in variables]
        if strange:
            raise _no_column(strange[0], variables)
        own = {name: _codes(codes[name], name) for name in columns}
    else:
        if isinstance(codes, Mapping):
            if not all(isinstance(label, str) for label in codes.values()):
                raise _no_column(next(iter(codes)), variables)
            labels = codes
        own = _occurring(contents, _codes(codes if not labels else list(labels), "every column"))
    for name, each in own.items():
        variable = variables[name]
        added = {_as_held(code, variable): code for code in each}
        new = {held: labels[code] for held, code in added.items() if code in labels}
        variables[name] = replace(
            variable,
            missing=(*variable.missing, *((x, x) for x in added if not variable.is_missing(x))),
            values={**variable.values, **new} if new else variable.values,
        )
    return replace(contents, variables=variables)


def _no_column(name: Any, variables: Mapping[str, Variable]) -> InputError:
    return InputError(
        f"{_CALL}(): missing_codes names {name!r}, which is no column.", did_you_mean(str(name), variables)
    )


def _as_held(code: Any, variable: Variable) -> Any:
    """Return a code as a column holds it: in one of text a number is its text."""
    return code_text(code) if variable.kind == "text" else code


def _occurring(contents: FileContents, codes: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    """Leave codes that were declared for every column to the columns where they occur."""
    found = {}
    for name, variable in contents.variables.items():
        held = set(contents.frame[name].unique().tolist())
        found[name] = tuple(code for code in codes if _as_held(code, variable) in held)
    return found


def _codes(codes: Any, place: str) -> tuple[Any, ...]:
    if isinstance(codes, str | int | float):
        raise InputError(f"{_CALL}(): missing_codes of {place} is {codes!r}.", f"Give a list: [{codes!r}].")
    made = tuple(codes)
    wrong = [code for code in made if isinstance(code, bool) or not isinstance(code, str | int | float)]
    if wrong:
        raise InputError(
            f"{_CALL}(): missing_codes of {place} has {wrong[0]!r}.", "A code is a number or a text."
        )
    return made
