"""Survey files and agency files."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach

if _TYPE_CHECKING:
    from peerstats.files._codebook import Codebook
    from peerstats.files._delimited import DelimitedFile, read_delimited, replace_file, write_delimited
    from peerstats.files._laus import read_laus
    from peerstats.files._oews import read_oews
    from peerstats.files._read_survey import read_survey
    from peerstats.files._survey import Survey
    from peerstats.files._variable import Variable

# Where each name lives: a name loads its own module only. A test holds this equal to the imports above.
_HOMES = {
    "_codebook": ("Codebook",),
    "_delimited": (
        "DelimitedFile",
        "read_delimited",
        "replace_file",
        "write_delimited",
    ),
    "_laus": ("read_laus",),
    "_oews": ("read_oews",),
    "_read_survey": ("read_survey",),
    "_survey": ("Survey",),
    "_variable": ("Variable",),
}

if not _TYPE_CHECKING:
    __getattr__, __dir__, _ = _attach(__name__, _HOMES)

__all__ = [
    "Codebook",
    "DelimitedFile",
    "Survey",
    "Variable",
    "read_delimited",
    "read_laus",
    "read_oews",
    "read_survey",
    "replace_file",
    "write_delimited",
]
