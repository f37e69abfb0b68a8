"""Tables that papers print."""

from peerstats.tables._scale_result import ScaleTableResult
from peerstats.tables._scale_table import scale_table

__all__ = ["ScaleTableResult", "scale_table"]
