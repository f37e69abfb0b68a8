"""Tables that papers print."""

from peerstats.tables._one_result import TableOneResult
from peerstats.tables._regression_table import regression_table
from peerstats.tables._scale_result import ScaleTableResult
from peerstats.tables._scale_table import scale_table
from peerstats.tables._table_one import table_one

__all__ = ["ScaleTableResult", "TableOneResult", "regression_table", "scale_table", "table_one"]
