"""Labels beside data: what a survey file says about its columns, for tables and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Labels", "codebook_of", "frame_of", "label_of", "labels_of"]


@runtime_checkable
class Labels(Protocol):
    """What a codebook answers."""

    def label(self, name: str) -> str:
        """Return a column's label; its name where it has none or is not known."""
        ...

    def labels(self, name: str) -> Mapping[Any, str]:
        """Return a column's value labels by value, empty where it has none or is not known."""
        ...


def frame_of(data: Any) -> Any:
    """Return the frame of what carries one beside its labels; anything else as it is.

    Parameters
    ----------
    data : object
        What the caller gave.

    Returns
    -------
    object
        The frame of a `Survey`, found by its method `__peerstats_frame__`.
    """
    own = getattr(type(data), "__peerstats_frame__", None)
    return data if own is None else own(data)


def codebook_of(data: Any) -> Labels | None:
    """Return the codebook that stands beside data.

    Parameters
    ----------
    data : object
        A `Survey`, a codebook itself, or a frame.

    Returns
    -------
    Labels or None
        None for a frame: labels never ride on one.
    """
    if hasattr(type(data), "__peerstats_frame__"):
        data = data.codebook
    elif not hasattr(type(data), "__peerstats_labels__"):
        return None
    return data if isinstance(data, Labels) else None


def label_of(data: Any, name: str) -> str:
    """Return what a column is called in print: its label, or its name where there is none."""
    book = codebook_of(data)
    return name if book is None else book.label(name)


def labels_of(data: Any, name: str) -> Mapping[Any, str]:
    """Return a column's value labels by value; empty where there are none."""
    book = codebook_of(data)
    return {} if book is None else book.labels(name)
