"""Results, the tables they print as, and the renderers of tables."""

from __future__ import annotations

from peerstats.results._column import Column
from peerstats.results._counts import Count, Counts
from peerstats.results._csv import guard
from peerstats.results._format import date_text
from peerstats.results._in_words import cells_in_words, columns_in_words
from peerstats.results._numbers import Numbers
from peerstats.results._plain import plain, plain_rows
from peerstats.results._result import LabelledResult, Printed, Result, with_codebook
from peerstats.results._styles import StyleName
from peerstats.results._table import Table, table_key

__all__ = [
    "Column",
    "Count",
    "Counts",
    "LabelledResult",
    "Numbers",
    "Printed",
    "Result",
    "StyleName",
    "Table",
    "cells_in_words",
    "columns_in_words",
    "date_text",
    "guard",
    "plain",
    "plain_rows",
    "table_key",
    "with_codebook",
]
