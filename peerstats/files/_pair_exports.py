"""Two exports of one survey, as numbers and as words: value labels from the pair."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from peerstats._core.words import counted
from peerstats.errors import SourceError
from peerstats.files._qualtrics import value_labels

if TYPE_CHECKING:
    from pathlib import Path

    from peerstats.files._assembled import FileContents

__all__ = ["pair_exports"]

_KEY = "ResponseId"
_MOST = 100  # a question with more different answers has no choices


def pair_exports(
    numbers: FileContents, words: FileContents, path: Path, other: Path, call: str
) -> FileContents:
    """Find value labels by the words that stand where the numbers do.

    Parameters
    ----------
    numbers, words : FileContents
        The two exports.
    path, other : Path
        Their files, for messages.
    call : str
        The public call, for messages.

    Returns
    -------
    FileContents
        The numbers, with value labels where each number has one word.

    Raises
    ------
    SourceError
        If the exports have no column ResponseId, or other responses.
    """
    rows = _rows(numbers, words, path, other, call)
    variables = dict(numbers.variables)
    made = 0
    for name, variable in numbers.variables.items():
        if name not in words.frame.columns or variable.kind != "number":
            continue
        if words.variables[name].kind != "text":
            continue
        codes = numbers.frame[name].tolist()
        texts = words.frame[name].tolist()
        labels = value_labels(codes, [texts[i] for i in rows])
        if labels and len(labels) <= _MOST:
            variables[name] = replace(variable, values=labels)
            made += 1
    note = (
        f"Value labels of {counted(made, 'column')} were taken from {other.name}: a choice that nobody made "
        "has none."
    )
    return replace(numbers, variables=variables, notes=(*numbers.notes, note))


def _rows(numbers: FileContents, words: FileContents, path: Path, other: Path, call: str) -> list[int]:
    ids: list[list[Any]] = []
    for contents, file in ((numbers, path), (words, other)):
        if _KEY not in contents.frame.columns:
            raise SourceError(
                f"{call}(): {file.name} has no column {_KEY!r}, by which the exports are set side by side.",
                "Give the exports as Qualtrics wrote them.",
            )
        ids.append(contents.frame[_KEY].tolist())
        if len(set(ids[-1])) < len(ids[-1]):
            raise SourceError(f"{call}(): {file.name} has a {_KEY} twice.", "Export the responses again.")
    place = {each: i for i, each in enumerate(ids[1])}
    absent = [each for each in ids[0] if each not in place]
    if absent:
        raise SourceError(
            f"{call}(): {counted(len(absent), 'response')} of {path.name} not in {other.name}, the first "
            f"{absent[0]!r}.",
            "Export both at the same time, with the same filter.",
        )
    return [place[each] for each in ids[0]]
