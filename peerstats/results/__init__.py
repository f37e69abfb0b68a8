"""Results, the tables they print as, and the renderers of tables."""

from __future__ import annotations

from peerstats.results._plain import plain, plain_rows
from peerstats.results._result import Printed, Result
from peerstats.results._table import Column, Table, table_key

__all__ = ["Column", "Printed", "Result", "Table", "plain", "plain_rows", "table_key"]
