"""Weighted means, totals, shares, ratios, quantiles and cross-tabulations with the errors of the design."""

from peerstats.estimates._crosstab import crosstab
from peerstats.estimates._crosstab_result import CrosstabResult
from peerstats.estimates._estimate import estimate
from peerstats.estimates._group_tests import design_mean_test, design_rank_test, design_share_test
from peerstats.estimates._result import EstimateResult
from peerstats.estimates._sample import Groups, Sample, name_list, read_groups, read_sample

__all__ = [
    "CrosstabResult",
    "EstimateResult",
    "Groups",
    "Sample",
    "crosstab",
    "design_mean_test",
    "design_rank_test",
    "design_share_test",
    "estimate",
    "name_list",
    "read_groups",
    "read_sample",
]
