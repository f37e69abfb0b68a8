"""What the benchmarks share: turns, ratios, memory, rows of results, and the command line of a script.

A script builds `Contestant`s, lets them take turns with `contest`, yields the rows, and ends in `command`.
A ratio is the time of a peer over the time of peerstats *in the same turn*: a busy moment of the machine
hits both. Its median is printed with the least and the most. The first turn only warms up and is not
counted.

Memory is the peak of a fresh process that does the work once, less its peak after the imports: the data are
in it, and the libraries are not.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "FIELDS",
    "OURS",
    "Contestant",
    "Row",
    "Timed",
    "absent",
    "clocked",
    "command",
    "contest",
    "goals",
    "missed",
    "peak",
    "read_rows",
]

OURS = "peerstats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contestant's figures at one size.

    Attributes
    ----------
    script, name : str
        The script, and what is compared.
    peer : str
        Who did it; "peerstats" is ours.
    n, k, outcomes, replicates : int or None
        Rows, columns of the design or file, outcomes and replicates, where there are such.
    rounds : int or None
        Turns that were counted.
    seconds, seconds_least, seconds_most : float or None
        Median, least and most.
    ratio, ratio_least, ratio_most : float or None
        Seconds over those of peerstats in the same turn: median, least and most.
    megabytes : float or None
        Peak memory of a fresh process less that after its imports.
    difference : float or None
        Largest difference of its numbers from those of peerstats.
    growth : float or None
        Seconds for each row of the data over those at the smallest size, where the script asks for it.
    goal : str
        What is asked of this row, such as "ratio >= 5"; several are set apart by semicolons.
    note : str
        What its work leaves out or adds; or why it is absent.
    """

    script: str = ""
    name: str = ""
    peer: str = OURS
    n: int | None = None
    k: int | None = None
    outcomes: int | None = None
    replicates: int | None = None
    rounds: int | None = None
    seconds: float | None = None
    seconds_least: float | None = None
    seconds_most: float | None = None
    ratio: float | None = None
    ratio_least: float | None = None
    ratio_most: float | None = None
    megabytes: float | None = None
    difference: float | None = None
    growth: float | None = None
    goal: str = ""
    note: str = ""


