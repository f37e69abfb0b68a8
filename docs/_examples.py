"""Run the examples of the pages: what a page prints is what peerstats prints.

A `pycon` block holds `>>>` lines with their output, a `console` block `$ peerstats ...` lines with
theirs. The blocks of one page run in order, in one folder. `python docs/_examples.py` writes the
present output into the pages.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["Example", "matches", "pages", "run_page"]

_FENCE = re.compile(r"^```(pycon|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PROMPTS = {"pycon": (">>> ", "... "), "console": ("$ ", "> ")}
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One input of a page.

    Attributes
    ----------
    line : int
        Its line in the page, from 1.
    source : str
        What is run.
    expected, printed : str
        What the page says comes out, and what does.
    """

    line: int
    source: str
    expected: str
    printed: str


def pages() -> list[Path]:
    """List the pages that are written by hand."""
    made = {HERE / "reference" / name for name in ("generated", "instruments", "norms")}
    return [path for path in sorted(HERE.rglob("*.md")) if not made & set(path.parents)]


def _split(kind: str, body: str) -> Iterator[tuple[int, str, str]]:
    """Give the line, source and expected output of each input of a block."""
    first, more = _PROMPTS[kind]
    lines = body.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(first)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        stop = start + 1
        while stop < end and lines[stop].startswith(more.rstrip()):
            stop += 1
        source = "\n".join(line[len(first) :] for line in lines[start:stop])
        yield start, source, "\n".join(lines[stop:end]).strip("\n")


def _run_python(source: str, names: dict[str, Any]) -> None:
    hook, sys.displayhook = sys.displayhook, sys.__displayhook__
    try:
        exec(compile(source + "\n", "<page>", "single"), names)  # noqa: S102  (our own pages)
    except Exception as error:  # noqa: BLE001  (a page may show any error)
        kind = type(error)
        print(f"Traceback (most recent call last):\n  ...\n{kind.__module__}.{kind.__qualname__}: {error}")  # noqa: T201
    finally:
        sys.displayhook = hook


def _run_command(source: str) -> None:
    from click.testing import CliRunner  # noqa: PLC0415  (building the docs runs nothing)

    from peerstats.cli import main  # noqa: PLC0415

    name, *arguments = shlex.split(source.replace("\\\n", " "))
    if name != "peerstats":
        raise ValueError(f"a console block runs {name!r}; only peerstats is run")
    print(CliRunner().invoke(main, arguments).output)  # noqa: T201


def run_page(page: Path, folder: str | os.PathLike[str]) -> list[Example]:
    """Run the blocks of a page in a folder and return what each input prints."""
    text = page.read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "__main__"}
    done = []
    with contextlib.chdir(folder):
        for block in _FENCE.finditer(text):
            kind, body = block.groups()
            above = text.count("\n", 0, block.start()) + 2
            for line, source, expected in _split(kind, body):
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    _run_python(source, names) if kind == "pycon" else _run_command(source)
                printed = "\n".join(part.rstrip() for part in out.getvalue().splitlines()).strip("\n")
                done.append(Example(line=above + line, source=source, expected=expected, printed=printed))
    return done


def matches(expected: str, printed: str) -> bool:
    """Say whether an output is what the page shows, where ``...`` stands for anything."""
    return doctest.OutputChecker().check_output(f"{expected}\n", f"{printed}\n", doctest.ELLIPSIS)


def _rewrite(page: Path) -> int:
    """Write the present output into a page and return how many changed; what matches stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        done = {example.line: example for example in run_page(page, folder)}
    text = page.read_text(encoding="utf-8")

    def block(found: re.Match[str]) -> str:
        kind, body = found.groups()
        first, more = _PROMPTS[kind]
        above = text.count("\n", 0, found.start()) + 2
        parts = []
        for line, source, expected in _split(kind, body):
            prompts = [f"{more if i else first}{part}".rstrip() for i, part in enumerate(source.split("\n"))]
            printed = done[above + line].printed
            kept = expected if matches(expected, printed) else printed
            parts.append("\n".join([*prompts, kept] if kept else prompts))
            # an empty line sets apart what follows several lines of output
            parts[-1] += "\n" if "\n\n" in kept else ""
        return f"```{kind}\n" + "\n".join(parts).rstrip("\n") + "\n```"

    new = _FENCE.sub(block, text)
    if new != text:
        page.write_text(new, encoding="utf-8")
    return sum(not matches(example.expected, example.printed) for example in done.values())


if __name__ == "__main__":
    for each in pages():
        print(f"{each.relative_to(HERE)}: {_rewrite(each)} outputs changed")  # noqa: T201
