"""The command's group: one module a subcommand, loaded when it is called or listed."""

from __future__ import annotations

import importlib
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

import peerstats
from peerstats.errors import PeerstatsError, PeerstatsWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

_COMMANDS = {name: f"peerstats.cli._{name}" for name in ("demo", "instruments", "score")}


@contextmanager
def _told() -> Iterator[None]:
    """Say each warning of ours in one line on the way out, without the code's place."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", PeerstatsWarning)
        try:
            yield
        finally:
            for each in said:
                click.echo(f"Warning: {each.message}", err=True)


class _Commands(click.Group):
    """A group that imports a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; what peerstats refuses is told without a traceback, with exit code 1."""
        try:
            with _told():
                return super().invoke(ctx)
        except PeerstatsError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(peerstats.__version__, prog_name="peerstats")
def main() -> None:
    """Score, benchmark and model surveys of the peer-support workforce.

    Exit codes: 0 done, 1 the input cannot be used (the message says why), 2 the command was not understood.
    """
