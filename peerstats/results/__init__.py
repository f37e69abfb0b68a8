"""Results, the tables they print as, and the renderers of tables."""

from __future__ import annotations

from peerstats.results._format import format_cell
from peerstats.results._plain import plain, plain_rows
from peerstats.results._result import Printed, Result
from peerstats.results._table import Column, Table

__all__ = ["Column", "Printed", "Result", "Table", "format_cell", "plain", "plain_rows"]
