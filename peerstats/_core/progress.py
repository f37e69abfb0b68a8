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


@contextmanager
def progress(label: str, total: float) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal once the work has taken two seconds.

    Parameters
    ----------
    label : str
        What is being done.
    total : float
        The amount of work, in any unit.

    Yields
    ------
    callable
        Call it with the amount done since the last call.
    """
    if not _wanted():
        yield lambda _amount: None
        return
    from rich.console import Console  # noqa: PLC0415  (only a terminal pays for it)
    from rich.progress import Progress  # noqa: PLC0415

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=total)
    start = time.monotonic()

    def advance(amount: float) -> None:
        bar.update(task, advance=amount)
        if not bar.live.is_started and time.monotonic() - start > _PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()
