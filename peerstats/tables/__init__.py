"""Tables that papers print."""

from peerstats.tables._regression_table import regression_table
from peerstats.tables._scale_result import ScaleTableResult
from peerstats.tables._scale_table import scale_table

__all__ = ["ScaleTableResult", "regression_table", "scale_table"]
