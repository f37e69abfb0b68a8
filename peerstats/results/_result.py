"""What all results have in common: they print as tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from peerstats._core.labels import Words, grouped
from peerstats.results._html import html_or_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats._core.labels import Labels
    from peerstats.results._table import Table

__all__ = ["LabelledResult", "Printed", "Result", "with_codebook"]

_Result = TypeVar("_Result", bound="LabelledResult")


class Printed(str):
    r"""Text that shows as itself at the prompt, line breaks and all.

    Examples
    --------
    >>> from peerstats.results import Printed
    >>> Printed("two\nlines")
    two
    lines
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text itself."""
        return str(self)


class Result(ABC):
    """Base of result records: give it `tables()` and it prints.

    A subclass is a frozen record with slots. Its printed face is this class's, whatever `@dataclass`
    would write.

    Examples
    --------
    >>> import peerstats as ps
    >>> from dataclasses import dataclass
    >>> from peerstats.results import Column, Result
    >>> @dataclass(frozen=True, slots=True, kw_only=True, eq=False)
    ... class Count(Result):
    ...     n: int
    ...
    ...     def tables(self):
    ...         column = Column(key="n", label="n", kind="integer")
    ...         return (ps.Table(key="count", title="Rows", columns=[column], rows=[(self.n,)]),)
    >>> Count(n=6394)
    Rows
    <BLANKLINE>
        n
    -----
    6,394
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # @dataclass writes its own __repr__ unless the class body holds one
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    @abstractmethod
    def tables(self) -> tuple[Table, ...]:
        """Return the result as tables, the main one first.

        Returns
        -------
        tuple of Table
            At least one.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column, Result
        >>> class Nothing(Result):
        ...     def tables(self):
        ...         return (ps.Table(key="t", title="T", columns=[Column(key="a", label="A")], rows=[]),)
        >>> [table.title for table in Nothing().tables()]
        ['T']
        """

    def summary(self) -> Printed:
        """Return all tables as text.

        Returns
        -------
        Printed
            Text that shows as itself at the prompt.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column, Result
        >>> class Nothing(Result):
        ...     def tables(self):
        ...         return (ps.Table(key="t", title="T", columns=[Column(key="a", label="A")], rows=[]),)
        >>> Nothing().summary()
        T
        <BLANKLINE>
        A
        -
        """
        return Printed("\n\n\n".join(table.to_text() for table in self.tables()))

    def __repr__(self) -> str:
        """Return the first table as text."""
        return self.tables()[0].to_text()

    def _repr_html_(self) -> str:
        """Return all tables for a notebook: HTML, or text where great_tables is not installed."""
        return html_or_text(self.tables())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LabelledResult(Result):
    """Base of results that are made of data: they print and draw the labels of its codebook.

    Frames and `to_dict()` keep the names of the data.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.results import LabelledResult
    >>> result = ps.estimate(pd.DataFrame({"wage": [16.0, 17.5, 19.0]}), "wage")
    >>> isinstance(result, LabelledResult), result.codebook is None
    (True, True)
    """

    codebook: Labels | None = field(default=None, repr=False)

    def _words(self) -> Words:
        """Return what columns and values are called in print."""
        return Words(self.codebook)


def with_codebook(result: _Result, data: Any, by: str | Sequence[str] | None = None) -> _Result:
    """Return a result that takes its words from the codebook of the data it was made of.

    Every public call that takes data and gives a result ends with this.

    Parameters
    ----------
    result : LabelledResult
        The result.
    data : object
        The data as the caller gave it: a `Survey`, or a frame, which has no codebook.
    by : str or sequence of str, optional
        Columns of the groups.

    Returns
    -------
    LabelledResult
        The same result with the codebook; itself where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.results import with_codebook
    >>> jobs = pd.DataFrame({"wage": [16.0, 17.5, 19.0]})
    >>> result = ps.estimate(jobs, "wage")
    >>> with_codebook(result, jobs) is result
    True
    """
    book = grouped(data, by)
    return result if book is None else replace(result, codebook=book)
