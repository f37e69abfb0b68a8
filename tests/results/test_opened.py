# ruff: noqa: RUF001  (letters are tried as they are)
"""What is written opens in the programs it is for: pdflatex compiles it, LibreOffice reads it.

Run by `.ci/run`, which installs both: ``pytest -m opened``.
"""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from peerstats.results import Column, Numbers, Table
from peerstats.results._latex_signs import needs_of_letters

pytestmark = pytest.mark.opened

_SPEC = importlib.util.spec_from_file_location("awkward", Path(__file__).with_name("awkward.py"))
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
# every sign of the keyboard in one label
KEYBOARD = "".join(map(chr, range(32, 127)))
TABLE = replace(_MODULE.AWKWARD, rows=[*_MODULE.AWKWARD.rows, (KEYBOARD, None, None, -0.5, None)], indents=[])
LONG = replace(
    TABLE,
    key="long",
    columns=[Column(key="a", label="A"), Column(key="b", label="B", kind="number")],
    rows=[(f"A row with a label that is longer than its column is wide, number {i}", i) for i in range(120)],
    rules=[],
)
EFFECT = Numbers(pattern="estimate_interval", values=(-0.123, -0.256, -0.012), digits=3)


def wide(n):
    """Return a table of n estimates with limits and p-values."""
    columns = [Column(key="term", label="Term")]
    for j in range(n):
        columns.append(Column(key=f"k{j}", label="AME (95% CI)", kind="number", group=f"Model {j}"))
        columns.append(Column(key=f"p{j}", label="p", kind="p_value", group=f"Model {j}"))
    rows = [("a level of some variable", *[EFFECT, 0.0004] * n)] * 3
    return Table(key=f"wide{n}", title="Wide", columns=columns, rows=rows)


PREAMBLE = r"\documentclass{article}\usepackage{array,booktabs,lscape,graphicx}\begin{document}"


def run(folder, *command):
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed: run .ci/run"
    return subprocess.run(  # noqa: S603  (our own file)
        [program, *command[1:]], cwd=folder, check=False, capture_output=True, text=True, timeout=300
    )


def words(pdf):
    return run(pdf.parent, "pdftotext", "-layout", pdf.name, "-").stdout


def test_pdflatex_compiles_a_table_of_awkward_labels(tmp_path):
    (tmp_path / "t.tex").write_text(f"{PREAMBLE}\n{TABLE.to_latex()}\\end{{document}}\n", encoding="utf-8")
    done = run(tmp_path, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "t.log").read_text(encoding="latin-1")
    text = words(tmp_path / "t.pdf")
    assert re.search(r"0\.50 \(0\.25, 0\.98\)", text)
    assert "50% of R&D costs $5" in text
    assert "=SUM(A1:A9)" in text


# all that pdflatex is said to have without another package, and what it has with T1
PLAIN = "".join(
    letter
    for letter in map(chr, range(0xA0, 0x24FF))
    if letter.isprintable() and not needs_of_letters(letter)
)
WITH_T1 = "".join(
    letter
    for letter in map(chr, range(0xA0, 0x24FF))
    if letter.isprintable() and "fontenc" in needs_of_letters(letter)
)


@pytest.mark.parametrize(("letters", "more"), [(PLAIN, ""), (WITH_T1, r"\usepackage[T1]{fontenc}")])
def test_pdflatex_has_the_letters_that_need_nothing_else(tmp_path, letters, more):
    rows = [(letters[i : i + 30], i) for i in range(0, len(letters), 30)]
    table = replace(LONG, title=letters[:30], rows=rows, notes=[letters[-30:]])
    preamble = PREAMBLE.replace(r"\usepackage{", f"{more}\\usepackage{{", 1)
    (tmp_path / "t.tex").write_text(f"{preamble}\n{table.to_latex()}\\end{{document}}\n", encoding="utf-8")
    done = run(tmp_path, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "t.log").read_text(encoding="latin-1")
    # accents come out of the page as signs of their own, letters of T1 as pictures
    assert more or all(letter in words(tmp_path / "t.pdf") for letter in "–≤α")


def test_a_table_of_any_width_fits_its_page_in_latex(tmp_path):
    body = "\n".join(wide(n).to_latex() for n in range(1, 11))
    (tmp_path / "t.tex").write_text(f"{PREAMBLE}\n{body}\\end{{document}}\n", encoding="utf-8")
    done = run(tmp_path, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


def test_no_number_of_a_wide_word_table_is_broken(tmp_path):
    wide(5).to_docx(tmp_path / "wide.docx")
    profile = (tmp_path / "profile").as_uri()
    convert = ("--headless", "--convert-to", "pdf", "wide.docx")
    assert run(tmp_path, "soffice", f"-env:UserInstallation={profile}", *convert).returncode == 0
    text = words(tmp_path / "wide.pdf").replace("\N{MINUS SIGN}", "-")
    assert text.count("-0.123 (-0.256, -0.012)") == text.count("<0.001") == 15


def test_libreoffice_opens_a_word_table_and_repeats_its_headings(tmp_path):
    for table in (TABLE, LONG):
        table.to_docx(tmp_path / f"{table.key}.docx")
    profile = (tmp_path / "profile").as_uri()
    done = run(
        tmp_path,
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "pdf",
        "awkward.docx",
        "long.docx",
    )
    assert done.returncode == 0, done.stderr
    text = words(tmp_path / "awkward.pdf")
    assert "0.50 (0.25, 0.98)" in text
    assert "$5_000 {#1}" in text
    assert "448 of 591" in text
    pages = words(tmp_path / "long.pdf").rstrip("\f\n").split("\f")
    assert len(pages) > 1
    assert all(re.search(r"^\s*A\s+B\s*$", page, re.MULTILINE) for page in pages)
