"""Pieces of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["bullets", "fields", "linked", "table", "toctree"]


def _cell(value: object) -> str:
    return str(value).replace("|", r"\|").replace("\n", " ")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], numbers_from: int = 99) -> str:
    """Write a Markdown table; columns from `numbers_from` on are set to the right."""
    marks = ["---:" if i >= numbers_from else "---" for i in range(len(headings))]
    lines = [headings, marks, *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def bullets(items: Iterable[str]) -> str:
    return "".join(f"- {item}\n" for item in items)


def fields(facts: Iterable[tuple[str, str]]) -> str:
    """Write a list of named facts."""
    return "".join(f":{name}: {fact}\n" for name, fact in facts)


def linked(text: str) -> str:
    """Make web addresses links."""
    return " ".join(
        f"<{word.rstrip(',.;)')}>{word[len(word.rstrip(',.;)')) :]}" if word.startswith("https://") else word
        for word in text.split(" ")
    )


def toctree(names: Iterable[str]) -> str:
    return "```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n"
