"""Run the benchmarks and write the page of figures, `docs/performance.md`, with its pictures.

Every script that measures runs in a process of its own; its rows take the place of its earlier rows in
`docs/_static/performance/results.csv`, and machine, date and versions that of the earlier ones in
`runs.json`. The page and the pictures are made from these two alone. A script that fails is named, and the
rest go on.

    python benchmarks/performance.py [--quick] [--only NAME ...] [--page-only] [--check]
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _page import page, scripts_of
from _pictures import draw
from _timing import Row, missed, read_rows, write_rows

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
FOLDER = DOCS / "_static" / "performance"
RESULTS, RUNS, PAGE = FOLDER / "results.csv", FOLDER / "runs.json", DOCS / "performance.md"

_PACKAGES = (
    *("peerstats", "numpy", "scipy", "pandas", "polars", "pyarrow", "duckdb", "statsmodels", "scikit-learn"),
    *("formulaic", "python-calamine", "pyspark"),
)
_R_PACKAGES = ("nnet", "VGAM", "survey", "psych", "lme4")
_R_CODE = (
    "cat('R', as.character(getRversion()), '\\n'); "
    "for (p in commandArgs(TRUE)) if (requireNamespace(p, quietly = TRUE)) "
    "cat(p, as.character(packageVersion(p)), '\\n')"
)


def _machine() -> str:
    """Describe the machine: processor, cores, memory and system."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        processor = next(
            (x.partition(":")[2].strip() for x in lines if x.startswith("model name")), processor
        )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30 if hasattr(os, "sysconf") else 0
    memory = f", {pages:.0f} GB" if pages else ""
    return f"{processor}, {os.cpu_count()} cores{memory}, {platform.system()} {platform.release()}"


def _versions() -> dict[str, str]:
    """Return the versions of Python, R and their packages."""
    found = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    rscript = shutil.which("Rscript")
    if rscript:
        command_line = [rscript, "-e", _R_CODE, *_R_PACKAGES]
        done = subprocess.run(command_line, check=True, capture_output=True, text=True)
        found |= dict(line.split() for line in done.stdout.splitlines())
    return found


def _run(name: str, *, quick: bool) -> list[Row] | None:
    """Run a script; None where it failed, which it has said."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        more = ["--quick"] if quick else []
        command_line = [sys.executable, str(HERE / f"{name}.py"), "--csv", str(file), *more]
        done = subprocess.run(command_line, check=False)
        return read_rows(file) if done.returncode == 0 else None


def _stored() -> tuple[list[Row], dict[str, Any]]:
    rows = read_rows(RESULTS) if RESULTS.exists() else []
    return rows, json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}


def _store(rows: list[Row], runs: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    order = scripts_of(HERE, clock=True)
    kept = [row for name in order for row in rows if row.script == name]
    write_rows(RESULTS, kept)
    ordered = {name: runs[name] for name in order if name in runs}
    RUNS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def built() -> str:
    """Return the page as the stored results give it."""
    rows, runs = _stored()
    return page(rows, runs, HERE)


def main() -> int:
    """Run what is asked for and write the page."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and write docs/performance.md.")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, to see that it works; the page says so"
    )
    parser.add_argument("--only", nargs="+", choices=scripts_of(HERE, clock=True), help="these scripts alone")
    parser.add_argument("--page-only", action="store_true", help="measure nothing")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is not reached")
    parser.add_argument("--png", type=Path, help="draw the pictures as PNG too, into this folder, to look at")
    asked = parser.parse_args()
    failed = []
    names = [] if asked.page_only else asked.only or scripts_of(HERE, clock=True)
    versions = _versions() if names else {}
    for name in names:
        print(f"\n== {name}.py", flush=True)
        found = _run(name, quick=asked.quick)
        if found is None:
            failed.append(name)
            continue
        rows, runs = _stored()
        run = {
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "machine": _machine(),
            "quick": asked.quick,
            "versions": versions,
        }
        _store([row for row in rows if row.script != name] + found, runs | {name: run})
    rows, _ = _stored()
    PAGE.write_text(built(), encoding="utf-8")
    draw(rows, FOLDER)
    if asked.png:
        draw(rows, asked.png, "png")
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed) or (asked.check and missed(rows)))


if __name__ == "__main__":
    sys.exit(main())
