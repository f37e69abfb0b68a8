"""A fit as a file: strict JSON with its schema, the release that wrote it, and a checksum."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peerstats
from peerstats.errors import InputError, SourceError
from peerstats.postfit._model_fit import ModelFit
from peerstats.postfit._record import NEWER

if TYPE_CHECKING:
    import os

__all__ = ["read_fit", "write_fit"]

_KIND = "peerstats fit"
_SCHEMA = 1
_KEYS = ("kind", "schema", "peerstats", "sha256", "fit")


def _checksum(record: dict[str, Any]) -> str:
    """Return the SHA-256 of a record's canonical JSON: keys sorted, no blanks, UTF-8."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check_suffix(path: str | os.PathLike[str], call: str) -> Path:
    path = Path(path)
    if path.suffix != ".json":
        raise InputError(
            f"{call}(): the file {path.name!r} does not end in .json.", f"Name it {path.stem + '.json'!r}."
        )
    return path


def write_fit(fit: ModelFit, path: str | os.PathLike[str]) -> None:
    """Write a fit to a file; no respondent is in it.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    path : path
        Where to; it ends in .json, and what is there is replaced.

    Raises
    ------
    InputError
        If the name does not end in .json.
    SourceError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import read_fit, write_fit
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> path = Path(tempfile.mkdtemp()) / "jobs.json"
    >>> write_fit(ps.logistic("job ~ 1", jobs).fit, path)
    >>> read_fit(path).terms
    ('Intercept',)
    """
    target = _check_suffix(path, "save")
    record = fit.to_dict()
    whole = {
        "kind": _KIND,
        "schema": _SCHEMA,
        "peerstats": peerstats.__version__,
        "sha256": _checksum(record),
        "fit": record,
    }
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
    part = target.with_name(target.name + ".part")
    try:
        # whole or not at all: a broken write leaves the former file
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise SourceError(
            f"save(): {target} cannot be written: {error.strerror or error}.", "Check the folder."
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def read_fit(path: str | os.PathLike[str]) -> ModelFit:
    """Read a fit from a file that `write_fit` wrote.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    ModelFit
        The fit, to the last digit.

    Raises
    ------
    SourceError
        If the file cannot be read.
    InputError
        If it is no fit, of a newer schema, or its content was changed.
    FormulaError
        If its formula cannot be read or holds what is not allowed.

    Notes
    -----
    The checksum tells an edit or a broken copy. It is no signature: whoever edits a file can write the
    checksum of what they made of it, so the content is checked as well.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import read_fit, write_fit
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> path = Path(tempfile.mkdtemp()) / "jobs.json"
    >>> write_fit(ps.logistic("job ~ 1", jobs).fit, path)
    >>> read_fit(path).terms
    ('Intercept',)
    """
    source = _check_suffix(path, "load_fit")
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"load_fit(): {source} cannot be read: {getattr(error, 'strerror', None) or error}.",
            "Check the path; save() writes such files.",
        ) from error
    try:
        whole = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"load_fit(): {source} is no JSON: {error}.", "Load a file that save() wrote."
        ) from error
    if not isinstance(whole, dict) or whole.get("kind") != _KIND:
        raise InputError(f"load_fit(): {source} holds no fit.", "Load a file that save() wrote.")
    schema = whole.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema != _SCHEMA:
        by = whole.get("peerstats")
        newer = isinstance(schema, int) and schema > _SCHEMA
        raise InputError(
            f"load_fit(): {source} is of schema {schema!r}, written by peerstats {by}; {_SCHEMA} is known.",
            NEWER if newer else "Load a file that save() wrote.",
        )
    record = whole.get("fit")
    if tuple(whole) != _KEYS or not isinstance(record, dict) or whole["sha256"] != _checksum(record):
        raise InputError(
            f"load_fit(): {source} was changed after it was written: it has another checksum.",
            "Load the file as save() wrote it, or save the fit again.",
        )
    return ModelFit.from_dict(record)
