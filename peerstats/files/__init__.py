"""Survey files and agency files."""

from peerstats.files._delimited import DelimitedFile, read_delimited, replace_file, write_delimited

__all__ = ["DelimitedFile", "read_delimited", "replace_file", "write_delimited"]
