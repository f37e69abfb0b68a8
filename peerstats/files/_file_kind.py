"""What a survey file is: by its ending, checked against how it begins."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from peerstats.errors import SourceError
from peerstats.files._delimited import kind_by_beginning

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["TEXT", "WORKBOOK", "file_kind", "read_bytes"]

TEXT, WORKBOOK = "delimited text", "an Excel workbook"
_ENDINGS = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt", ".dat"), TEXT),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), WORKBOOK),
    ".parquet": "a Parquet file",
    **dict.fromkeys((".sav", ".zsav"), "an SPSS file"),
    ".por": "an SPSS portable file",
    ".dta": "a Stata file",
    ".sas7bdat": "a SAS file",
    ".xpt": "a SAS transport file",
}
# The ending to give a file that begins so.
_RIGHT = {
    TEXT: ".csv",
    WORKBOOK: ".xlsx",
    "an old Excel workbook": ".xls",
    "a Parquet file": ".parquet",
    "an SPSS file": ".sav",
    "an SPSS portable file": ".por",
    "a Stata file": ".dta",
    "a SAS file": ".sas7bdat",
    "a SAS transport file": ".xpt",
}
_SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_OLD_STATA = (105, 108, 110, 111, 113, 114, 115)  # first byte: the release of the format, before 117
_BEGINS = 400  # bytes; the signature of a portable file stands after two hundred bytes of splash text
_PORTABLE = b"SPSSPORT"


def read_bytes(path: Path, call: str, most: int = -1) -> bytes:
    """Read a file, or its beginning."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise SourceError(f"{call}(): {path} cannot be read: {error.strerror}.", "Check the path.") from error


def _begins_as(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TEXT
    if raw.startswith(_SAS):
        return "a SAS file"
    if raw.startswith(b"HEADER RECORD*******LIB"):
        return "a SAS transport file"
    if _PORTABLE in raw.replace(b"\r", b"").replace(b"\n", b"") or b"ASCII SPSS PORT FILE" in raw:
        return "an SPSS portable file"
    # the byte after the release says the order of bytes: 1 or 2
    if len(raw) > 2 and raw[0] in _OLD_STATA and raw[1] in {1, 2} and raw[2] == 1:  # noqa: PLR2004
        return "a Stata file"
    kind = kind_by_beginning(raw)
    return {None: TEXT, "an Excel workbook or zip archive": WORKBOOK}.get(kind, str(kind))


def file_kind(path: Path, call: str) -> str:
    """Say what a file is; stop where its ending and its beginning differ.

    Parameters
    ----------
    path : Path
        The file.
    call : str
        The public call, for messages.

    Returns
    -------
    str
        Its kind in words.

    Raises
    ------
    SourceError
        If it cannot be read, is empty, has another ending than is read, or is not what its ending says.
    """
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise SourceError(
            f"{call}(): {path.name} ends in {path.suffix or 'nothing'!r}, which is not read.",
            f"Read are {', '.join(_ENDINGS)}.",
        )
    raw = read_bytes(path, call, 2 * _BEGINS)
    if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
        raise SourceError(f"{call}(): {path.name} is empty.", "Check that the export or download worked.")
    said, found = _ENDINGS[ending], _begins_as(raw)
    if found == said or (ending == ".xls" and found == "an old Excel workbook"):
        return said
    if found == "an old Excel workbook":
        raise SourceError(
            f"{call}(): {path.name} is an old Excel workbook or protected by a password.",
            "Take the password off, or give an old workbook the ending .xls.",
        )
    if found in _RIGHT:
        step = f"Give it its right ending: {path.stem}{_RIGHT[found]}."
    elif found == "a web page":
        step = "A login or error page was saved in the place of the file: download it again by hand."
    else:
        step = {
            "a gzip archive": "Unpack it first.",
            "a binary file": "If it is text in UTF-16 without a byte order mark, save it as 'CSV UTF-8'.",
        }.get(found, "Export the data as CSV.")
    raise SourceError(f"{call}(): {path.name} is {found}, not {said} as its ending says.", step)
