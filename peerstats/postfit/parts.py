"""What models and tables build their own words from: labels that a fit keeps, and the rows of its terms."""

from peerstats.postfit._kept_labels import keep_labels, levels_of
from peerstats.postfit._term_rows import (
    Namer,
    RowKey,
    TermRow,
    check_labels,
    design_codebook,
    fit_codebook,
    term_rows,
)

__all__ = [
    "Namer",
    "RowKey",
    "TermRow",
    "check_labels",
    "design_codebook",
    "fit_codebook",
    "keep_labels",
    "levels_of",
    "term_rows",
]
