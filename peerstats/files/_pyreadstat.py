"""Files of SPSS, Stata and SAS, read and written; the one door to pyreadstat."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerstats._core.extras import load_extra
from peerstats.errors import InputError, SourceError
from peerstats.files._file_kind import read_bytes
from peerstats.files._labelled_cells import spss_missing, stata_letters, with_codes
from peerstats.files._variable import Variable, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.files._codebook import Codebook

__all__ = ["read_labelled", "write_dta", "write_sav"]

# ending -> reader of pyreadstat, name of the kind
_READERS = {
    ".sav": ("read_sav", "SPSS"),
    ".zsav": ("read_sav", "SPSS"),
    ".por": ("read_por", "SPSS portable"),
    ".dta": ("read_dta", "Stata"),
    ".sas7bdat": ("read_sas7bdat", "SAS"),
    ".xpt": ("read_xport", "SAS transport"),
}
_MEASURES = ("nominal", "ordinal", "scale")
_STATA = (b"<stata_dta>", b"</stata_dta>")  # how files begin and end since release 117 of the format
_WIDTH = re.compile(r"\d*\.?$")
_RECORD = 80  # bytes; a transport file is made of such records, the last one padded


def read_labelled(
    path: Path, call: str, *, encoding: str | None, catalog: str | Path | None
) -> tuple[Any, dict[str, Variable], str, str, list[str]]:
    """Read a file of SPSS, Stata or SAS.

    Parameters
    ----------
    path : Path
        The file; its ending says the kind.
    call : str
        The public call, for messages.
    encoding : str, optional
        Of the file's text; by default what the file says.
    catalog : str or Path, optional
        A .sas7bcat file, where SAS keeps value labels.

    Returns
    -------
    tuple
        Frame with user-missing codes in it, variables by name, kind of file, its title, notes.

    Raises
    ------
    SourceError
        If the file is damaged, cut off, or in another encoding.
    """
    library = load_extra("pyreadstat", "io", call)
    reader, kind = _READERS[path.suffix.lower()]
    notes: list[str] = []
    how = _how(reader, encoding)
    if reader == "read_dta":
        _check_end(path, call)
    if reader == "read_por":
        _check_last_letter(path, call)
    if reader == "read_xport":
        _check_records(path, call)
        notes.append(
            "A transport file does not say how many rows it has: compare the number with its source."
        )
    try:
        frame, meta = getattr(library, reader)(str(path), **how)
    except (library.ReadstatError, library.PyreadstatError) as error:
        raise _damaged(path, kind, str(error), call) from error
    except (OverflowError, ValueError) as error:
        raise SourceError(
            f"{call}(): {path.name} has a date or time that cannot be one: {error}.",
            f"Mend it in {kind.partition(' ')[0]}, or save that column as a number.",
        ) from error
    except UnicodeDecodeError as error:  # pragma: no cover  (older versions of the library)
        raise _damaged(path, kind, f"encoding: {error}", call) from error
    if reader == "read_por":
        notes.append(
            "The reader of portable files does not tell which codes are user-missing: say missing_codes= for "
            "those that are in the data."
        )
    values = meta.variable_value_labels
    if catalog is not None:
        values, said = _catalogued(meta, path, catalog, call, encoding)
        notes += said
    variables = _variables(frame, meta, values)
    dated = [name for name, v in variables.items() if v.kind == "date" and v.missing]
    if dated:
        notes.append(
            f"In dates a user-missing code is not told from a date: {', '.join(map(repr, dated[:3]))}."
        )
        variables |= {name: replace(variables[name], missing=()) for name in dated}
    return _blanks_are_missing(frame), variables, kind, meta.file_label or "", notes


def _how(reader: str, encoding: str | None) -> dict[str, Any]:
    """Say to the library what it may be told by each kind of file."""
    how: dict[str, Any] = {"dates_as_pandas_datetime": True}
    if reader in {"read_sav", "read_dta", "read_sas7bdat"}:
        how["user_missing"] = True
    if encoding is not None and reader != "read_por":
        how["encoding"] = encoding
    return how


def _catalogued(
    meta: Any, path: Path, catalog: str | Path, call: str, encoding: str | None
) -> tuple[dict[str, dict[Any, str]], list[str]]:
    """Return value labels by variable, out of the catalogue where SAS keeps them; the cells stay codes."""
    library = load_extra("pyreadstat", "io", call)
    catalog = Path(catalog)
    read_bytes(catalog, call, 1)
    try:
        _, found = library.read_sas7bcat(str(catalog), **({} if encoding is None else {"encoding": encoding}))
    except (library.ReadstatError, library.PyreadstatError) as error:
        raise _damaged(catalog, "SAS formats", str(error), call) from error
    known = {name.upper(): labels for name, labels in found.value_labels.items()}
    named = {name: str(said).upper() for name, said in meta.variable_to_label.items() if said}
    # behind a format's name, which ends in no digit, may stand the width that it is printed in
    matched = {name: known.get(said) or known.get(_WIDTH.sub("", said)) for name, said in named.items()}
    labels = {name: dict(each) for name, each in matched.items() if each}
    if labels:
        return labels, []
    return {}, [f"{catalog.name} has no format that a variable of {path.name} is printed in."]


def _check_end(path: Path, call: str) -> None:
    """Stop at a Stata file without its end, where labels stand: the library reads on without them."""
    with path.open("rb") as file:
        marked = file.read(len(_STATA[0])) == _STATA[0]
        file.seek(max(path.stat().st_size - len(_STATA[1]), 0))
        if marked and file.read() != _STATA[1]:
            raise _damaged(path, "Stata", "its end is not there", call)


def _check_last_letter(path: Path, call: str) -> None:
    """Stop at a portable file without the letter that ends it: the library takes the rows that are there."""
    if not path.read_bytes().rstrip(b"\r\n ").endswith(b"Z"):
        raise _damaged(path, "SPSS portable", "the Z at its end is not there", call)


def _check_records(path: Path, call: str) -> None:
    """Stop at a transport file that ends within a record."""
    if path.stat().st_size % _RECORD:
        raise _damaged(path, "SAS transport", f"its size is no multiple of {_RECORD} bytes", call)


def _damaged(path: Path, kind: str, said: str, call: str) -> SourceError:
    if "ncod" in said or "convert string" in said:
        return SourceError(
            f"{call}(): the text of {path.name} is not in the encoding that the file says: {said}.",
            "Say which it is in, for example encoding='cp1252'.",
        )
    return SourceError(
        f"{call}(): {path.name} cannot be read as a file of {kind}: {said}.",
        f"It is damaged or cut off: copy or export it again. Its size is {path.stat().st_size:,} bytes.",
    )


def _blanks_are_missing(frame: Any) -> Any:
    """Take empty text as missing: SPSS and SAS have no other sign for text that is not there."""
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind not in "fiubM":
            empty = column == ""
            if empty.any():
                frame[name] = column.mask(empty)
    return frame


def _variables(frame: Any, meta: Any, values: Mapping[str, Mapping[Any, str]]) -> dict[str, Variable]:
    labels = meta.column_names_to_labels
    ranges = getattr(meta, "missing_ranges", {}) or {}
    letters = getattr(meta, "missing_user_values", {}) or {}
    formats, measures = meta.original_variable_types, getattr(meta, "variable_measure", {}) or {}
    return {
        name: Variable(
            name=name,
            label=labels.get(name) or "",
            kind="number" if name in letters else kind_of(frame[name]),
            format=formats.get(name) or "",
            measure=measures.get(name, "") if measures.get(name) in _MEASURES else "",
            values=values.get(name, {}),
            missing=(
                *((each["lo"], each["hi"]) for each in ranges.get(name, ())),
                *((letter, letter) for letter in letters.get(name, ())),
            ),
        )
        for name in frame.columns
    }


def _write(path: str | Path, endings: tuple[str, ...], write: Callable[[str], None], call: str) -> None:
    """Write a file whole or not at all."""
    path = Path(path)
    if path.suffix.lower() not in endings:
        raise InputError(
            f"{call}(): {path.name} ends in {path.suffix or 'nothing'!r}.",
            f"Give it the ending {endings[0]}.",
        )
    if not path.parent.is_dir():
        raise SourceError(f"{call}(): there is no folder {str(path.parent)!r}.", "Make it first.")
    library = load_extra("pyreadstat", "io", call)
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        write(str(part))
        part.replace(path)
    except (library.ReadstatError, library.PyreadstatError) as error:
        raise InputError(
            f"{call}(): {path.name} cannot be written: {error}.",
            "Rename the column or change its cells; what may stand in such a file is narrower than a frame.",
        ) from error
    except OSError as error:
        raise SourceError(
            f"{call}(): {path} cannot be written: {error.strerror or error}.", "Check the folder."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _column_labels(frame: Any, book: Codebook) -> list[str | None]:
    return [(book[name].label or None) if name in book else None for name in frame.columns]


def write_sav(path: str | Path, frame: Any, book: Codebook) -> None:
    """Write an SPSS file.

    Parameters
    ----------
    path : str or Path
        The file.
    frame : pandas DataFrame
        The cells, user-missing codes among them.
    book : Codebook
        Labels and codes.

    Raises
    ------
    InputError
        If something cannot stand in an SPSS file.
    SourceError
        If the file cannot be written.
    """
    call = "Survey.to_sav"
    made, labels = with_codes(frame, book)
    missing = dict(spss_missing(made, book, call))
    measures = {v.name: v.measure for v in book if v.measure and v.name in made.columns}
    spss = book.file_kind.startswith("SPSS")
    formats = {v.name: v.format for v in book if spss and v.format and v.name in made.columns}

    def write(part: str) -> None:
        load_extra("pyreadstat", "io", call).write_sav(
            made,
            part,
            file_label=book.file_label,
            column_labels=_column_labels(made, book),
            compress=part.lower().endswith(".zsav"),
            variable_value_labels=labels,
            missing_ranges=missing,
            variable_measure=measures,
            variable_format=formats,
        )

    _write(path, (".sav", ".zsav"), write, call)


def write_dta(path: str | Path, frame: Any, book: Codebook) -> None:
    """Write a Stata file.

    Parameters
    ----------
    path : str or Path
        The file.
    frame : pandas DataFrame
        The cells, user-missing letters among them.
    book : Codebook
        Labels and codes.

    Raises
    ------
    InputError
        If something cannot stand in a Stata file, or a variable has more than 26 user-missing codes.
    SourceError
        If the file cannot be written.
    """
    call = "Survey.to_dta"
    letters: dict[str, list[str]] = {}
    made, labels = with_codes(frame, book)
    for name in made.columns:
        if name not in book or not book[name].missing:
            continue
        variable = book[name]
        column, renamed = stata_letters(made[name], variable, call)
        made[name] = column
        if renamed:
            letters[name] = list(renamed.values())
        if name in labels:
            labels[name] = {renamed.get(value, value): label for value, label in labels[name].items()}

    def write(part: str) -> None:
        load_extra("pyreadstat", "io", call).write_dta(
            made,
            part,
            file_label=book.file_label,
            column_labels=_column_labels(made, book),
            variable_value_labels=labels,
            missing_user_values=letters or None,
        )

    _write(path, (".dta",), write, call)
