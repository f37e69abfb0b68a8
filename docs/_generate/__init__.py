"""The reference, made from what the code reads: public names, instrument files, norms, glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from _generate._instruments import instrument_pages
from _generate._names import reference_groups, reference_pages
from _generate._norms import norm_pages

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["instrument_pages", "norm_pages", "reference_groups", "reference_pages", "write_pages"]


def write_pages(docs: Path) -> None:
    """Write all generated pages under `docs/reference`; what is no longer generated goes."""
    for folder, pages in (
        ("generated", reference_pages()),
        ("instruments", instrument_pages()),
        ("norms", norm_pages()),
    ):
        place = docs / "reference" / folder
        place.mkdir(parents=True, exist_ok=True)
        for old in set(place.iterdir()) - {place / name for name in pages}:
            old.unlink()
        for name, text in pages.items():
            path = place / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
