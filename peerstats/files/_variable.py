"""What a survey file says about one column."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.frames import nw

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Kind", "Variable", "kind_of"]

Kind = Literal["number", "text", "date", "boolean", "category"]


def _none() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variable:
    """One column of a survey file.

    Attributes
    ----------
    name : str
        Its name in the data.
    label : str
        The question or description; empty where there is none.
    kind : {"number", "text", "date", "boolean", "category"}
        What its cells hold.
    format : str
        The file's own format: "F8.2" of SPSS, "%td" of Stata, "radio" of REDCap; empty where there is none.
    measure : str
        "nominal", "ordinal" or "scale" where an SPSS file says so, else empty.
    values : mapping of value to str
        Value labels in the order of the file, those of user-missing codes included.
    missing : tuple of (low, high)
        User-missing codes and ranges, both ends included; low is high for a single code.
    missing_counts : mapping of value to int
        Each user-missing code that occurs and how often; a range is told by its values.
    counts : mapping of value to int
        How often each labelled value occurs, user-missing codes left out.
    n : int
        Cells with a valid value.
    n_blank : int
        Cells with nothing in them.
    """

    name: str
    label: str = ""
    kind: Kind = "number"
    format: str = ""
    measure: str = ""
    values: Mapping[Any, str] = field(default_factory=_none)
    missing: tuple[tuple[Any, Any], ...] = ()
    missing_counts: Mapping[Any, int] = field(default_factory=_none)
    counts: Mapping[Any, int] = field(default_factory=_none)
    n: int = 0
    n_blank: int = 0

    @property
    def n_missing(self) -> int:
        """Return the cells without a valid value: blank, or a user-missing code."""
        return self.n_blank + sum(self.missing_counts.values())

    def is_missing(self, value: Any) -> bool:
        """Return whether a value is a user-missing code."""
        return any(
            isinstance(value, str) == isinstance(low, str) and low <= value <= high
            for low, high in self.missing
        )

    @property
    def valid_labels(self) -> dict[Any, str]:
        """Return the value labels of codes that are not user-missing."""
        return {value: label for value, label in self.values.items() if not self.is_missing(value)}


def kind_of(series: Any) -> Kind:
    """Return what a pandas column holds."""
    dtype = nw.from_native(series, series_only=True).dtype
    if dtype in (nw.Categorical, nw.Enum):
        return "category"
    if dtype == nw.Boolean:
        return "boolean"
    if dtype.is_numeric():
        return "number"
    return "date" if dtype.is_temporal() else "text"
