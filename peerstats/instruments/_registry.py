"""The bundled instruments."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.bundled import read_text
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats.errors import InputError, SourceError
from peerstats.instruments._instrument import Instrument
from peerstats.instruments._schema import parse_instrument

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["as_instrument", "get_instrument", "instrument_keys", "list_instruments", "read_instrument"]


@cache
def instrument_keys() -> tuple[str, ...]:
    """Return the keys of the bundled instruments, sorted."""
    folder = files("peerstats.instruments") / "data"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(name.removesuffix(".toml") for name in names if name != "manifest.toml")


@cache
def _load(key: str) -> Instrument:
    return parse_instrument(
        read_text("instruments", f"{key}.toml"), f"{key}.toml", lambda name: read_text("instruments", name)
    )


def as_instrument(instrument: str | Path | Instrument, call: str) -> Instrument:
    """Return an instrument given as a record, by its key or as a file; errors name the call."""
    if isinstance(instrument, Instrument):
        return instrument
    if isinstance(instrument, Path) or str(instrument).endswith(".toml"):
        return _read(Path(instrument), call)
    if instrument not in instrument_keys():
        raise InputError(
            f"{call}(): there is no instrument {instrument!r}.",
            did_you_mean(str(instrument), instrument_keys(), what="instruments"),
        )
    return _load(instrument)


def _read(path: Path, call: str) -> Instrument:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(
            f"{call}(): {path} cannot be read: {error.strerror}.", "Check the path of the instrument file."
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{call}(): {path} is not UTF-8 text.", "Save it as UTF-8.") from error
    return parse_instrument(text, path.name, lambda name: (path.parent / name).read_text(encoding="utf-8"))


def read_instrument(path: str | PathLike[str]) -> Instrument:
    """Read an instrument of your own from a file.

    Parameters
    ----------
    path : str or path
        A TOML file; `Instrument.to_toml` writes one to start from. Its conversion tables stand beside it.

    Returns
    -------
    Instrument
        The checked instrument; `score` takes it, and takes the path too.

    Raises
    ------
    SourceError
        If the file cannot be read.
    InputError
        If it is no TOML, lacks a part, has one that means nothing, or contradicts itself; the line is named.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import peerstats as ps
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "my_scale.toml"
    ...     _ = ps.get_instrument("mbi_gs").to_toml(path)
    ...     ps.read_instrument(path).scale_names
    ('exhaustion', 'cynicism', 'professional_efficacy')
    """
    return _read(Path(path), "read_instrument")


def get_instrument(key: str) -> Instrument:
    """Return one bundled instrument.

    Parameters
    ----------
    key : str
        Its key, as in `list_instruments`.

    Returns
    -------
    Instrument
        Items, key, response range, scales, conversion, source and licence.

    Raises
    ------
    InputError
        If there is no such instrument; the closest keys are named.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.get_instrument("mbi_gs")
    Maslach Burnout Inventory - General Survey [mbi_gs]
    16 items answered 0-6; scored by mean or sum
      exhaustion: items 1 2 3 4 6 (high = more exhausted)
      cynicism: items 8 9 13 14 15 (high = more cynical)
      professional_efficacy: items 5 7 10 11 12 16 (high = more efficacious)
    orders: english (the default), biopsykit
    wording: not distributed; Item wording is licensed by Mind Garden; this file holds ...
    """
    return as_instrument(key, "get_instrument")


def list_instruments() -> Any:
    """List the bundled instruments.

    Returns
    -------
    pandas DataFrame
        One row an instrument: instrument, title, form, n_items, scales, methods, wording, confirmed.

    Examples
    --------
    >>> import peerstats as ps
    >>> "cfpb_fwb_10" in set(ps.list_instruments()["instrument"])
    True
    """
    known = [_load(key) for key in instrument_keys()]
    return new_frame(
        {
            "instrument": [i.key for i in known],
            "title": [i.title for i in known],
            "form": [i.form for i in known],
            "n_items": np.array([len(i.item_names) for i in known]),
            "scales": [", ".join(i.scale_names) for i in known],
            "methods": [", ".join(i.methods) for i in known],
            "wording": [i.wording for i in known],
            "confirmed": ["yes" if i.confirmed else "no" for i in known],
        }
    )
