"""What the packages above build their own estimates from: samples with designs, means and quantiles."""

from peerstats.estimates._limits import beta_limits, share_limits
from peerstats.estimates._linear import Linear, Sums, linear_estimates
from peerstats.estimates._one_respondent import one_respondent
from peerstats.estimates._quantile import Quantiles, quantile_estimates
from peerstats.estimates._read_summed import read_summed
from peerstats.estimates._sample import Groups, Sample, read_groups, read_sample
from peerstats.estimates._summed import squares_about

__all__ = [
    "Groups",
    "Linear",
    "Quantiles",
    "Sample",
    "Sums",
    "beta_limits",
    "linear_estimates",
    "one_respondent",
    "quantile_estimates",
    "read_groups",
    "read_sample",
    "read_summed",
    "share_limits",
    "squares_about",
]
