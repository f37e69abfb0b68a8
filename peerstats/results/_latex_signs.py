# ruff: noqa: RUF001  (signs that look alike are told apart here)
r"""Text to LaTeX, and what a document needs for its letters.

What pdflatex has was found by compiling each sign (LaTeX 2022-11-01, class article, no other package).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["escape_latex", "needs_of_letters"]

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    '"': "''",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # after the end of a row these would be options of it
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "\N{NO-BREAK SPACE}": "~",
}
# Letters and signs of formulas by their commands; omicron and capitals that look Latin have none.
_NAMES = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "ς": "varsigma",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Γ": "Gamma",
    "Δ": "Delta",
    "Θ": "Theta",
    "Λ": "Lambda",
    "Ξ": "Xi",
    "Π": "Pi",
    "Σ": "Sigma",
    "Υ": "Upsilon",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Ω": "Omega",
    "∆": "Delta",
    "≤": "leq",
    "≥": "geq",
    "≠": "neq",
    "≈": "approx",
    "≡": "equiv",
    "∼": "sim",
    "∞": "infty",
    "∑": "sum",
    "∂": "partial",
    "∈": "in",
    "∩": "cap",
    "∪": "cup",
    "√": "surd",
    "′": "prime",
    "⇒": "Rightarrow",
    "↔": "leftrightarrow",
}
_SIGNS = {
    **_COMMANDS,
    "ο": "$o$",
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", (rf"$\mathrm{{{letter}}}$" for letter in "ABEZHIKMNOPTX"), strict=True)),
    **{sign: rf"$\{name}$" for sign, name in _NAMES.items()},
    "\N{MINUS SIGN}": "$-$",
    **{sign: rf"\textsuperscript{{{i}}}" for i, sign in zip("0456789", "⁰⁴⁵⁶⁷⁸⁹", strict=True)},
    **{sign: rf"\textsubscript{{{i}}}" for i, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
# Printable as they are: Latin-1, Latin Extended-A, and punctuation and signs besides
_MORE = "ȘșȚțˆˇ˘˙˜˝‐‑‒–—―‖‘’“”†‡•…‰‱※‽⁄⁎⁒₡₤₦₩₫€₱℃№℗℞℠™Ω℧℮←↑→↓"
_ABSENT = "ĦħĸĿŀŉŦŧſ"
_T1 = "«»ÐÞðþĄąĘęĮįŲųĐđŊŋ‚„‹›˛"


def _is_plain(letter: str) -> bool:
    return (letter <= "\N{LATIN SMALL LETTER Z WITH CARON}" and letter not in _ABSENT) or letter in _MORE


def _line(text: str) -> str:
    """Put text on one line, an accent and its letter as one sign."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def escape_latex(text: str) -> str:
    """Return text with every sign that LaTeX reads as a command made harmless, on one line.

    Greek letters and signs of formulas become commands; other letters stay as they are.
    """
    line = _line(text)
    spelt = "".join(_SIGNS.get(letter, letter) for letter in line if letter.isprintable() or letter in _SIGNS)
    # two hyphens would print as one dash
    return re.sub("-(?=-)", "-{}", spelt)


def needs_of_letters(text: str) -> str:
    """Say in a comment what a document needs for the letters of a text; empty where it needs nothing.

    Parameters
    ----------
    text : str
        All texts of a table.

    Returns
    -------
    str
        A line of LaTeX that begins with a per cent sign, or nothing.
    """
    found = dict.fromkeys(x for x in _line(text) if x.isprintable() and x not in _SIGNS)
    strange = [letter for letter in found if not _is_plain(letter) and letter not in _T1]
    if strange:
        shown = " ".join(strange[:5])
        return (
            "% needs lualatex or xelatex with \\usepackage{fontspec} and a font that has such letters: "
            f"\\setmainfont{{...}}; pdflatex has no {shown}"
        )
    return r"% needs \usepackage[T1]{fontenc}" if any(letter in _T1 for letter in found) else ""
