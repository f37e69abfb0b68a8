"""A sample beside official figures, both with their errors."""

from peerstats.comparison._adjusted_gap import adjusted_gap
from peerstats.comparison._adjusted_gap_result import AdjustedGapResult
from peerstats.comparison._compare import compare
from peerstats.comparison._deflate import deflate
from peerstats.comparison._deflated import Deflated
from peerstats.comparison._distributions import compare_distributions
from peerstats.comparison._distributions_result import DistributionsResult
from peerstats.comparison._mix import compare_mix
from peerstats.comparison._mix_result import MixResult
from peerstats.comparison._occupations import OccupationWagesResult, occupation_wages
from peerstats.comparison._odds_ratio import from_odds_ratio
from peerstats.comparison._odds_ratio_result import OddsRatioResult
from peerstats.comparison._place import place_in_benchmark
from peerstats.comparison._place_result import PlacementResult
from peerstats.comparison._possible_tables import tables_from_percentages
from peerstats.comparison._possible_tables_result import PossibleTables
from peerstats.comparison._published_shares import compare_proportions
from peerstats.comparison._published_shares_result import ProportionsResult
from peerstats.comparison._result import ComparisonResult
from peerstats.comparison._standardize import standardize_norm
from peerstats.comparison._summary import compare_summary

__all__ = [
    "AdjustedGapResult",
    "ComparisonResult",
    "Deflated",
    "DistributionsResult",
    "MixResult",
    "OccupationWagesResult",
    "OddsRatioResult",
    "PlacementResult",
    "PossibleTables",
    "ProportionsResult",
    "adjusted_gap",
    "compare",
    "compare_distributions",
    "compare_mix",
    "compare_proportions",
    "compare_summary",
    "deflate",
    "from_odds_ratio",
    "occupation_wages",
    "place_in_benchmark",
    "standardize_norm",
    "tables_from_percentages",
]
