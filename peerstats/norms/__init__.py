"""Official figures as estimates: value, standard error, population, date, form and source."""

from peerstats.norms._benchmark import Benchmark
from peerstats.norms._dates import in_words, read_date
from peerstats.norms._labor import cps, ncs
from peerstats.norms._oews import oews
from peerstats.norms._prices import PriceIndex, own_price_index, price_index
from peerstats.norms._published import benchmark
from peerstats.norms._registry import get_norm, list_norms, norm_of_each_scale

__all__ = [
    "Benchmark",
    "PriceIndex",
    "benchmark",
    "cps",
    "get_norm",
    "in_words",
    "list_norms",
    "ncs",
    "norm_of_each_scale",
    "oews",
    "own_price_index",
    "price_index",
    "read_date",
]
