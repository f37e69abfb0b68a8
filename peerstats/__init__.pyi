from peerstats.comparison import ComparisonResult, compare, compare_summary
from peerstats.datasets import Cohort, simulate_cohort
from peerstats.errors import (
    ConvergenceError,
    FormulaError,
    InputError,
    MissingExtraError,
    PeerstatsError,
    PeerstatsWarning,
    SourceError,
)
from peerstats.instruments import Instrument, get_instrument, list_instruments, read_instrument
from peerstats.models import ModelResult, logistic, multinomial
from peerstats.norms import Benchmark, benchmark, get_norm, list_norms, oews
from peerstats.postfit import ModelFit
from peerstats.results import Table
from peerstats.scoring import (
    CompositeResult,
    LevelResult,
    MatchResult,
    ProfileResult,
    ScoreResult,
    burnout_composite,
    burnout_levels,
    burnout_profiles,
    score,
    worklife_match,
)

__version__: str

__all__ = [
    "Benchmark",
    "Cohort",
    "ComparisonResult",
    "CompositeResult",
    "ConvergenceError",
    "FormulaError",
    "InputError",
    "Instrument",
    "LevelResult",
    "MatchResult",
    "MissingExtraError",
    "ModelFit",
    "ModelResult",
    "PeerstatsError",
    "PeerstatsWarning",
    "ProfileResult",
    "ScoreResult",
    "SourceError",
    "Table",
    "__version__",
    "benchmark",
    "burnout_composite",
    "burnout_levels",
    "burnout_profiles",
    "compare",
    "compare_summary",
    "get_instrument",
    "get_norm",
    "list_instruments",
    "list_norms",
    "logistic",
    "multinomial",
    "oews",
    "read_instrument",
    "score",
    "simulate_cohort",
    "worklife_match",
]
