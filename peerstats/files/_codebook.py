"""The codebook of a survey file: labels, codes and counts beside the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats._core.labels import code_text
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.results import Column, Result, Table, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peerstats.files._variable import Variable

__all__ = ["Codebook"]

_SHOWN = 40  # variables that show at the prompt; a survey of thousands would fill it
_PRINTED = (
    Column(key="variable", label="Variable"),
    Column(key="label", label="Label"),
    Column(key="kind", label="Type"),
    Column(key="n", label="N", kind="integer"),
    Column(key="n_missing", label="Missing", kind="integer"),
    Column(key="values", label="Values"),
    Column(key="missing", label="User-missing"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Codebook(Result):
    r"""What a survey file says about its columns: a table, and what tables and plots take labels from.

    Parameters
    ----------
    variables : tuple of Variable
        One for each column, in the order of the file.
    source : str
        Name of the file.
    file_kind : str
        What the file is: "SPSS", "Stata", "CSV", "Qualtrics CSV", and so on.
    file_label : str
        The file's own title; empty where it has none.
    n_rows : int
        Respondents.
    notes : tuple of str
        How the file was read, where a rule had to decide, with counts.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "simulated.csv")
    ...     _ = path.write_text("id,age\n1,34\n2,-99\n", encoding="utf-8")
    ...     book = ps.read_survey(path, missing_codes={"age": [-99]}).codebook
    >>> book["age"].missing_counts[-99]
    1
    >>> book.label("age")
    'age'
    """

    variables: tuple[Variable, ...]
    source: str
    file_kind: str
    file_label: str = ""
    n_rows: int = 0
    notes: tuple[str, ...] = ()
    _by_name: Mapping[str, Variable] = field(init=False)

    def __post_init__(self) -> None:
        by_name = MappingProxyType({variable.name: variable for variable in self.variables})
        object.__setattr__(self, "_by_name", by_name)

    def __peerstats_labels__(self) -> None:
        """Say that tables may take their labels here."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(self._by_name)

    def __len__(self) -> int:
        """Return the number of variables."""
        return len(self.variables)

    def __iter__(self) -> Iterator[Variable]:
        """Go through the variables in order."""
        return iter(self.variables)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a variable of this name."""
        return name in self._by_name

    def __getitem__(self, name: str) -> Variable:
        """Return one variable."""
        if name not in self._by_name:
            raise InputError(
                f"Codebook: no variable {name!r} in {self.source}.",
                did_you_mean(str(name), self.names, what="variables"),
            )
        return self._by_name[name]

    def label(self, name: str) -> str:
        """Return what a column is called in print.

        Parameters
        ----------
        name : str
            A column, of the file or made later.

        Returns
        -------
        str
            Its label; the name itself where it has none or the file has no such column.
        """
        variable = self._by_name.get(name)
        return name if variable is None else variable.label or name

    def labels(self, name: str) -> Mapping[Any, str]:
        """Return a column's value labels.

        Parameters
        ----------
        name : str
            A column, of the file or made later.

        Returns
        -------
        mapping of value to str
            Labels by value, user-missing codes left out; empty where there are none.
        """
        variable = self._by_name.get(name)
        return {} if variable is None else variable.valid_labels

    def _rows(self) -> Iterator[tuple[Variable, Any, str | None, bool, int]]:
        for v in self.variables:
            values = list(dict.fromkeys([*v.values, *v.missing_counts]))
            if not v.valid_labels:
                yield v, None, None, False, v.n
            for value in values:
                gone = v.is_missing(value)
                n = (v.missing_counts if gone else v.counts).get(value, 0)
                yield v, value, v.values.get(value), gone, n

    def tidy(self) -> Any:
        """Return one row for each variable and labelled value or user-missing code.

        Returns
        -------
        pandas DataFrame
            Columns variable, label, type, format, code, code_label, user_missing, n. A variable without
            value labels has one row with no code, whose n counts its valid cells.
        """
        rows = list(self._rows())
        return new_frame(
            {
                "variable": [v.name for v, *_ in rows],
                "label": [v.label or None for v, *_ in rows],
                "type": [v.kind for v, *_ in rows],
                "format": [v.format or None for v, *_ in rows],
                "code": [None if value is None else code_text(value) for _, value, *_ in rows],
                "code_label": [label for _, _, label, *_ in rows],
                "user_missing": np.array([gone for *_, gone, _ in rows], dtype=bool),
                "n": np.array([n for *_, n in rows], dtype=np.int64),
            }
        )

    def glance(self) -> Any:
        """Return one row on the whole file.

        Returns
        -------
        pandas DataFrame
            Columns n (respondents), n_variables, n_labelled (variables with value labels), n_blank (cells),
            n_user_missing (cells), source.
        """
        counts = {
            "n": self.n_rows,
            "n_variables": len(self.variables),
            "n_labelled": sum(bool(v.valid_labels) for v in self.variables),
            "n_blank": sum(v.n_blank for v in self.variables),
            "n_user_missing": sum(sum(v.missing_counts.values()) for v in self.variables),
        }
        return new_frame(
            {**{name: np.array([count]) for name, count in counts.items()}, "source": [self.source]}
        )

    def _table(self, most: int | None) -> Table:
        shown = self.variables[:most]
        left = len(self.variables) - len(shown)
        more = (f"{counted(left, 'more variable')}: print(codebook.summary()) shows all.",) if left else ()
        size = f"{counted(self.n_rows, 'row')}, {counted(len(self.variables), 'variable')}"
        return Table(
            key="codebook",
            title=f"Codebook of {self.source}",
            lines=(
                f"{self.file_kind}; {size}",
                *([self.file_label] if self.file_label else []),
            ),
            columns=_PRINTED,
            rows=tuple(
                (
                    v.name,
                    v.label,
                    v.kind,
                    v.n,
                    v.n_missing,
                    "; ".join(f"{code_text(x)} = {label}" for x, label in v.valid_labels.items()),
                    "; ".join(_missing_texts(v)),
                )
                for v in shown
            ),
            notes=(*more, *self.notes),
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed codebook, one row a variable.

        Returns
        -------
        tuple of Table
            One table of all variables.
        """
        return (self._table(None),)

    def __repr__(self) -> str:
        """Return the first variables as text."""
        return self._table(_SHOWN).to_text()

    def _repr_html_(self) -> str:
        """Return the first variables for a notebook."""
        return self._table(_SHOWN)._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Return the codebook as plain data.

        Returns
        -------
        dict
            Keys schema (1), kind, source, file_kind, file_label, n_rows, variables and notes.
        """
        variables = [
            {
                "name": v.name,
                "label": v.label,
                "type": v.kind,
                "format": v.format,
                "measure": v.measure,
                "values": [
                    {"code": x, "label": label, "n": v.counts.get(x)} for x, label in v.values.items()
                ],
                "user_missing": [{"low": low, "high": high} for low, high in v.missing],
                "user_missing_counts": [{"code": x, "n": n} for x, n in v.missing_counts.items()],
                "n": v.n,
                "n_blank": v.n_blank,
            }
            for v in self.variables
        ]
        whole: dict[str, Any] = plain(
            {
                "schema": 1,
                "kind": "codebook",
                "source": self.source,
                "file_kind": self.file_kind,
                "file_label": self.file_label,
                "n_rows": self.n_rows,
                "variables": variables,
                "notes": list(self.notes),
            }
        )
        return whole


def _missing_texts(variable: Variable) -> Iterator[str]:
    for low, high in variable.missing:
        inside = {x: n for x, n in variable.missing_counts.items() if _within(x, low, high)}
        label = variable.values.get(low, "") if low == high else ""
        name = code_text(low) if low == high else f"{code_text(low)} to {code_text(high)}"
        yield f"{name}{f' = {label}' if label else ''} (n={sum(inside.values())})"


def _within(value: Any, low: Any, high: Any) -> bool:
    return isinstance(value, str) == isinstance(low, str) and bool(low <= value <= high)
