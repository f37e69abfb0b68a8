"""Score work-life scales, set samples beside official figures, model job types."""

import logging as _logging
from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach
from peerstats.errors import (
    ConvergenceError,
    FormulaError,
    InputError,
    MissingExtraError,
    PeerstatsError,
    PeerstatsWarning,
    SourceError,
)

__version__ = "0.1.0"

# The one list of public names: where each lives. The stub and the reference page are held equal to it.
_PUBLIC = {
    "comparison": (
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
    ),
    "datasets": ("BlsResult", "Cohort", "bls_series", "fetch_bls", "simulate_cohort"),
    "design": ("RakeResult", "SurveyDesign", "rake"),
    "estimates": ("CrosstabResult", "EstimateResult", "crosstab", "estimate"),
    "files": ("Codebook", "Survey", "read_laus", "read_oews", "read_survey"),
    "instruments": ("Instrument", "get_instrument", "list_instruments", "read_instrument"),
    "models": (
        "BlocksResult",
        "BrantResult",
        "ModelResult",
        "SeparationResult",
        "SideBySide",
        "blocks",
        "brant_test",
        "coefficient_plot",
        "linear",
        "load_fit",
        "logistic",
        "mixed_linear",
        "mixed_logistic",
        "multinomial",
        "ordinal",
        "separation",
        "side_by_side",
    ),
    "norms": (
        "Benchmark",
        "OewsPercentiles",
        "OewsTable",
        "benchmark",
        "cps",
        "get_norm",
        "list_norms",
        "ncs",
        "oews",
        "oews_percentiles",
    ),
    "postfit": (
        "AdjustedMeansResult",
        "CalibrationResult",
        "ContrastsResult",
        "DiagnosticsResult",
        "GoodnessResult",
        "InfluenceResult",
        "MarginsResult",
        "ModelComparison",
        "ModelFit",
        "RandomIntercept",
        "TestResult",
        "compare_models",
    ),
    "results": ("Table",),
    "scoring": (
        "AgreementResult",
        "CfaResult",
        "ChangeResult",
        "CompositeResult",
        "IccResult",
        "LazyScoreResult",
        "LevelResult",
        "MatchResult",
        "ProfileResult",
        "QualityResult",
        "ReliabilityResult",
        "ScoreResult",
        "agreement_limits",
        "burnout_composite",
        "burnout_levels",
        "burnout_profiles",
        "cfa",
        "icc",
        "reliability",
        "reliable_change",
        "response_quality",
        "score",
        "worklife_match",
    ),
    "tables": ("ScaleTableResult", "TableOneResult", "regression_table", "scale_table", "table_one"),
}

_logging.getLogger(__name__).addHandler(_logging.NullHandler())

if not _TYPE_CHECKING:
    __getattr__, __dir__, _lazy_names = _attach(__name__, _PUBLIC)

__all__ = [  # noqa: PLE0604  (the lazy names are strings from the table above)
    "ConvergenceError",
    "FormulaError",
    "InputError",
    "MissingExtraError",
    "PeerstatsError",
    "PeerstatsWarning",
    "SourceError",
    "__version__",
    *(name for names in _PUBLIC.values() for name in names),
]
