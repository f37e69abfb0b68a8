r"""Table to LaTeX with the rules of booktabs; every text is escaped here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from peerstats.results._latex_signs import escape_latex, needs_of_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results._table import Table

__all__ = ["render_latex"]

_NEGATIVE = re.compile(r"(?<![\w.)}])-(?=[\d.])")
# Widest body in characters, its size, and whether the page lies on its side: measured with the class article
_SIZES = (
    (64, "", False),
    (78, r"\footnotesize", False),
    (86, r"\scriptsize", False),
    (126, r"\footnotesize", True),
    (138, r"\scriptsize", True),
    (168, r"\tiny", True),
)
_SHRUNK = (0, r"\tiny", True)  # still wider: drawn smaller
_LONGEST = 40  # characters of a text column above which its lines are broken


def _number(text: str) -> str:
    """Return a printed number with a minus sign where it has a hyphen."""
    return _NEGATIVE.sub(r"$-$", escape_latex(text))


def _align(cells: Sequence[Sequence[str]], table: Table) -> str:
    found = []
    for j, column in enumerate(table.columns):
        if column.kind != "text":
            found.append("r")
        elif max((len(row[j]) for row in cells), default=0) > _LONGEST:
            found.append(r">{\raggedright\arraybackslash}p{0.35\linewidth}")
        else:
            found.append("l")
    return "".join(found)


def _span_lines(table: Table) -> list[str]:
    if not table.spans():
        return []
    heads = [
        rf"\multicolumn{{{last - first}}}{{c}}{{{escape_latex(text)}}}" if text else "& " * (last - first - 1)
        for text, first, last in table.spans()
    ]
    rules = [rf"\cmidrule(lr){{{first + 1}-{last}}}" for text, first, last in table.spans() if text]
    return [" & ".join(heads) + r" \\", " ".join(rules)]


def render_latex(table: Table) -> str:
    """Return a table as a floating `table`."""
    cells = table.cells()
    numbers = [column.kind != "text" for column in table.columns]
    lengths = [max(len(row[j]) for row in (*cells, table.headings())) for j in range(len(table.columns))]
    width = sum(min(length, _LONGEST) + 2 for length in lengths)
    most, size, lies = next((each for each in _SIZES if width <= each[0]), _SHRUNK)
    packages = ["array", "booktabs", *(["lscape"] if lies else []), *([] if most else ["graphicx"])]
    texts = [
        table.title,
        *table.lines,
        *table.notes,
        *table.headings(),
        *(text for text, *_ in table.spans()),
    ]
    letters = needs_of_letters(" ".join([*texts, *(text for row in cells for text in row)]))
    lines = [
        rf"% needs \usepackage{{{','.join(packages)}}}",
        *([letters] if letters else []),
        *([r"\begin{landscape}"] if lies else []),
        rf"\begin{{table}}[{'p' if lies else 'htbp'}]",
        r"\centering",
        rf"\caption{{{escape_latex(table.title)}}}",
        rf"\label{{tab:{table.key}}}",
    ]
    if table.lines:
        lines.append(_below(table.lines))
    if size:
        lines += [size, r"\setlength{\tabcolsep}{3pt}"]
    lines += [] if most else [r"\resizebox{\linewidth}{!}{%"]
    lines += [rf"\begin{{tabular}}{{{_align(cells, table)}}}", r"\toprule", *_span_lines(table)]
    heads = [
        escape_latex(text) if not number else rf"\multicolumn{{1}}{{r}}{{{escape_latex(text)}}}"
        for text, number in zip(table.headings(), numbers, strict=True)
    ]
    lines += [" & ".join(heads) + r" \\", r"\midrule"]
    for i, row in enumerate(cells):
        if i in table.rules:
            lines.append(r"\midrule")
        shown = [
            _number(text) if number else escape_latex(text) for text, number in zip(row, numbers, strict=True)
        ]
        indent = table.indent(i)
        if indent:
            shown[0] = rf"\hspace*{{{indent}em}}{shown[0]}"
        lines.append(" & ".join(shown) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}" if most else r"\end{tabular}}"]
    if table.notes:
        lines.append(_below(table.notes))
    return "\n".join([*lines, r"\end{table}", *([r"\end{landscape}"] if lies else []), ""])


def _below(texts: Sequence[str]) -> str:
    body = "\\\\\n".join(map(escape_latex, texts))
    begin = "\\par\\smallskip\n\\begin{minipage}{\\linewidth}\\footnotesize\\raggedright"
    return f"{begin}\n{body}\n\\end{{minipage}}\\par\\smallskip"
