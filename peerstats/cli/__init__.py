"""The command `peerstats`."""

from peerstats.cli._main import main

__all__ = ["main"]
