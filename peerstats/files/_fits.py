"""Whether the arguments of a call suit the kind of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats.errors import InputError
from peerstats.files._file_kind import TEXT, WORKBOOK

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PARQUET", "check_fits", "check_words"]

PARQUET = "a Parquet file"
# what each argument is of, where that is not every kind of file
_OF = {
    "sheet": (WORKBOOK,),
    "delimiter": (TEXT,),
    **dict.fromkeys(("decimal", "dates", "na", "header", "duplicates", "text_export"), (TEXT, WORKBOOK)),
    "dictionary": (TEXT, WORKBOOK),
}


def check_fits(path: Path, kind: str, call: str, **given: bool) -> None:
    """Stop at an argument that this kind of file would leave unread."""
    for name, is_given in given.items():
        kinds = _OF.get(name)
        wrong = kind in (WORKBOOK, PARQUET) if name == "encoding" else kinds is not None and kind not in kinds
        if is_given and wrong:
            of = "text and labelled files" if kinds is None else " and ".join(kinds)
            raise InputError(
                f"{call}(): {name}= is for {of}, and {path.name} is {kind}.",
                "Leave it out: it has no effect.",
            )


def check_words(words: Any, name: str, call: str) -> None:
    """Stop at what is no list of texts."""
    if isinstance(words, str) or not all(isinstance(word, str) for word in words):
        raise InputError(f"{call}(): {name}={words!r} is no list of texts.", f"Say {name}=[...].")
