"""A sample beside official figures, both with their errors."""

from peerstats.comparison._compare import compare
from peerstats.comparison._deflate import deflate
from peerstats.comparison._deflated import Deflated
from peerstats.comparison._occupations import OccupationWagesResult, occupation_wages
from peerstats.comparison._place import place_in_benchmark
from peerstats.comparison._place_result import PlacementResult
from peerstats.comparison._result import ComparisonResult
from peerstats.comparison._summary import compare_summary

__all__ = [
    "ComparisonResult",
    "Deflated",
    "OccupationWagesResult",
    "PlacementResult",
    "compare",
    "compare_summary",
    "deflate",
    "occupation_wages",
    "place_in_benchmark",
]
