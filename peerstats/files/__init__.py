"""Survey files and agency files."""

from peerstats.files._codebook import Codebook
from peerstats.files._delimited import DelimitedFile, read_delimited, replace_file, write_delimited
from peerstats.files._laus import read_laus
from peerstats.files._oews import read_oews
from peerstats.files._read_survey import read_survey
from peerstats.files._survey import Survey
from peerstats.files._variable import Variable

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
