"""REDCap: a raw export and its data dictionary."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from peerstats._core.words import counted
from peerstats.errors import SourceError
from peerstats.files._delimited import read_delimited
from peerstats.files._variable import Variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Field", "coded_as_text", "describe", "read_dictionary"]

# The dictionary's headings as REDCap writes them in a download, and as its programming interface does.
_HEADINGS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
}
_COMPLETE = {0: "Incomplete", 1: "Unverified", 2: "Complete"}
_FIXED = {"yesno": {0: "No", 1: "Yes"}, "truefalse": {0: "False", 1: "True"}}
_CHOICES = ("radio", "dropdown", "checkbox", "sql")
_CHECKED = {0: "Unchecked", 1: "Checked"}
_TAG = re.compile(r"<[^<>]*>")
_WHOLE = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One row of a data dictionary.

    Attributes
    ----------
    name, form, kind, label : str
        As the dictionary has them, markup taken out of the label.
    choices : mapping of value to str
        Labels by code, in the order of the dictionary; empty for a field without choices.
    """

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[Any, str]


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def _code(text: str) -> Any:
    """Read a code: a whole number, unless as a number it would lose a zero."""
    return int(text) if _WHOLE.fullmatch(text) and str(int(text)) == text else text


def _choices(kind: str, text: str, place: str, call: str) -> dict[Any, str]:
    if kind in _FIXED:
        return dict(_FIXED[kind])
    if kind not in _CHOICES or not text.strip() or kind == "sql":
        return {}
    made: dict[Any, str] = {}
    for part in text.split("|"):
        if not part.strip():
            continue
        code, comma, label = part.partition(",")
        if not comma:
            raise SourceError(
                f"{call}(): {place} has the choice {part.strip()!r} without a comma.",
                "Write 'code, label | code, label'.",
            )
        value = _code(code.strip())
        if value in made:
            raise SourceError(f"{call}(): {place} has the code {value!r} twice.", "Mend the dictionary.")
        made[value] = _plain(label)
    return made


def read_dictionary(path: str | Path, call: str) -> dict[str, Field]:
    """Read a data dictionary.

    Parameters
    ----------
    path : str or Path
        The .csv file that REDCap's "Download the current Data Dictionary" gives.
    call : str
        The public call, for messages.

    Returns
    -------
    dict of str to Field
        Fields by name, in order.

    Raises
    ------
    SourceError
        If the file is no data dictionary, or a field has a choice that cannot be read.
    """
    table = read_delimited(path, call)
    header = [name.strip() for name in table.header]
    places: dict[str, int] = {}
    for key, names in _HEADINGS.items():
        found = [header.index(name) for name in names if name in header]
        if not found:
            raise SourceError(
                f"{call}(): {table.path.name} is no data dictionary of REDCap: no column {names[0]!r}.",
                "Give the file of 'Download the current Data Dictionary'; the answers come first.",
            )
        places[key] = found[0]
    fields: dict[str, Field] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        cells = {key: row[place].strip() for key, place in places.items()}
        name, kind = cells["name"], cells["kind"].lower()
        place = f"line {line} of {table.path.name}, field {name!r},"
        if name in fields:
            raise SourceError(f"{call}(): {place} is there twice.", "Mend the dictionary.")
        fields[name] = Field(
            name=name,
            form=cells["form"],
            kind=kind,
            label=_plain(cells["label"]),
            choices=_choices(kind, cells["choices"], place, call),
        )
    return fields


def _boxes(field: Field) -> dict[str, str]:
    """Name the columns of a checkbox field: REDCap writes a minus in a code as an underscore."""
    return {
        f"{field.name}___{str(code).lower().replace('-', '_')}": label
        for code, label in field.choices.items()
    }


def _known(fields: Mapping[str, Field]) -> dict[str, Variable]:
    """Describe every column that an export of these fields may have."""
    known: dict[str, Variable] = {}
    for field in fields.values():
        if field.kind == "checkbox":
            for name, label in _boxes(field).items():
                known[name] = Variable(
                    name=name, label=f"{field.label}: {label}", format="checkbox", values=_CHECKED
                )
        elif field.kind != "descriptive":
            known[field.name] = Variable(
                name=field.name, label=field.label, format=field.kind, values=field.choices
            )
    for form in dict.fromkeys(field.form for field in fields.values()):
        known[f"{form}_complete"] = Variable(
            name=f"{form}_complete", label=f"{form}: complete?", format="form status", values=_COMPLETE
        )
    return known


def describe(
    columns: Mapping[str, Sequence[Any]], fields: Mapping[str, Field], path: Path, call: str
) -> tuple[dict[str, Variable], list[str]]:
    """Describe the columns of a raw export by its dictionary.

    Parameters
    ----------
    columns : mapping of str to sequence
        Their cells.
    fields : mapping of str to Field
        The dictionary.
    path : Path
        The export, for messages.
    call : str
        The public call, for messages.

    Returns
    -------
    variables : dict of str to Variable
        For the columns that the dictionary tells of.
    notes : list of str
        What the two files do not share.

    Raises
    ------
    SourceError
        If the export holds labels in the place of codes, or no column is in the dictionary.
    """
    known = _known(fields)
    variables = {name: known[name] for name in columns if name in known}
    if not variables:
        raise SourceError(
            f"{call}(): no column of {path.name} is a field of the dictionary.",
            f"They belong to two projects: the columns begin {', '.join(map(repr, list(columns)[:3]))}.",
        )
    notes = []
    absent = [name for name, each in known.items() if name not in columns and each.format != "form status"]
    if absent:
        notes.append(
            f"Not in the file: {counted(len(absent), 'field')} of the dictionary, the first {absent[0]!r}."
        )
    for name, variable in variables.items():
        notes += _strange(columns[name], variable, path, call)
    return variables, notes


def _strange(cells: Sequence[Any], variable: Variable, path: Path, call: str) -> list[str]:
    """Tell of a value that is no choice; stop at labels in the place of codes."""
    if not variable.values:
        return []
    held = {_held(cell) for cell in cells if cell is not None and cell == cell}  # noqa: PLR0124  (NaN)
    strange = sorted(held - {str(code) for code in variable.values})
    if strange and set(strange) <= set(variable.values.values()):
        raise SourceError(
            f"{call}(): column {variable.name!r} of {path.name} holds {strange[0]!r}, a label and no code.",
            "Export 'raw data' from REDCap, not labels.",
        )
    return (
        [f"{variable.name!r} holds {strange[0]!r}, which is no choice of the dictionary."] if strange else []
    )


def _held(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def coded_as_text(variable: Variable) -> Variable:
    """Make the codes of a column that stays text into text."""
    return replace(variable, values={str(code): label for code, label in variable.values.items()})
