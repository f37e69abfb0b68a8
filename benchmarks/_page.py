"""The page of figures, made from the results alone: nothing is measured here."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from _timing import OURS, goals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from _timing import Row

__all__ = ["PICTURES", "page", "scripts_of", "whole"]

# Sections in the order of the page; a script that stands nowhere comes last.
_ORDER = (
    *("multinomial", "models_engines", "spark", "bootstrap", "margins", "small_models", "mixed_logistic"),
    *(
        "formula",
        "estimates",
        "estimate_engines",
        "table_one",
        "scoring",
        "reliability",
        "omega",
        "first_score",
        "import_time",
    ),
    *("survey_files", "oews_reading"),
)

# Picture -> its title, the contest that it shows, and the size along it.
PICTURES = {
    "rows": ("rows", "Multinomial logit, by rows", "n"),
    "columns": ("columns", "Multinomial logit, by columns", "k"),
    "outcomes": ("outcomes", "Multinomial logit, by outcomes", "outcomes"),
    "replicates": ("replicates", "Bootstrap of a multinomial logit, by replicates", "replicates"),
    "files": ("rows of a file", "Multinomial logit on numbers, Parquet, by rows", "n"),
}
_TOP = """# Performance

How long peerstats and its peers take for the same work, and how much memory. **Look at the ratios.** The
peers and peerstats take turns in one run, and a ratio is the time of a peer over that of peerstats *in
the same turn*: above 1, peerstats is faster; below 1, the peer is. Its median stands first, then the
least and the most. Seconds are those of the [machine named below](#machine-and-versions), and another
machine has others.

Megabytes are the peak of a fresh process that does the work once, less its peak after the imports: the
data are in it. "Numbers differ by" is the largest difference between the numbers of a peer and those of
peerstats. All data are simulated. "Growth" is the time for each row over that at the smallest size. Some
peers do less: what they leave out stands beside them. The page is made from {download}`results.csv
<_static/performance/results.csv>` by one command, which measures everything:

```sh
python benchmarks/performance.py
```

scikit-learn comes with `pip install 'peerstats[bench]'`; R and its packages nnet, VGAM, survey, psych and
lme4 from your system. What is not installed is named as absent. A single script: `python
benchmarks/performance.py --only multinomial`.
"""


def scripts_of(folder: Path, *, clock: bool) -> list[str]:
    """Name the scripts that measure, or those without a clock, in the order of the page."""
    names = [path.stem for path in folder.glob("[a-z]*.py") if path.stem != "performance"]
    chosen = [name for name in names if name.endswith("_coverage") != clock]
    place = {name: i for i, name in enumerate(_ORDER)}
    return sorted(chosen, key=lambda name: (place.get(name, len(place)), name))


def whole(value: float | None) -> str:
    """Write a number to three digits, without an exponent."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    digits = f"{value:.2e}"
    places = max(2 - int(digits.partition("e")[2]), 0)
    return f"{float(digits):,.{places}f}"


def _spread(row: Row, what: str) -> str:
    middle, least, most = (getattr(row, f"{what}{end}") for end in ("", "_least", "_most"))
    if middle is None:
        return ""
    return whole(middle) if row.rounds == 1 else f"{whole(middle)} ({whole(least)} to {whole(most)})"


def _megabytes(row: Row) -> str:
    if row.megabytes is None:
        return ""
    return "below 1" if row.megabytes < 1 else f"{row.megabytes:,.0f}"


def _goal(goal: str) -> str:
    what, sign, bound = goal.split()
    unit = {"seconds": " s", "megabytes": " MB"}.get(what, "")
    said = "time for a row, over the smallest size's," if what == "growth" else what
    return f"{said} {'at least' if sign == '>=' else 'at most'} {float(bound):,g}{unit}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; columns that are empty throughout are left out."""
    body = [list(row) for row in rows]
    kept = [j for j in range(len(head)) if any(row[j] for row in body)]
    lines = [[head[j] for j in kept], ["---" for _ in kept], *([row[j] for j in kept] for row in body)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


_SIZES = {"rows": "n", "columns": "k", "outcomes": "outcomes", "replicates": "replicates"}


def _fixed(rows: Sequence[Row]) -> str:
    """Return the sizes that are one throughout."""
    sizes = {said: {getattr(row, field) for row in rows} - {None} for said, field in _SIZES.items()}
    return ", ".join(f"{at.copy().pop():,} {said}" for said, at in sizes.items() if len(at) == 1)


def _contest(title: str, rows: Sequence[Row]) -> str:
    """Return the title with the sizes that are one throughout, and the table with those that are not."""
    fixed = _fixed(rows)
    varied = [said for said, field in _SIZES.items() if len({getattr(row, field) for row in rows}) > 1]
    heads = ("", *varied, "ratio", "seconds", "MB", "numbers differ by", "growth", "")
    lines = []
    for row in rows:
        peer = f"**{row.peer}**" if row.peer.partition(",")[0] == OURS else row.peer
        size = [f"{getattr(row, _SIZES[said]) or 0:,}" for said in varied]
        apart = "" if row.difference is None else f"{row.difference:.0e}"
        figures = (_spread(row, "ratio"), _spread(row, "seconds"), _megabytes(row), apart, whole(row.growth))
        lines.append((peer, *size, *figures, row.note))
    return f"**{title}**{': ' if fixed else ''}{fixed}\n\n{table(heads, lines)}"


def _asked(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        for goal, reached in goals(row):
            what = goal.partition(" ")[0]
            found = {"megabytes": f"{_megabytes(row)} MB", "growth": whole(row.growth)}.get(what)
            size = f", {row.n:,} rows" if row.n else ""
            word = {True: "yes", False: "**no**", None: "not measured"}[reached]
            lines.append((f"{row.name}{size}", row.peer, _goal(goal), found or _spread(row, what), word))
    return table(("", "beside, or of", "asked", "found", "reached"), lines)


def _about(script: Path) -> tuple[str, str]:
    """Return the first line of a script's docstring, and its first paragraph after that."""
    first, *others = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").split("\n\n")
    return first, next((text for text in others if not text.startswith(" ")), "")


def _section(name: str, folder: Path, rows: Sequence[Row]) -> str:
    first, about = _about(folder / f"{name}.py")
    parts = [f"## `{name}.py`", first, about]
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    for title, each in by_name.items():
        parts.append(_contest(title, each))
    if not by_name:
        parts.append("Not measured yet.")
    return "\n\n".join(part for part in parts if part)


def _machines(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """Group the scripts by where and with what they were run."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for script, run in runs.items():
        versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        quick = "Small sizes and few turns (`--quick`)." if run["quick"] else ""
        groups.setdefault((run["date"], run["machine"], versions, quick), []).append(script)
    parts = []
    for (date, machine, versions, quick), scripts in groups.items():
        named = ", ".join(f"`{name}.py`" for name in scripts)
        parts.append(f"- {named}: {date}; {machine}. {versions}.{' ' if quick else ''}{quick}")
    return "\n".join(parts)


def page(rows: Sequence[Row], runs: Mapping[str, Mapping[str, Any]], folder: Path) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    rows : sequence of Row
        All results.
    runs : mapping
        For each script `date`, `machine`, `versions` and `quick`.
    folder : Path
        Where the scripts lie: what they say of themselves is on the page.
    """
    parts = [_TOP.strip()]
    quick = [f"`{name}.py`" for name, run in runs.items() if run["quick"]]
    if quick:
        parts.append(f"**Small sizes and few turns, no figures to quote:** {', '.join(quick)}.")
    if any(row.goal for row in rows):
        parts += ["## What is asked", _asked(rows)]
    shown = [key for key, (_, name, _) in PICTURES.items() if any(row.name == name for row in rows)]
    if shown:
        parts.append("## Against the size of the work")
        parts.append(
            "Both axes are logarithmic: work that is linear in a size rises one decade in one decade."
        )
        for key in shown:
            said, name, _ = PICTURES[key]
            parts.append(f"{name}: {_fixed([row for row in rows if row.name == name])}.")
            about = f"Time and memory against {said}"
            parts.append(f"![{about}](_static/performance/{key}.svg)")
    for name in scripts_of(folder, clock=True):
        parts.append(_section(name, folder, [row for row in rows if row.script == name]))
    parts.append("## Without a clock")
    parts.append(
        "These simulate how often intervals cover; they have neither peer nor times, and print their tables."
    )
    silent = scripts_of(folder, clock=False)
    parts.append("\n".join(f"- `{name}.py`: {_about(folder / f'{name}.py')[0]}" for name in silent))
    parts += ["## Machine and versions", _machines(runs)]
    return "\n\n".join(parts) + "\n"
