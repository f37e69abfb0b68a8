# ruff: noqa: RUF001  (letters are tried as they are)
r"""Letters beyond ASCII in LaTeX; that they compile is in test_opened.py."""

import pytest

import peerstats as ps
from peerstats.results import Column


def latex(label):
    column = Column(key="a", label="A")
    return ps.Table(key="t", title="T", columns=[column], rows=[(label,)]).to_latex()


@pytest.mark.parametrize(
    ("label", "spelt"),
    [
        ("café – “x” … 5 × 3 ± 1", "café – “x” … 5 × 3 ± 1"),
        ("α ≤ β, χ², Δ ≥ −1", r"$\alpha$ $\leq$ $\beta$, $\chi$², $\Delta$ $\geq$ $-$1"),
        ("R₀ and 10⁴", r"R\textsubscript{0} and 10\textsuperscript{4}"),
        ("cafe\u0301", "café"),
        ("Α and Ω", r"$\mathrm{A}$ and $\Omega$"),
    ],
)
def test_latin_greek_and_signs_of_formulas_need_no_package(label, spelt):
    assert latex(label).count("% needs") == 1
    assert f"\n{spelt} \\\\\n" in latex(label)


def test_letters_of_the_t1_encoding_are_told():
    assert "\n% needs \\usepackage[T1]{fontenc}\n" in latex("Wałęsa «Đ»")


@pytest.mark.parametrize("label", ["Работа", "仕事", "עבודה", "Ḥ", "Wałęsa и"])
def test_letters_that_pdflatex_does_not_have_are_told_and_kept(label):
    text = latex(label)
    assert "% needs lualatex or xelatex with \\usepackage{fontspec}" in text
    assert label in text
    assert "fontenc" not in text
