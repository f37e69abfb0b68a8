"""The one record that every printed table is made of."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.results._format import format_cell
from peerstats.results._numbers import Numbers
from peerstats.results._rendered import Rendered
from peerstats.results._styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peerstats.results._column import Column
    from peerstats.results._counts import Counts
    from peerstats.results._styles import StyleName

__all__ = ["Cell", "Table", "table_key"]

Cell: TypeAlias = str | float | bool | Numbers | None
# An HTML id, a LaTeX label and a file name all at once.
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _plain(value: Any, place: str) -> Cell:
    """Return a cell as a Python scalar, numpy's unwrapped."""
    plain = value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value
    if plain is None or isinstance(plain, str | int | float | Numbers):
        return plain
    raise InputError(
        f"Table(): {place} holds a {type(value).__name__}.",
        "A cell is text, a number, Numbers, True, False or None.",
    )


def _texts(values: Iterable[str], name: str) -> tuple[str, ...]:
    if isinstance(values, str):
        raise InputError(f"Table(): {name}={values!r} is one text.", f"Give a sequence: {name}=[...].")
    return tuple(values)


def table_key(*parts: str) -> str:
    """Join words, such as the name of a column, to the key of a table.

    Parameters
    ----------
    *parts : str
        Words; the first begins with a letter.

    Returns
    -------
    str
        The words with hyphens between them, and in the place of what a key cannot hold.

    Examples
    --------
    >>> from peerstats.results import table_key
    >>> table_key("comparison", "pay, $ an hour")
    'comparison-pay-an-hour'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(parts))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Table(Rendered):
    """A table of unrounded values; only a renderer rounds.

    Whatever kind of sequence comes in, a tuple is kept.

    Parameters
    ----------
    key : str
        Name of the table: a letter, then letters, digits, "_" or "-". It is the HTML id.
    title : str
        Title.
    columns : sequence of Column
        The columns, k of them, their keys distinct.
    rows : sequence of sequences
        One sequence of k values a row: text, number, `Numbers` or None. None and NaN print as an empty cell;
        text prints as it is in a column of any kind.
    lines : sequence of str
        What happened, printed below the title: rows used and dropped and why, weights and their kind,
        clusters, base, variance, convergence.
    notes : sequence of str
        What to keep in mind, printed below the table.
    indents : sequence of int
        How far each row's first cell stands in, in steps; empty if none does.
    rules : sequence of int
        Positions of rows with a line above.
    style : {"plain", "apa", "ama", "psychiatric_services"}
        How numbers print; what is stored stays as it is.
    counts : Counts, optional
        Which cells show how many people, for `suppress`.

    Raises
    ------
    InputError
        If a key cannot be used or stands twice, a row has more or fewer than k cells, or a cell is
        neither text nor a number.

    Examples
    --------
    >>> import peerstats as ps
    >>> from peerstats.results import Column
    >>> table = ps.Table(
    ...     key="wages",
    ...     title="Wages (simulated)",
    ...     columns=[
    ...         Column(key="job", label="Job"),
    ...         Column(key="n", label="n", kind="integer"),
    ...         Column(key="mean", label="Mean", kind="number"),
    ...     ],
    ...     rows=[("peer specialist", 1204, 17.504), ("other", 310, None)],
    ... )
    >>> print(table.to_text())
    Wages (simulated)
    <BLANKLINE>
    Job                  n   Mean
    -----------------------------
    peer specialist  1,204  17.50
    other              310
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[str] = ()
    notes: Sequence[str] = ()
    indents: Sequence[int] = ()
    rules: Sequence[int] = ()
    style: StyleName = "plain"
    counts: Counts | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InputError(
                f"Table(): key={self.key!r} cannot be an HTML id.",
                "Begin with a letter; use letters, digits, '_' and '-'.",
            )
        columns = tuple(self.columns)
        if not columns:
            raise InputError(f"Table(): table {self.key!r} has no columns.", "Give at least one Column.")
        keys = [column.key for column in columns]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise InputError(
                f"Table(): table {self.key!r} has two columns with key {twice!r}.", "Rename one."
            )
        put = object.__setattr__  # the record is frozen; only here may it be completed
        put(self, "columns", columns)
        put(self, "rows", tuple(self._row(i, row) for i, row in enumerate(self.rows)))
        put(self, "lines", _texts(self.lines, "lines"))
        put(self, "notes", _texts(self.notes, "notes"))
        put(self, "indents", tuple(map(int, self.indents)))
        put(self, "rules", tuple(map(int, self.rules)))
        check_choice(self.style, tuple(STYLES), "style", "Table")
        self._check_places()

    def _check_places(self) -> None:
        n_rows, n_columns = len(self.rows), len(self.columns)
        if self.indents and (len(self.indents) != n_rows or min(self.indents) < 0):
            raise InputError(
                f"Table(): table {self.key!r} has {n_rows} rows and {len(self.indents)} indents.",
                "Give one indent a row, 0 or more, or none.",
            )
        cells = () if self.counts is None else (cell for each in self.counts.counts for cell in each.cells)
        places = [*((i, 0) for i in self.rules), *cells]
        wrong = next((at for at in places if not (0 <= at[0] < n_rows and 0 <= at[1] < n_columns)), None)
        if wrong is not None:
            raise InputError(
                f"Table(): table {self.key!r} has no row {wrong[0]} with a column {wrong[1]}, which its "
                "rules or counts name.",
                f"It has {n_rows} rows and {n_columns} columns; positions begin at 0.",
            )

    def _row(self, position: int, row: Iterable[Any]) -> tuple[Cell, ...]:
        cells = tuple(row)
        if len(cells) != len(self.columns):
            raise InputError(
                f"Table(): row {position} of table {self.key!r} has {len(cells)} cells, "
                f"the table has {len(self.columns)} columns.",
                "Give one cell a column; None is an empty one.",
            )
        place = f"row {position} of table {self.key!r}, column "
        return tuple(
            _plain(cell, f"{place}{column.key!r}") for cell, column in zip(cells, self.columns, strict=True)
        )

    def cells(self) -> tuple[tuple[str, ...], ...]:
        """Return the body as it is printed, for renderers.

        Returns
        -------
        tuple of tuple of str
            One text a cell; what `blank_repeats` hides is empty.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> job = Column(key="job", label="Job", blank_repeats=True)
        >>> share = Column(key="share", label="Share", kind="percent", digits=1)
        >>> ps.Table(key="t", title="T", columns=[job, share], rows=[("a", 0.725), ("a", 1)]).cells()
        (('a', '72.5%'), ('', '100.0%'))
        """
        style = STYLES[self.style]
        printed = [
            [
                cell.text_in(style)
                if isinstance(cell, Numbers)
                else format_cell(cell, column.kind, column.digits, style)
                for cell, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]
        for texts, (above, row) in zip(printed[1:], pairwise(self.rows), strict=True):
            for j, column in enumerate(self.columns):
                if not column.blank_repeats:
                    continue
                if above[j] != row[j]:
                    break
                texts[j] = ""
        return tuple(map(tuple, printed))

    def headings(self) -> tuple[str, ...]:
        """Return the columns' headings as they are printed, for renderers.

        Returns
        -------
        tuple of str
            One text a column.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> ratio = Column(key="ratio", label="OR (95% CI)")
        >>> ps.Table(key="t", title="T", columns=[ratio], rows=[], style="apa").headings()
        ('OR [95% CI]',)
        """
        return tuple(STYLES[self.style].heading(column.label) for column in self.columns)

    def spans(self) -> tuple[tuple[str, int, int], ...]:
        """Return the headings that columns share, for renderers.

        Returns
        -------
        tuple of (str, int, int)
            The heading, its first column and the column after its last; an empty heading where columns share
            none. Empty if no columns share a heading.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> columns = [Column(key="t", label="Term"), Column(key="p", label="p", group="Model 1")]
        >>> ps.Table(key="t", title="T", columns=columns, rows=[]).spans()
        (('', 0, 1), ('Model 1', 1, 2))
        """
        if not any(column.group for column in self.columns):
            return ()
        found: list[tuple[str, int, int]] = []
        for j, column in enumerate(self.columns):
            if found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1], j + 1)
            else:
                found.append((column.group, j, j + 1))
        return tuple(found)

    def indent(self, row: int) -> int:
        """Return how far a row's first cell stands in, for renderers.

        Parameters
        ----------
        row : int
            Position of the row.

        Returns
        -------
        int
            Steps, 0 if it does not.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> state = Column(key="state", label="State")
        >>> rows = [("State",), ("NC",)]
        >>> ps.Table(key="t", title="T", columns=[state], rows=rows, indents=[0, 1]).indent(1)
        1
        """
        return self.indents[row] if self.indents else 0

    def to_dict(self) -> dict[str, Any]:
        """Return the table as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Keys schema (1), key, title, columns, rows, lines and notes, and where they are not the default
            indents, rules and style. Values are unrounded; `Numbers` are their pattern, values and digits;
            NaN is None, infinities are the texts "inf" and "-inf", which `float` reads back.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> df = Column(key="df", label="df", kind="number")
        >>> ps.Table(key="t", title="T", columns=[df], rows=[(float("inf"),)]).to_dict()["rows"]
        [['inf']]
        """
        return {
            "schema": 1,
            "key": self.key,
            "title": self.title,
            "columns": [
                {
                    "key": c.key,
                    "label": c.label,
                    "kind": c.kind,
                    "digits": c.digits,
                    **({"group": c.group} if c.group else {}),
                }
                for c in self.columns
            ],
            "rows": [[_json(cell) for cell in row] for row in self.rows],
            "lines": list(self.lines),
            "notes": list(self.notes),
            **({"indents": list(self.indents)} if any(self.indents) else {}),
            **({"rules": list(self.rules)} if self.rules else {}),
            **({} if self.style == "plain" else {"style": self.style}),
        }


def _json(cell: Cell) -> Any:
    if isinstance(cell, Numbers):
        return {
            "pattern": cell.pattern,
            "values": [_json(value) for value in cell.values],
            "digits": cell.digits,
        }
    if isinstance(cell, float) and not math.isfinite(cell):
        return None if math.isnan(cell) else str(cell)
    return cell
