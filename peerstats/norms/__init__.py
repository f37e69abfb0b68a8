"""Official figures as estimates: value, standard error, population, date, form and source."""

from peerstats.norms._benchmark import Benchmark
from peerstats.norms._oews import oews
from peerstats.norms._oews_percentiles import OewsPercentiles, oews_percentiles
from peerstats.norms._oews_table import OewsTable
from peerstats.norms._published import benchmark
from peerstats.norms._registry import get_norm, list_norms, norm_of_each_scale

__all__ = [
    "Benchmark",
    "OewsPercentiles",
    "OewsTable",
    "benchmark",
    "get_norm",
    "list_norms",
    "norm_of_each_scale",
    "oews",
    "oews_percentiles",
]
