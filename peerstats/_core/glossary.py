"""The meaning of every column of every tidy frame; a test holds the frames to it."""

from __future__ import annotations

__all__ = ["COLUMNS"]

COLUMNS: dict[str, str] = {
    # who and what
    "outcome": "Outcome level that the row's equation models against the base.",
    "term": "Coefficient, named by its formula term and level.",
    "scale": "Scale of the instrument.",
    "group": "Group of respondents, 'all' where there is one.",
    "benchmark": "Name of the benchmark.",
    # counts
    "n": "Rows used.",
    "n_missing": "Rows left out because a needed value was missing.",
    "n_items": "Items of the scale.",
    "n_scored": "Respondents with a score.",
    "n_withheld": "Respondents without a score; report() says why.",
    "n_clusters": "Clusters.",
    "n_outcomes": "Outcome levels.",
    "reason": "Why a score was withheld.",
    # estimates
    "estimate": "The estimate, in the units of the column or on the scale that the table names.",
    "std_error": "Standard error of the estimate.",
    "statistic": "Test statistic: estimate over its standard error, t or z by `df`.",
    "df": "Degrees of freedom of the test; infinite where the normal is used.",
    "p_value": "Two-sided p-value.",
    "conf_low": "Lower confidence limit.",
    "conf_high": "Upper confidence limit.",
    # comparison
    "benchmark_value": "Value of the benchmark.",
    "benchmark_std_error": "Standard error of the benchmark.",
    "difference": "Estimate minus benchmark.",
    "difference_std_error": "Standard error of the difference, the benchmark's own where included.",
    "difference_low": "Lower confidence limit of the difference.",
    "difference_high": "Upper confidence limit of the difference.",
    "ratio": "Estimate over benchmark.",
    "ratio_low": "Lower confidence limit of the ratio.",
    "ratio_high": "Upper confidence limit of the ratio.",
    "benchmark_error": "Whether the benchmark's own standard error is in the test: include or ignore.",
    # score summaries
    "mean": "Mean of the scores.",
    "sd": "Standard deviation of the scores.",
    "minimum": "Smallest score.",
    "maximum": "Largest score.",
    "mean_std_error": "Mean standard error of measurement of the scores.",
    # fit
    "loglik": "Log-likelihood at the estimates (a pseudo log-likelihood with sampling weights).",
    "loglik_null": "Log-likelihood of the intercept-only model on the same rows.",
    "n_parameters": "Number of coefficients.",
    "aic": "Akaike's information criterion; only with model-based errors.",
    "bic": "Schwarz's information criterion; only with model-based errors.",
    "mcfadden_r2": "1 - loglik / loglik_null (McFadden).",
    "variance": "Kind of the standard errors.",
    "weight_kind": "Kind of the weights: none, sampling or frequency.",
    "n_iterations": "Newton steps taken.",
    "base": "Outcome level that the others are compared with.",
    "method": "How the scores were formed.",
    "instrument": "Key of the instrument.",
    "scales": "Scales of the instrument.",
    "methods": "Ways to score the instrument.",
    "wording": "Whether the item text is public domain or not distributed.",
    "confirmed": "Whether the instrument's key or the norm's figures were confirmed: yes or no.",
    "conf_level": "Confidence level of the intervals.",
    # norms and instruments
    "key": "Key that names it in a call: a norm's or an instrument's.",
    "title": "What it is, in words.",
    "by": "Variable that divides the population into groups, 'all' where none does.",
    "population": "Whom the figure describes.",
    "date": "When the figure holds.",
    "form": "How the figure was measured.",
    "source": "Who published it, and where.",
    "value": "Value of the norm, in its unit.",
}
