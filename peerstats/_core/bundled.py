"""Bundled data files and their manifests: source, checksum and builder of each."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["read_manifest", "read_rows", "read_text"]


def read_text(package: str, name: str) -> str:
    """Return the text of one file in the `data` folder of a subpackage of peerstats."""
    return (files(f"peerstats.{package}") / "data" / name).read_text(encoding="utf-8")


@cache
def read_rows(package: str, name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a bundled CSV; every cell is text."""
    return tuple(csv.DictReader(read_text(package, name).splitlines()))


@cache
def read_manifest(package: str) -> dict[str, Any]:
    """Return a subpackage's `data/manifest.toml` as a dictionary."""
    return tomllib.loads(read_text(package, "manifest.toml"))
