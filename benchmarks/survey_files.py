"""Read a Qualtrics export of 2,000 rows x 5,000 columns, simulated, as numbers, as words and in UTF-16.

Every reading is a fresh process, which has read a small file before the clock starts. Beside it pandas
alone reads the same cells as text, without labels, kinds or missing codes.

    python benchmarks/survey_files.py [--quick] [--rows 2000] [--columns 5000] [--rounds 3]
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _timing import Contestant, Row, Timed, command, contest, peak

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

META = {
    "StartDate": ("Start Date", "startDate"),
    "EndDate": ("End Date", "endDate"),
    "Status": ("Response Type", "status"),
    "Progress": ("Progress", "progress"),
    "Finished": ("Finished", "finished"),
    "ResponseId": ("Response ID", "_recordId"),
}
WORDS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


def _write_export(path: Path, n: int, k: int, *, words: bool, rng: np.random.Generator) -> None:
    """Write an export: six columns of its own, choices with a tenth blank, each fiftieth column free text."""
    names = [*META, *(f"Q{i}_{j}" for i in range(1, 1 + k // 10) for j in range(1, 11))][:k]
    texts = [label for label, _ in META.values()]
    texts += [f"How much do you agree?\nStatement {name}, as printed" for name in names[len(META) :]]
    ids = [key for _, key in META.values()] + [f"QID{i}" for i in range(len(names) - len(META))]
    text_export = path.suffix == ".tsv"
    with path.open("w", encoding="utf-16" if text_export else "utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if text_export else ",")
        writer.writerow(names)
        writer.writerow(texts)
        writer.writerow([json.dumps({"ImportId": key}) for key in ids])
        for i in range(n):
            answers = rng.integers(1, 6, size=len(names))
            blank = rng.random(len(names)) < 0.1
            cells = [
                "" if gone else WORDS[x - 1] if words else str(x)
                for x, gone in zip(answers.tolist(), blank.tolist(), strict=True)
            ]
            for j in range(len(META), len(names), 50):
                cells[j] = f"an answer of its own, number {rng.integers(1_000_000)}"
            day = f"2026-0{1 + i % 9}-{1 + i % 28:02d} 10:00:00"
            cells[: len(META)] = [day, day, "0", "100", "1", f"R_{i:06d}"]
            writer.writerow(cells)


def _read(who: str, path: str, small: str) -> None:
    """Read in this process and print seconds and megabytes as JSON."""
    import pandas as pd  # noqa: PLC0415  (timed without its import)

    def by_pandas(file: str) -> Any:
        tab = file.endswith(".tsv")
        encoding = "utf-16" if tab else "utf-8-sig"
        return pd.read_csv(file, sep="\t" if tab else ",", dtype=str, header=[0, 1, 2], encoding=encoding)

    def ours(file: str) -> Any:
        import peerstats as ps  # noqa: PLC0415  (timed without its import)

        return ps.read_survey(file)

    read = ours if who == "peerstats" else by_pandas
    read(small)
    before = peak()
    start = time.perf_counter()
    held = read(path)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": peak() - before}))
    del held


def apart(data: tuple[str, ...]) -> Timed:
    """Read in a fresh process."""
    command_line = [sys.executable, __file__, "--read", *data]
    done = subprocess.run(command_line, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(**json.loads(done.stdout))


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Write the files and read each."""
    rng = np.random.default_rng(20261126)
    with tempfile.TemporaryDirectory() as made:
        for what, ending, words in (
            ("numbers, .csv", "csv", False),
            ("words, .csv", "csv", True),
            ("numbers, .tsv in UTF-16", "tsv", False),
        ):
            path, small = (Path(made) / f"simulated_{size}.{ending}" for size in ("export", "few"))
            _write_export(path, asked.rows, asked.columns, words=words, rng=rng)
            _write_export(small, 20, 20, words=words, rng=rng)
            contestants = [
                Contestant(peer=peer, work=apart, data=(peer, str(path), str(small)), note=note)
                for peer, note in (("peerstats", ""), ("pandas read_csv", "text alone"))
            ]
            name = f"Qualtrics export, {what}"
            yield contest(name, contestants, rounds=asked.rounds, n=asked.rows, k=asked.columns)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(*sys.argv[2:])
    else:
        command(measure, __doc__, rows=(2_000, 200), columns=(5_000, 500), rounds=(3, 1))
