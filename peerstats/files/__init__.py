"""Survey files and agency files."""

from peerstats.files._delimited import DelimitedFile, read_delimited, replace_file, write_delimited
from peerstats.files._laus import read_laus
from peerstats.files._oews import read_oews

__all__ = ["DelimitedFile", "read_delimited", "read_laus", "read_oews", "replace_file", "write_delimited"]
