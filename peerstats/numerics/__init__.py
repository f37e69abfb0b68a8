"""Arrays in, frozen records out; numpy and scipy only."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach

if _TYPE_CHECKING:
    from peerstats.numerics._alpha_intervals import (
        EqualityTest,
        alpha_std_error,
        bonett_interval,
        equal_alphas_test,
        feldt_interval,
        wald_equality_test,
    )
    from peerstats.numerics._auc import AreaUnderCurve, area_under_curve
    from peerstats.numerics._binomial import at_most, binomial_p, exact_limits, median_ranks, wilson_limits
    from peerstats.numerics._bivariate_normal import bivariate_normal_cdf
    from peerstats.numerics._bootstrap_intervals import acceleration, bca_interval, percentile_interval
    from peerstats.numerics._cfa import CfaFit, fit_cfa
    from peerstats.numerics._cfa_errors import CfaErrors, cfa_errors
    from peerstats.numerics._chi_square_sums import (
        QuadraticForm,
        chi_square_sum_p,
        f_or_chi_square_p,
        quadratic_form,
    )
    from peerstats.numerics._cluster_roots import LARGEST_CLUSTER, cluster_rooted
    from peerstats.numerics._collinear import (
        Collinearity,
        DesignScale,
        TurnedRows,
        find_collinearity,
        find_dependent,
        measure_design,
    )
    from peerstats.numerics._constrained import Constrained, fit_constrained, null_space
    from peerstats.numerics._correlation import (
        FEWEST_PAIRS,
        CorrelationEstimate,
        correlation_estimate,
        skewness,
    )
    from peerstats.numerics._covariance import correlations, weighted_moments
    from peerstats.numerics._cumulative_logit import cumulative_kernel, cumulative_scores, fit_cumulative
    from peerstats.numerics._cumulative_replicates import cumulative_refits
    from peerstats.numerics._domain_meat import domain_meat
    from peerstats.numerics._element_meat import add_by_unit, element_factor, element_meat
    from peerstats.numerics._firth import FirthFit, firth_adjustment, fit_firth
    from peerstats.numerics._firth_profile import FirthProfile, profile_firth
    from peerstats.numerics._fit_indices import FitIndices, fit_indices
    from peerstats.numerics._fit_tests import (
        FitTest,
        archer_lemeshow,
        group_by_share,
        hosmer_lemeshow,
        wald_f,
    )
    from peerstats.numerics._goodness import GoodnessOfFit, goodness_of_fit
    from peerstats.numerics._group_tests import (
        GroupTest,
        fisher_exact_p,
        kruskal_test,
        mean_equality_test,
        weighted_midranks,
    )
    from peerstats.numerics._hadamard import hadamard_matrix
    from peerstats.numerics._icc import (
        ICC_FORMS,
        AgreementLimits,
        IntraclassCorrelations,
        agreement_limits,
        intraclass,
    )
    from peerstats.numerics._influence import OneStep, one_step
    from peerstats.numerics._irt import BifactorModel, expected_scores, expected_scores_by_sum
    from peerstats.numerics._least_squares import LeastSquares, fit_least_squares
    from peerstats.numerics._least_squares_replicates import least_squares_refits
    from peerstats.numerics._margin_residuals import RESIDUAL_KINDS, margin_residuals
    from peerstats.numerics._margin_sums import (
        ExpectedSums,
        SlopeSums,
        expected_sums,
        expected_variance,
        shared_slope_sums,
        slope_rows,
        slope_sums,
    )
    from peerstats.numerics._mixed_intervals import (
        InterceptSpread,
        SpreadEstimate,
        boundary_p_value,
        intercept_spread,
        latent_icc,
    )
    from peerstats.numerics._mixed_kernel import (
        FEWEST_POINTS,
        MOST_POINTS,
        MixedSums,
        mixed_logit_kernel,
        posterior_modes,
    )
    from peerstats.numerics._mixed_linear import MixedLinearFit, fit_mixed_linear
    from peerstats.numerics._mixed_logit import MixedLogitFit, fit_mixed_logit
    from peerstats.numerics._mixed_predictions import (
        GroupIntercepts,
        PopulationProbability,
        mixed_linear_modes,
        mixed_logit_modes,
        mixed_logit_population,
    )
    from peerstats.numerics._mixed_rows import GroupedRows, group_rows
    from peerstats.numerics._mixture import KnownPercentiles, mixture_quantile, share_below
    from peerstats.numerics._moments import MeanEstimate, mean_estimate, mean_of_sums
    from peerstats.numerics._multinomial import (
        fit_multinomial,
        multinomial_kernel,
        multinomial_loglik_null,
        multinomial_probabilities,
        multinomial_scores,
    )
    from peerstats.numerics._multinomial_replicates import Refits, multinomial_refits
    from peerstats.numerics._multiplicity import ADJUSTMENTS, MaxT, adjusted_p, sidak_level
    from peerstats.numerics._newton import Maximum, Sums, maximise
    from peerstats.numerics._one_factor import ONE_FACTOR_REASONS, OneFactor, omega_total, one_factor
    from peerstats.numerics._ordinal import OrdinalReliability, ordinal_reliability, smooth_correlation
    from peerstats.numerics._polychoric import LARGEST_POLYCHORIC, Polychoric, polychoric
    from peerstats.numerics._quality import (
        Distances,
        even_odd,
        mahalanobis,
        pairwise_moments,
        row_correlation,
        row_sd,
        runs,
        same_answers,
    )
    from peerstats.numerics._quantiles import (
        QUANTILE_RULES,
        RankedValues,
        quantiles_at,
        rank_sums,
        rank_values,
    )
    from peerstats.numerics._raking import Raked, kish_effect, rake_weights
    from peerstats.numerics._rao_scott import IndependenceTest, pearson_test, rao_scott_test, wald_test
    from peerstats.numerics._reliability import (
        ItemStatistics,
        alpha,
        alpha_by_weights,
        empirical_reliability,
        item_statistics,
        lambda_2,
        standardised_alpha,
    )
    from peerstats.numerics._responses import (
        Expected,
        identity_response,
        multinomial_response,
        ordinal_response,
        population_response,
    )
    from peerstats.numerics._rows import (
        BLOCK_ROWS,
        ArrayRows,
        Block,
        ChangedRows,
        ConstantFirst,
        ConstantRows,
        Part,
        Rows,
        RowsHere,
        add_up,
        total,
    )
    from peerstats.numerics._sandwich import cluster_sums, meat, sandwich, sandwich_factor
    from peerstats.numerics._separation import (
        Separation,
        SeparationKind,
        find_ordinal_separation,
        find_separation,
    )
    from peerstats.numerics._small_samples import Corrected, Working, cluster_corrected, leverage_corrected
    from peerstats.numerics._splines import absorb_constraint, b_spline_columns, cubic_spline_columns
    from peerstats.numerics._standardised import mean_differences, share_differences
    from peerstats.numerics._stratified import EXHAUSTED, LONELY_RULES, psu_totals, stratified_meat
    from peerstats.numerics._student import one_sided_p, t_half_width, two_sided_p
    from peerstats.numerics._threads import one_blas_thread
    from peerstats.numerics._two_by_two import TwoByTwo, fisher_p, two_by_two
    from peerstats.numerics._year_cells import (
        CELL_RULES,
        Cells,
        cell_edges,
        cell_quantiles,
        make_cells,
        part_below,
    )

# Where each name lives: a name loads its own module only. A test holds this equal to the imports above.
_HOMES = {
    "_alpha_intervals": (
        "EqualityTest",
        "alpha_std_error",
        "bonett_interval",
        "equal_alphas_test",
        "feldt_interval",
        "wald_equality_test",
    ),
    "_auc": (
        "AreaUnderCurve",
        "area_under_curve",
    ),
    "_binomial": (
        "at_most",
        "binomial_p",
        "exact_limits",
        "median_ranks",
        "wilson_limits",
    ),
    "_bivariate_normal": ("bivariate_normal_cdf",),
    "_bootstrap_intervals": (
        "acceleration",
        "bca_interval",
        "percentile_interval",
    ),
    "_cfa": (
        "CfaFit",
        "fit_cfa",
    ),
    "_cfa_errors": (
        "CfaErrors",
        "cfa_errors",
    ),
    "_chi_square_sums": (
        "QuadraticForm",
        "chi_square_sum_p",
        "f_or_chi_square_p",
        "quadratic_form",
    ),
    "_cluster_roots": (
        "LARGEST_CLUSTER",
        "cluster_rooted",
    ),
    "_collinear": (
        "Collinearity",
        "DesignScale",
        "TurnedRows",
        "find_collinearity",
        "find_dependent",
        "measure_design",
    ),
    "_constrained": (
        "Constrained",
        "fit_constrained",
        "null_space",
    ),
    "_correlation": (
        "FEWEST_PAIRS",
        "CorrelationEstimate",
        "correlation_estimate",
        "skewness",
    ),
    "_covariance": (
        "correlations",
        "weighted_moments",
    ),
    "_cumulative_logit": (
        "cumulative_kernel",
        "cumulative_scores",
        "fit_cumulative",
    ),
    "_cumulative_replicates": ("cumulative_refits",),
    "_domain_meat": ("domain_meat",),
    "_element_meat": (
        "add_by_unit",
        "element_factor",
        "element_meat",
    ),
    "_firth": (
        "FirthFit",
        "firth_adjustment",
        "fit_firth",
    ),
    "_firth_profile": (
        "FirthProfile",
        "profile_firth",
    ),
    "_fit_indices": (
        "FitIndices",
        "fit_indices",
    ),
    "_fit_tests": (
        "FitTest",
        "archer_lemeshow",
        "group_by_share",
        "hosmer_lemeshow",
        "wald_f",
    ),
    "_goodness": (
        "GoodnessOfFit",
        "goodness_of_fit",
    ),
    "_group_tests": (
        "GroupTest",
        "fisher_exact_p",
        "kruskal_test",
        "mean_equality_test",
        "weighted_midranks",
    ),
    "_hadamard": ("hadamard_matrix",),
    "_icc": (
        "ICC_FORMS",
        "AgreementLimits",
        "IntraclassCorrelations",
        "agreement_limits",
        "intraclass",
    ),
    "_influence": (
        "OneStep",
        "one_step",
    ),
    "_irt": (
        "BifactorModel",
        "expected_scores",
        "expected_scores_by_sum",
    ),
    "_least_squares": (
        "LeastSquares",
        "fit_least_squares",
    ),
    "_least_squares_replicates": ("least_squares_refits",),
    "_margin_residuals": (
        "RESIDUAL_KINDS",
        "margin_residuals",
    ),
    "_margin_sums": (
        "ExpectedSums",
        "SlopeSums",
        "expected_sums",
        "expected_variance",
        "shared_slope_sums",
        "slope_rows",
        "slope_sums",
    ),
    "_mixed_intervals": (
        "InterceptSpread",
        "SpreadEstimate",
        "boundary_p_value",
        "intercept_spread",
        "latent_icc",
    ),
    "_mixed_kernel": (
        "FEWEST_POINTS",
        "MOST_POINTS",
        "MixedSums",
        "mixed_logit_kernel",
        "posterior_modes",
    ),
    "_mixed_linear": (
        "MixedLinearFit",
        "fit_mixed_linear",
    ),
    "_mixed_logit": (
        "MixedLogitFit",
        "fit_mixed_logit",
    ),
    "_mixed_predictions": (
        "GroupIntercepts",
        "PopulationProbability",
        "mixed_linear_modes",
        "mixed_logit_modes",
        "mixed_logit_population",
    ),
    "_mixed_rows": (
        "GroupedRows",
        "group_rows",
    ),
    "_mixture": (
        "KnownPercentiles",
        "mixture_quantile",
        "share_below",
    ),
    "_moments": (
        "MeanEstimate",
        "mean_estimate",
        "mean_of_sums",
    ),
    "_multinomial": (
        "fit_multinomial",
        "multinomial_kernel",
        "multinomial_loglik_null",
        "multinomial_probabilities",
        "multinomial_scores",
    ),
    "_multinomial_replicates": (
        "Refits",
        "multinomial_refits",
    ),
    "_multiplicity": (
        "ADJUSTMENTS",
        "MaxT",
        "adjusted_p",
        "sidak_level",
    ),
    "_newton": (
        "Maximum",
        "Sums",
        "maximise",
    ),
    "_one_factor": (
        "ONE_FACTOR_REASONS",
        "OneFactor",
        "omega_total",
        "one_factor",
    ),
    "_ordinal": (
        "OrdinalReliability",
        "ordinal_reliability",
        "smooth_correlation",
    ),
    "_polychoric": (
        "LARGEST_POLYCHORIC",
        "Polychoric",
        "polychoric",
    ),
    "_quality": (
        "Distances",
        "even_odd",
        "mahalanobis",
        "pairwise_moments",
        "row_correlation",
        "row_sd",
        "runs",
        "same_answers",
    ),
    "_quantiles": (
        "QUANTILE_RULES",
        "RankedValues",
        "quantiles_at",
        "rank_sums",
        "rank_values",
    ),
    "_raking": (
        "Raked",
        "kish_effect",
        "rake_weights",
    ),
    "_rao_scott": (
        "IndependenceTest",
        "pearson_test",
        "rao_scott_test",
        "wald_test",
    ),
    "_reliability": (
        "ItemStatistics",
        "alpha",
        "alpha_by_weights",
        "empirical_reliability",
        "item_statistics",
        "lambda_2",
        "standardised_alpha",
    ),
    "_responses": (
        "Expected",
        "identity_response",
        "multinomial_response",
        "ordinal_response",
        "population_response",
    ),
    "_rows": (
        "BLOCK_ROWS",
        "ArrayRows",
        "Block",
        "ChangedRows",
        "ConstantFirst",
        "ConstantRows",
        "Part",
        "Rows",
        "RowsHere",
        "add_up",
        "total",
    ),
    "_sandwich": (
        "cluster_sums",
        "meat",
        "sandwich",
        "sandwich_factor",
    ),
    "_separation": (
        "Separation",
        "SeparationKind",
        "find_ordinal_separation",
        "find_separation",
    ),
    "_small_samples": (
        "Corrected",
        "Working",
        "cluster_corrected",
        "leverage_corrected",
    ),
    "_splines": (
        "absorb_constraint",
        "b_spline_columns",
        "cubic_spline_columns",
    ),
    "_standardised": (
        "mean_differences",
        "share_differences",
    ),
    "_stratified": (
        "EXHAUSTED",
        "LONELY_RULES",
        "psu_totals",
        "stratified_meat",
    ),
    "_student": (
        "one_sided_p",
        "t_half_width",
        "two_sided_p",
    ),
    "_threads": ("one_blas_thread",),
    "_two_by_two": (
        "TwoByTwo",
        "fisher_p",
        "two_by_two",
    ),
    "_year_cells": (
        "CELL_RULES",
        "Cells",
        "cell_edges",
        "cell_quantiles",
        "make_cells",
        "part_below",
    ),
}

if not _TYPE_CHECKING:
    __getattr__, __dir__, _ = _attach(__name__, _HOMES)

__all__ = [
    "ADJUSTMENTS",
    "BLOCK_ROWS",
    "CELL_RULES",
    "EXHAUSTED",
    "FEWEST_PAIRS",
    "FEWEST_POINTS",
    "ICC_FORMS",
    "LARGEST_CLUSTER",
    "LARGEST_POLYCHORIC",
    "LONELY_RULES",
    "MOST_POINTS",
    "ONE_FACTOR_REASONS",
    "QUANTILE_RULES",
    "RESIDUAL_KINDS",
    "AgreementLimits",
    "AreaUnderCurve",
    "ArrayRows",
    "BifactorModel",
    "Block",
    "Cells",
    "CfaErrors",
    "CfaFit",
    "ChangedRows",
    "Collinearity",
    "ConstantFirst",
    "ConstantRows",
    "Constrained",
    "Corrected",
    "CorrelationEstimate",
    "DesignScale",
    "Distances",
    "EqualityTest",
    "Expected",
    "ExpectedSums",
    "FirthFit",
    "FirthProfile",
    "FitIndices",
    "FitTest",
    "GoodnessOfFit",
    "GroupIntercepts",
    "GroupTest",
    "GroupedRows",
    "IndependenceTest",
    "InterceptSpread",
    "IntraclassCorrelations",
    "ItemStatistics",
    "KnownPercentiles",
    "LeastSquares",
    "MaxT",
    "Maximum",
    "MeanEstimate",
    "MixedLinearFit",
    "MixedLogitFit",
    "MixedSums",
    "OneFactor",
    "OneStep",
    "OrdinalReliability",
    "Part",
    "Polychoric",
    "PopulationProbability",
    "QuadraticForm",
    "Raked",
    "RankedValues",
    "Refits",
    "Rows",
    "RowsHere",
    "Separation",
    "SeparationKind",
    "SlopeSums",
    "SpreadEstimate",
    "Sums",
    "TurnedRows",
    "TwoByTwo",
    "Working",
    "absorb_constraint",
    "acceleration",
    "add_by_unit",
    "add_up",
    "adjusted_p",
    "agreement_limits",
    "alpha",
    "alpha_by_weights",
    "alpha_std_error",
    "archer_lemeshow",
    "area_under_curve",
    "at_most",
    "b_spline_columns",
    "bca_interval",
    "binomial_p",
    "bivariate_normal_cdf",
    "bonett_interval",
    "boundary_p_value",
    "cell_edges",
    "cell_quantiles",
    "cfa_errors",
    "chi_square_sum_p",
    "cluster_corrected",
    "cluster_rooted",
    "cluster_sums",
    "correlation_estimate",
    "correlations",
    "cubic_spline_columns",
    "cumulative_kernel",
    "cumulative_refits",
    "cumulative_scores",
    "domain_meat",
    "element_factor",
    "element_meat",
    "empirical_reliability",
    "equal_alphas_test",
    "even_odd",
    "exact_limits",
    "expected_scores",
    "expected_scores_by_sum",
    "expected_sums",
    "expected_variance",
    "f_or_chi_square_p",
    "feldt_interval",
    "find_collinearity",
    "find_dependent",
    "find_ordinal_separation",
    "find_separation",
    "firth_adjustment",
    "fisher_exact_p",
    "fisher_p",
    "fit_cfa",
    "fit_constrained",
    "fit_cumulative",
    "fit_firth",
    "fit_indices",
    "fit_least_squares",
    "fit_mixed_linear",
    "fit_mixed_logit",
    "fit_multinomial",
    "goodness_of_fit",
    "group_by_share",
    "group_rows",
    "hadamard_matrix",
    "hosmer_lemeshow",
    "identity_response",
    "intercept_spread",
    "intraclass",
    "item_statistics",
    "kish_effect",
    "kruskal_test",
    "lambda_2",
    "latent_icc",
    "least_squares_refits",
    "leverage_corrected",
    "mahalanobis",
    "make_cells",
    "margin_residuals",
    "maximise",
    "mean_differences",
    "mean_equality_test",
    "mean_estimate",
    "mean_of_sums",
    "measure_design",
    "meat",
    "median_ranks",
    "mixed_linear_modes",
    "mixed_logit_kernel",
    "mixed_logit_modes",
    "mixed_logit_population",
    "mixture_quantile",
    "multinomial_kernel",
    "multinomial_loglik_null",
    "multinomial_probabilities",
    "multinomial_refits",
    "multinomial_response",
    "multinomial_scores",
    "null_space",
    "omega_total",
    "one_blas_thread",
    "one_factor",
    "one_sided_p",
    "one_step",
    "ordinal_reliability",
    "ordinal_response",
    "pairwise_moments",
    "part_below",
    "pearson_test",
    "percentile_interval",
    "polychoric",
    "population_response",
    "posterior_modes",
    "profile_firth",
    "psu_totals",
    "quadratic_form",
    "quantiles_at",
    "rake_weights",
    "rank_sums",
    "rank_values",
    "rao_scott_test",
    "row_correlation",
    "row_sd",
    "runs",
    "same_answers",
    "sandwich",
    "sandwich_factor",
    "share_below",
    "share_differences",
    "shared_slope_sums",
    "sidak_level",
    "skewness",
    "slope_rows",
    "slope_sums",
    "smooth_correlation",
    "standardised_alpha",
    "stratified_meat",
    "t_half_width",
    "total",
    "two_by_two",
    "two_sided_p",
    "wald_equality_test",
    "wald_f",
    "wald_test",
    "weighted_midranks",
    "weighted_moments",
    "wilson_limits",
]