FIELDS = tuple(field.name for field in fields(Row))
_TEXT = {"script", "name", "peer", "goal", "note"}
_WHOLE = {"n", "k", "outcomes", "replicates", "rounds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What a work returns that keeps its own clock: R, or a fresh process."""

    seconds: float
    megabytes: float | None = None
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One that takes turns.

    Attributes
    ----------
    peer : str
        Its name.
    work : callable
        Takes `data`. A function of the script's top level, or a partial of one, where memory is measured.
    data : object
        What is worked on.
    small : object
        The like of `data` with few rows, which loads the libraries. Memory is measured where it is given.
    numbers : callable, optional
        Takes what `work` returns and gives the numbers that are compared with those of peerstats.
    turns : int, optional
        Fewer turns than the others, for one that takes minutes; it is not warmed up either.
    goal, note : str
        As in `Row`.
    """

    peer: str
    work: Callable[[Any], Any]
    data: Any = None
    small: Any = None
    numbers: Callable[[Any], Any] | None = None
    turns: int | None = None
    goal: str = ""
    note: str = ""


def absent(peer: str, why: str) -> Contestant:
    """Return a contestant that is named in the table and does not take part."""
    return Contestant(peer=peer, work=_absent, turns=0, note=f"absent: {why}")


def clocked(work: Callable[[], Any]) -> Timed:
    """Call and return the seconds with the value: for a work that first makes ready."""
    gc.collect()
    start = time.perf_counter()
    value = work()
    return Timed(seconds=time.perf_counter() - start, value=value)


def _absent(_: object) -> None:
    raise AssertionError("one that is absent does not work")


def peak() -> float:
    """Return the most megabytes that this process has held.

    That is `ru_maxrss`, of which Linux lets a child begin at what its parent held when it was started;
    VmHWM is the same count begun anew with the program, and is taken where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _fresh_peak(one: Contestant) -> float:
    """Return the megabytes that the work takes in a fresh process, its data in them."""
    script = sys.modules["__main__"].__file__
    with tempfile.TemporaryDirectory() as folder:
        work, data = Path(folder) / "work.pickle", Path(folder) / "data.pickle"
        work.write_bytes(pickle.dumps((one.work, one.small)))
        with data.open("wb") as file:
            pickle.dump(one.data, file, protocol=5)
        command_line = [sys.executable, __file__, str(script), str(work), str(data)]
        done = subprocess.run(command_line, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.splitlines()[-1])


def _measure_peak(script: str, work: str, data: str) -> None:
    """Work once in this process and print the megabytes above those after the imports."""
    spec = importlib.util.spec_from_file_location("script", script)
    assert spec is not None  # noqa: S101  (a path of a .py file has one)
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules["__main__"] = module  # the name under which the script's functions were pickled
    spec.loader.exec_module(module)
    do, small = pickle.loads(Path(work).read_bytes())  # noqa: S301  (written by the parent)
    do(small)
    before = peak()
    with Path(data).open("rb") as file:
        held = pickle.load(file)  # noqa: S301  (written by the parent)
    done = do(held)
    print(peak() - before)
    del done


def _time(one: Contestant) -> tuple[float, Any]:
    gc.collect()
    start = time.perf_counter()
    value = one.work(one.data)
    seconds = time.perf_counter() - start
    return (value.seconds, value) if isinstance(value, Timed) else (seconds, value)


def _spread(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    return (statistics.median(values), min(values), max(values)) if values else (None, None, None)


def contest(name: str, contestants: Sequence[Contestant], *, rounds: int, **sizes: int | None) -> list[Row]:
    """Let all take turns and return a row for each, ours first.

    Parameters
    ----------
    name : str
        What is compared.
    contestants : sequence of Contestant
        Ours first: the ratios are over its seconds.
    rounds : int
        Turns that count.
    **sizes : int
        `n`, `k`, `outcomes` and `replicates` of `Row`.

    Returns
    -------
    list of Row
        One a contestant.
    """
    times: list[list[float]] = [[] for _ in contestants]
    ratios: list[list[float]] = [[] for _ in contestants]
    numbers: list[Any] = [None] * len(contestants)
    memory: list[float | None] = [None] * len(contestants)
    for turn in range(rounds + 1):
        ours = None
        for i, one in enumerate(contestants):
            if one.turns is not None and not 1 <= turn <= one.turns:
                continue
            seconds, value = _time(one)
            ours = seconds if i == 0 else ours
            if numbers[i] is None and one.numbers is not None:
                numbers[i] = np.asarray(one.numbers(value), float)
            if isinstance(value, Timed) and memory[i] is None:
                memory[i] = value.megabytes
            del value
            if turn:
                times[i].append(seconds)
                ratios[i].append(seconds / (ours or seconds))
    for i, one in enumerate(contestants):
        if one.small is not None:
            memory[i] = _fresh_peak(one)
    return [
        Row(
            name=name,
            peer=one.peer,
            rounds=len(times[i]) or None,
            **dict(zip(("seconds", "seconds_least", "seconds_most"), _spread(times[i]), strict=True)),
            **dict(zip(("ratio", "ratio_least", "ratio_most"), _spread(ratios[i] if i else []), strict=True)),
            megabytes=memory[i],
            difference=_apart(numbers[0], numbers[i]) if i else None,
            goal=one.goal,
            note=one.note,
            **sizes,
        )
        for i, one in enumerate(contestants)
    ]


def _apart(ours: Any, theirs: Any) -> float | None:
    return None if ours is None or theirs is None else float(np.abs(ours - theirs).max())


def goals(row: Row) -> list[tuple[str, bool | None]]:
    """List what is asked of a row and whether it is reached; None where that was not measured."""
    found: list[tuple[str, bool | None]] = []
    for goal in filter(None, row.goal.split("; ")):
        what, sign, bound = goal.split()
        value = getattr(row, what)
        reached = None if value is None else value >= float(bound) if sign == ">=" else value <= float(bound)
        found.append((goal, reached))
    return found


def missed(rows: Iterable[Row]) -> bool:
    """Say whether something that is asked of the rows is not reached."""
    return any(reached is False for row in rows for _, reached in goals(row))


def read_rows(path: Path) -> list[Row]:
    """Read the rows that `command` has written."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(**{name: _parsed(name, text) for name, text in each.items()}) for each in csv.DictReader(file)
        ]


def _parsed(name: str, text: str) -> Any:
    if name in _TEXT:
        return text
    return (int if name in _WHOLE else float)(text) if text else None


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as CSV, numbers to six digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for row in rows:
            cells = asdict(row).values()
            writer.writerow(["" if x is None else f"{x:.6g}" if isinstance(x, float) else x for x in cells])


def _print(rows: Sequence[Row]) -> None:
    """Print the rows of one contest."""
    first = rows[0]
    sizes = {"rows": first.n, "columns": first.k, "outcomes": first.outcomes, "replicates": first.replicates}
    said = ", ".join(f"{size:,} {what}" for what, size in sizes.items() if size is not None)
    print(f"\n{first.name}{': ' if said else ''}{said}")
    print(f"  {'':44}{'seconds':>10}{'least':>9}{'most':>9}{'ratio':>8}  {'least to most':16}{'MB':>8}")
    for row in rows:
        if row.seconds is None:
            print(f"  {row.peer:44}  {row.note}")
            continue
        cells = f"{row.seconds:10.4g}{row.seconds_least:9.3g}{row.seconds_most:9.3g}"
        spread = "" if row.ratio is None else f"{row.ratio_least:.3g} to {row.ratio_most:.3g}"
        cells += f"{'' if row.ratio is None else format(row.ratio, '.3g'):>8}  {spread:16}"
        cells += f"{'' if row.megabytes is None else format(row.megabytes, ',.0f'):>8}"
        apart = "" if row.difference is None else f"; numbers differ by {row.difference:.1e} at most"
        asked = (f"; asked: {goal}{', NOT REACHED' if ok is False else ''}" for goal, ok in goals(row))
        print(f"  {row.peer:44}{cells}  {row.note}{apart}{''.join(asked)}".rstrip(" ;"), flush=True)


def command(
    measure: Callable[[argparse.Namespace], Iterator[list[Row]]], about: str, **sizes: tuple[Any, Any]
) -> None:
    """Run a script: read its options, print each contest as it ends, write the rows, check the goals.

    Parameters
    ----------
    measure : callable
        Takes the options and yields the rows of one contest after another.
    about : str
        The script's docstring.
    **sizes : tuple
        For each option its value, and its value under `--quick`, where goals are not looked at.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="small sizes and few turns, to see that it works"
    )
    parser.add_argument("--csv", type=Path, help="write the rows here")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is not reached")
    for name, (full, _) in sizes.items():
        many = isinstance(full, tuple)
        kind = type(full[0] if many else full)
        parser.add_argument(f"--{name}", type=kind, nargs="*" if many else None, help=f"default {full}")
    asked = parser.parse_args()
    for name, pair in sizes.items():
        if getattr(asked, name) is None:
            setattr(asked, name, pair[asked.quick])
    found = []
    for rows in measure(asked):
        script = Path(sys.modules["__main__"].__file__ or "").stem
        named = [replace(row, script=script, goal="" if asked.quick else row.goal) for row in rows]
        _print(named)
        found += named
    if asked.csv:
        write_rows(asked.csv, found)
    if asked.check and missed(found):
        sys.exit(1)


if __name__ == "__main__":
    _measure_peak(*sys.argv[1:])
