"""What a table does to be read: text, HTML, LaTeX, Word, Markdown and CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from peerstats.errors import InputError
from peerstats.results._csv import render_csv
from peerstats.results._docx import write_docx
from peerstats.results._html import html_or_text, render_html
from peerstats.results._latex import render_latex
from peerstats.results._markdown import render_markdown
from peerstats.results._suppress import suppress_counts
from peerstats.results._text import render_text

if TYPE_CHECKING:
    import os

    from peerstats.results._table import Table

__all__ = ["Rendered"]

_ENDINGS = (".html", ".tex", ".docx", ".md", ".csv", ".txt")


class Rendered:
    """The renderers, as methods of `Table`."""

    __slots__ = ()

    @property
    def _table(self) -> Table:
        return cast("Table", self)

    def to_text(self) -> str:
        r"""Return the table as plain text.

        Returns
        -------
        str
            Title, lines, table and notes, in lines of at most 100 characters unless the numbers need more.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> n = Column(key="n", label="n", kind="integer")
        >>> ps.Table(key="t", title="Rows", columns=[n], rows=[(6394,)]).to_text()
        'Rows\n\n    n\n-----\n6,394'
        """
        return render_text(self._table)

    def to_html(self) -> str:
        """Return the table as HTML with its styles, to be put into a page.

        Returns
        -------
        str
            A `div` whose id is the table's key. Text is escaped, so none of it becomes markup; the
            same table gives the same characters.

        Raises
        ------
        MissingExtraError
            If great_tables is not installed.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> n = Column(key="n", label="n", kind="integer")
        >>> ps.Table(key="t", title="Rows", columns=[n], rows=[(6394,)]).to_html()[:11]
        '<div id="t"'
        """
        return render_html(self._table)

    def to_latex(self) -> str:
        r"""Return the table as LaTeX: a floating `table` with caption, label and notes.

        Returns
        -------
        str
            The rules are those of booktabs; the label is "tab:" and the table's key. Text is escaped, so
            none of it becomes a command. The preamble needs ``\usepackage{array,booktabs}``, for a
            table that is too wide for an upright page also ``lscape`` and, wider still, ``graphicx``: its
            first line says which. A second line says what letters need that pdflatex does not print by
            itself: ``\usepackage[T1]{fontenc}`` for some of Latin ones, lualatex or xelatex and a font for
            Cyrillic, Chinese and others. Greek letters and signs such as ≤, × and − need nothing. Nothing is
            transliterated.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> share = Column(key="share", label="Share, %", kind="number", digits=1)
        >>> table = ps.Table(key="t", title="R&D", columns=[share], rows=[(-6.25,)])
        >>> print(table.to_latex())
        % needs \usepackage{array,booktabs}
        \begin{table}[htbp]
        \centering
        \caption{R\&D}
        \label{tab:t}
        \begin{tabular}{r}
        \toprule
        \multicolumn{1}{r}{Share, \%} \\
        \midrule
        $-$6.2 \\
        \bottomrule
        \end{tabular}
        \end{table}
        <BLANKLINE>
        """
        return render_latex(self._table)

    def to_markdown(self) -> str:
        """Return the table as Markdown with pipes, as GitHub, Quarto and pandoc read it.

        Returns
        -------
        str
            Text is escaped; a heading that columns share stands before each of theirs.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> n = Column(key="n", label="n", kind="integer")
        >>> print(ps.Table(key="t", title="Rows", columns=[n], rows=[(6394,)]).to_markdown())
        **Rows**
        <BLANKLINE>
        |     n |
        | ----: |
        | 6,394 |
        <BLANKLINE>
        """
        return render_markdown(self._table)

    def to_csv(self, *, rounded: bool = True) -> str:
        """Return headings and rows as CSV; title, lines and notes are left out.

        Parameters
        ----------
        rounded : bool
            Whether numbers are those that every other format prints, to the last sign, or have all their
            digits, without thousands separators, percent signs and the cells that repeats leave empty.

        Returns
        -------
        str
            Numbers that share a cell elsewhere, as an estimate and its limits, get columns of their own.
            Text that begins with "=", "+", "-", "@", a tab or a carriage return gets an apostrophe before
            it, so that no spreadsheet runs it; negative numbers stay numbers.

        Examples
        --------
        >>> import peerstats as ps
        >>> from peerstats.results import Column
        >>> job = Column(key="job", label="Job")
        >>> gap = Column(key="gap", label="Gap", kind="number", digits=1)
        >>> table = ps.Table(key="t", title="T", columns=[job, gap], rows=[("=1+1", -1234.56)])
        >>> print(table.to_csv().strip())
        Job,Gap
        '=1+1,"-1,234.6"
        >>> print(table.to_csv(rounded=False).strip())
        Job,Gap
        '=1+1,-1234.56
        """
        return render_csv(self._table, rounded=rounded)

    def to_docx(self, path: str | os.PathLike[str]) -> None:
        """Write the table as a Word document: a real table with caption, three lines and notes.

        Headings are repeated on every page; no row breaks across pages; a wide table lies on its side.

        Parameters
        ----------
        path : str or path
            Where to write.

        Raises
        ------
        MissingExtraError
            If python-docx is not installed.

        Examples
        --------
        >>> import peerstats as ps
        >>> import tempfile
        >>> from pathlib import Path
        >>> from peerstats.results import Column
        >>> n = Column(key="n", label="n", kind="integer")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ps.Table(key="t", title="Rows", columns=[n], rows=[(6394,)]).to_docx(Path(folder) / "t.docx")
        ...     (Path(folder) / "t.docx").read_bytes()[:2]
        b'PK'
        """
        write_docx(self._table, path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table as the path's ending says.

        Parameters
        ----------
        path : str or path
            Ends in .html, .tex, .docx, .md, .csv or .txt. CSV is rounded, and begins with a byte order mark,
            by which Excel knows UTF-8.

        Raises
        ------
        InputError
            If the ending is another.
        MissingExtraError
            If great_tables, for HTML, or python-docx is not installed.

        Examples
        --------
        >>> import peerstats as ps
        >>> import tempfile
        >>> from pathlib import Path
        >>> from peerstats.results import Column
        >>> n = Column(key="n", label="n", kind="integer")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ps.Table(key="t", title="Rows", columns=[n], rows=[(6394,)]).save(Path(folder) / "t.md")
        ...     (Path(folder) / "t.md").read_text()[:8]
        '**Rows**'
        """
        ending = Path(path).suffix.lower()
        if ending not in _ENDINGS:
            raise InputError(
                f"save(): {Path(path).name!r} ends in {ending!r}, which no table is written as.",
                f"Choose one of {', '.join(_ENDINGS)}.",
            )
        if ending == ".docx":
            self.to_docx(path)
            return
        made = {
            ".html": self.to_html,
            ".tex": self.to_latex,
            ".md": self.to_markdown,
            ".csv": self.to_csv,
            ".txt": self.to_text,
        }
        text = made[ending]().rstrip("\n") + "\n"
        encoding = "utf-8-sig" if ending == ".csv" else "utf-8"
        Path(path).write_text(text, encoding=encoding, newline="\n")

    def suppress(self, below: int = 11, *, zeros: bool = False) -> Table:
        """Return the table without its small counts and without what they could be worked out from.

        Parameters
        ----------
        below : int
            The smallest count that may be shown: 11 for federal health data, often 5 elsewhere.
        zeros : bool
            Whether zeros are suppressed too.

        Returns
        -------
        Table
            "[s]" stands for a count that is kept back, its percentage and what else is computed from it; a
            note says how many are. The counts themselves are in no part of the record.

        Raises
        ------
        InputError
            If the table does not say which cells are counts, or a count cannot be kept back because the
            table's text tells it.

        Notes
        -----
        A small count is hidden, and then, as long as a hidden count can be worked out from the shown ones
        and the sums they stand in (whole numbers of 0 or more that leave it one value), another count of
        such a sum. Federal health data: no count of 1 to 10 is shown or can be derived, also not from
        percentages; a zero may be (CMS cell size suppression policy). That policy holds for people left out
        too: lines and notes are text and stay as they are, so read them. Two tables of the same people can
        together reveal what neither does alone; R `sdcTable` protects linked tables.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> people = pd.DataFrame({"sex": ["f"] * 40 + ["m"] * 40, "paid": (["yes"] * 36 + ["no"] * 4) * 2})
        >>> table = ps.crosstab(people, "sex", "paid").tables()[1].suppress(11)
        >>> [row[:3] for row in table.rows]
        [('f', 'no', '[s]'), ('f', 'yes', '[s]'), ('m', 'no', '[s]'), ('m', 'yes', '[s]')]
        """
        return suppress_counts(self._table, below, zeros=zeros)

    def __repr__(self) -> str:
        """Return the table as text."""
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_or_text([self._table])
