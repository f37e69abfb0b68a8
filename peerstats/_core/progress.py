"""Progress of work that takes over two seconds; the only door to rich's progress bars."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["progress"]

_PATIENCE = 2.0  # seconds of silence before a bar appears: shorter work needs none


def _wanted() -> bool:
    return os.environ.get("PEERSTATS_PROGRESS", "1") != "0" and sys.stderr.isatty()


def _counted(done: float, total: float | None, unit: str) -> str:
    """Say how much is done, where it is counted in a unit."""
    if not unit:
        return ""
    return f"{done:,.0f}{'' if total is None else f' of {total:,.0f}'} {unit}"


@contextmanager
def progress(
    label: str, total: float | None, *, unit: str = "", since: float | None = None
) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal once the work has taken two seconds.

    Parameters
    ----------
    label : str
        What is being done.
    total : float or None
        The amount of work, in any unit; None where it is not known.
    unit : str
        What is counted, such as rows: then the line says how many are done.
    since : float, optional
        When the work began, by `time.monotonic()`: this may be the next part of what has taken long already.

    Yields
    ------
    callable
        Call it with the amount done since the last call.
    """
    if not _wanted():
        yield lambda _amount: None
        return
    from rich.console import Console  # noqa: PLC0415  (only a terminal pays for it)
    from rich.progress import Progress, TextColumn  # noqa: PLC0415

    columns = [*Progress.get_default_columns(), TextColumn("{task.fields[counted]}")]
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=total, counted=_counted(0, total, unit))
    start = time.monotonic() if since is None else since
    done = 0.0

    def advance(amount: float) -> None:
        nonlocal done
        done += amount
        bar.update(task, advance=amount, counted=_counted(done, total, unit))
        if not bar.live.is_started and time.monotonic() - start > _PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()
