"""Answers kept on disk: whole, dated and of the same request, or not used."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

__all__ = ["Kept", "cache_folder", "keep", "look_up"]

_DAY = timedelta(days=1)  # the newest figures of a month come once a month, and are sometimes corrected
_MONTH = timedelta(days=30)  # older figures of some programs are revised once a year


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """What the cache has for a request.

    Attributes
    ----------
    text : str or None
        The answer; None where there is none that may be used.
    state : str
        "fresh", "absent", "stale" or "damaged".
    """

    text: str | None
    state: str


def cache_folder(name: str) -> Path:
    """Return the folder in which this user's programs keep what they can fetch again."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "peerstats" / name


def _path(folder: Path, request: dict[str, Any]) -> Path:
    name = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:32]
    return folder / f"{name}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def look_up(folder: Path, request: dict[str, Any], *, last_year: int, now: datetime) -> Kept:
    """Return the answer to a request, if it is whole and young enough.

    Parameters
    ----------
    folder : Path
        Where answers are kept.
    request : dict
        The request, without any key.
    last_year : int
        Last year that it asks for: figures of this year and the last are still growing.
    now : datetime
        The present, with its zone.

    Returns
    -------
    Kept
        The answer, or why there is none.
    """
    try:
        found = json.loads(_path(folder, request).read_text(encoding="utf-8"))
        fetched = datetime.fromisoformat(found["fetched"])
        text: str = found["answer"]
        whole = found["request"] == request and found["sha256"] == _digest(text)
        age = now - fetched
    except FileNotFoundError:
        return Kept(text=None, state="absent")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Kept(text=None, state="damaged")
    if not whole:
        return Kept(text=None, state="damaged")
    oldest = _DAY if last_year >= fetched.year - 1 else _MONTH
    if not timedelta(0) <= age <= oldest:
        return Kept(text=None, state="stale")
    return Kept(text=text, state="fresh")


def keep(folder: Path, request: dict[str, Any], text: str, *, now: datetime) -> bool:
    """Write an answer, whole or not at all; return whether it could be written.

    Parameters
    ----------
    folder : Path
        Where answers are kept; made if it is not there.
    request : dict
        The request, without any key.
    text : str
        The answer, without any key.
    now : datetime
        The present, with its zone.

    Returns
    -------
    bool
        False where the folder cannot be written to.
    """
    record = {
        "request": request,
        "fetched": now.astimezone(UTC).isoformat(),
        "sha256": _digest(text),
        "answer": text,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(record, file)
        Path(name).replace(_path(folder, request))
    except OSError:
        return False
    return True
