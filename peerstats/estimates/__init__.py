"""Weighted means, totals, shares, ratios, quantiles and cross-tabulations with the errors of the design."""

from peerstats.estimates._crosstab import crosstab
from peerstats.estimates._crosstab_result import CrosstabResult
from peerstats.estimates._estimate import estimate
from peerstats.estimates._result import EstimateResult

__all__ = ["CrosstabResult", "EstimateResult", "crosstab", "estimate"]
