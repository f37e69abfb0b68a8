"""Read a Qualtrics export of 2,000 rows x 5,000 columns, simulated: seconds and peak memory.

Run `python benchmarks/survey_files.py`; it prints a line for each export.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

META = {
    "StartDate": ("Start Date", "startDate"),
    "EndDate": ("End Date", "endDate"),
    "Status": ("Response Type", "status"),
    "Progress": ("Progress", "progress"),
    "Finished": ("Finished", "finished"),
    "ResponseId": ("Response ID", "_recordId"),
}
WORDS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


def write_export(path: Path, n: int, k: int, *, words: bool, rng: np.random.Generator) -> None:
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


def measure(path: str) -> None:
    """Read in this process and print seconds and megabytes as JSON."""
    import pandas as pd  # noqa: PLC0415  (timed without its import)

    import peerstats as ps  # noqa: PLC0415

    pd.DataFrame({"a": [1]})
    small = Path(path).with_name("simulated_small.csv")
    small.write_text("a,b\n1,x\n", encoding="utf-8")
    ps.read_survey(small)  # what is imported at the first call is imported
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    survey = ps.read_survey(path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    shape = list(survey.data.shape)
    print(json.dumps({"shape": shape, "seconds": seconds, "cpu": cpu, "megabytes": peak}))


def main() -> None:
    """Write the files, measure each in fresh interpreters and print the table."""
    parser = argparse.ArgumentParser(description="Read Qualtrics exports: seconds and peak memory.")
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--columns", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="turns; the least seconds are printed")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure)
        return
    rng = np.random.default_rng(20261126)
    with tempfile.TemporaryDirectory() as made:
        files = {
            "numeric .csv": (Path(made, "simulated_numeric.csv"), False),
            "text .csv": (Path(made, "simulated_text.csv"), True),
            "numeric .tsv, UTF-16": (Path(made, "simulated_numeric.tsv"), False),
        }
        for path, words in files.values():
            write_export(path, asked.rows, asked.columns, words=words, rng=rng)
        print(f"{asked.rows:,} rows x {asked.columns:,} columns, simulated; least of {asked.rounds} rounds\n")
        print(f"{'':24}{'MB':>6}{'seconds':>9}{'cpu':>8}{'peak MB':>9}")
        for what, (path, _) in files.items():
            found = []
            for _ in range(asked.rounds):
                done = subprocess.run(
                    [sys.executable, __file__, "--measure", str(path)],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                found.append(json.loads(done.stdout))
            seconds, cpu = min(each["seconds"] for each in found), min(each["cpu"] for each in found)
            peak = max(each["megabytes"] for each in found)
            size = path.stat().st_size / 1e6
            print(f"{what:24}{size:6.0f}{seconds:9.2f}{cpu:8.2f}{peak:9.0f}")


if __name__ == "__main__":
    main()
