"""An instrument file's text: values by place, and errors that name the line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from peerstats.errors import InputError

__all__ = ["TomlSource"]

_KINDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TomlSource:
    """A TOML file being read.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    text : str
        Its text.
    """

    name: str
    text: str

    def parse(self) -> dict[str, Any]:
        """Return the file as a dictionary; its syntax errors name the line."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(
                f"instrument file {self.name}: is not TOML: {error}.", "Mend that line."
            ) from error

    def line(self, *path: str) -> int | None:
        """Find the line of a key, or of the nearest table that holds it; None for the whole file."""
        lines = self.text.splitlines()
        header, start = None, 0
        for depth in range(len(path), 0, -1):
            table = re.escape(".".join(path[:depth]))
            found = [i for i, text in enumerate(lines) if re.match(rf"\s*\[\[?{table}\]\]?\s*(#|$)", text)]
            if found:
                header, start = found[0], depth
                break
        for key in path[start:][:1]:
            after = lines[header + 1 :] if header is not None else lines
            for i, text in enumerate(after):
                if re.match(r"\s*\[", text):
                    break
                if re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", text):
                    return i + 1 + (0 if header is None else header + 1)
        return None if header is None else header + 1

    def stop(self, path: tuple[str, ...], problem: str, next_step: str = "Mend the file.") -> InputError:
        """Make the error for a value: file, line, place and problem."""
        line = self.line(*path)
        where = f", line {line}" if line is not None else ""
        place = f" [{'.'.join(path)}]" if path else ""
        return InputError(f"instrument file {self.name}{where}:{place} {problem}.", next_step)

    def get(self, table: dict[str, Any], path: tuple[str, ...], kind: type, default: Any = None) -> Any:
        """Return the value at the end of `path` from its table, checked for kind; None demands it."""
        key = path[-1]
        if key not in table:
            if default is None:
                raise self.stop(path, "is missing")
            return default
        value = table[key]
        wanted = (int, float) if kind is float else kind
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
            raise self.stop(path, f"must be {_KINDS[kind]}, and is {value!r}")
        return value

    def only(self, table: dict[str, Any], path: tuple[str, ...], known: tuple[str, ...]) -> None:
        """Raise at a key that means nothing: a misspelt word must not be passed over."""
        odd = [key for key in table if key not in known]
        if odd:
            raise self.stop((*path, odd[0]), "means nothing", f"Known here: {', '.join(known)}.")
