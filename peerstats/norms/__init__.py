"""Official figures as estimates: value, standard error, population, date, form and source."""

from peerstats.norms._benchmark import Benchmark
from peerstats.norms._cells import NormCell, norm_cells
from peerstats.norms._dates import in_words, read_date
from peerstats.norms._labor import cps, ncs
from peerstats.norms._oews import oews, rse_error, standing_notes, wage_facts
from peerstats.norms._oews_codes import FIGURES as OEWS_FIGURES
from peerstats.norms._oews_codes import PAGE as OEWS_PAGE
from peerstats.norms._oews_codes import PAY as OEWS_PAY
from peerstats.norms._oews_codes import PERCENTS as OEWS_PERCENTS
from peerstats.norms._oews_codes import STATES as OEWS_STATES
from peerstats.norms._oews_codes import SYMBOLS as OEWS_SYMBOLS
from peerstats.norms._oews_codes import WORDS as OEWS_WORDS
from peerstats.norms._oews_codes import meaning, postal
from peerstats.norms._oews_percentiles import OewsPercentiles, oews_percentiles
from peerstats.norms._oews_row import OewsRow, bundled_table, check_table, look_up
from peerstats.norms._oews_table import OewsTable
from peerstats.norms._prices import PriceIndex, own_price_index, price_index
from peerstats.norms._published import benchmark
from peerstats.norms._registry import get_norm, list_norms, norm_of_each_scale

__all__ = [
    "OEWS_FIGURES",
    "OEWS_PAGE",
    "OEWS_PAY",
    "OEWS_PERCENTS",
    "OEWS_STATES",
    "OEWS_SYMBOLS",
    "OEWS_WORDS",
    "Benchmark",
    "NormCell",
    "OewsPercentiles",
    "OewsRow",
    "OewsTable",
    "PriceIndex",
    "benchmark",
    "bundled_table",
    "check_table",
    "cps",
    "get_norm",
    "in_words",
    "list_norms",
    "look_up",
    "meaning",
    "ncs",
    "norm_cells",
    "norm_of_each_scale",
    "oews",
    "oews_percentiles",
    "own_price_index",
    "postal",
    "price_index",
    "read_date",
    "rse_error",
    "standing_notes",
    "wage_facts",
]
