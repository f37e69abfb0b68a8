"""R beside peerstats: one R process a call, asked for a turn when its turn comes; the clock is R's own.

The R script lies beside the Python one and ends in `serve` of `_peer.R`, where the protocol is written
down.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _timing import Contestant, Timed, absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["r_contestant"]

_NOT_INSTALLED = 3


def _write(folder: Path, data: pd.DataFrame) -> None:
    """Write each column as doubles: numbers as they are, words as the codes of their levels."""
    lines = []
    for place, name in enumerate(data.columns, 1):
        column = data[name]
        levels: list[str] = []
        if column.dtype.kind in "iufb":
            values = column.to_numpy(float)
        else:
            words, codes = np.unique(column.to_numpy(object).astype(str), return_inverse=True)
            levels, values = list(words), codes.astype(float)
        values.tofile(folder / f"{place}.bin")
        lines.append("\t".join([str(name), *levels]))
    (folder / "columns.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


class _Session:
    """An R process that has its data and waits."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, _: object) -> Timed:
        assert self._process.stdin is not None  # noqa: S101  (both are pipes)
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("R ended in the middle of its work; its error stands above.")
        seconds, megabytes, *value = (float("nan") if word == "NA" else float(word) for word in line.split())
        return Timed(seconds=seconds, megabytes=megabytes, value=np.array(value))


@contextmanager
def r_contestant(
    peer: str, call: str, data: pd.DataFrame, *arguments: float, **how: Any
) -> Iterator[Contestant]:
    """Start R with the data and give the contestant; where R or the package is not installed, an absent one.

    Parameters
    ----------
    peer : str
        Its name in the table.
    call : str
        Which of the calls of the R script that lies beside the running script.
    data : DataFrame
        What R reads.
    *arguments : float
        Numbers that the call takes.
    **how
        `goal`, `note` and `turns` of the contestant. Its numbers are what the call returns, if `compared`.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        yield absent(peer, "R is not installed")
        return
    compared = how.pop("compared", True)
    script = Path(sys.modules["__main__"].__file__ or "").with_suffix(".R")
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), data)
        process = subprocess.Popen(
            [rscript, str(script), folder, call, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=script.parent,
        )
        try:
            if _missing(process):
                yield absent(peer, "its R package is not installed")
            else:
                numbers = {"numbers": lambda timed: timed.value} if compared else {}
                yield Contestant(peer=peer, work=_Session(process), **numbers, **how)
        finally:
            process.kill()
            process.communicate()


def _missing(process: subprocess.Popen[str]) -> bool:
    """Wait for the first line, which says that the packages are there, or for the end."""
    assert process.stdout is not None  # noqa: S101  (a pipe)
    if process.stdout.readline().strip() == "ready":
        return False
    if process.wait() == _NOT_INSTALLED:
        return True
    raise RuntimeError("R ended before its work began; its error stands above.")
