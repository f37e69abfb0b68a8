"""The random intercept of a fit as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peerstats._core.labels import Words
from peerstats._core.words import counted
from peerstats.postfit import variance_columns
from peerstats.results import Column, Table

if TYPE_CHECKING:
    from peerstats.postfit import ModelFit, RandomIntercept

__all__ = ["conditional_line", "random_table"]

_LABELS = {
    "variance": "Variance",
    "sd": "Standard deviation",
    "icc": "ICC",
    "residual_variance": "Residual variance",
    "residual_sd": "Residual standard deviation",
}
_LEAST_P = 0.001  # smaller ones say more about the model than about the data (APA Manual, 7th ed., 6.36)


def _groups_line(fit: ModelFit, random: RandomIntercept) -> str:
    unit = "observation" if fit.weight_kind == "frequency" else "row"
    line = f"{counted(random.n_groups, 'group')}: {random.n_single:,} with one {unit}, the largest with "
    line += f"{random.largest_group:,}"
    if random.n_uniform is None:
        return line
    # a group of one is uniform of necessity
    return f"{line}; in {random.n_uniform - random.n_single:,} others all {unit}s have the same outcome"


def _test(random: RandomIntercept) -> str:
    p = random.lr_p_value
    words = f"p < {_LEAST_P}" if p < _LEAST_P else f"p = {p:.3f}"
    return f"LR test of no random intercept: chibar2(01) = {random.lr_statistic:,.2f}, {words}"


def _method(random: RandomIntercept) -> str:
    if random.method == "REML":
        return "restricted maximum likelihood (REML); limits by the profile of the likelihood (ML)"
    if random.n_points is None or random.n_points_checked is None or random.singular:
        return "maximum likelihood (ML); limits by its profile"
    # the number below that of the check is half of it
    fewer = min(random.n_points, random.n_points_checked // 2)
    change = f"{max(abs(random.loglik_change or 0.0), 1e-12):.0e}"  # nearer to 0 it is rounding
    return (
        f"maximum likelihood (ML) by adaptive Gauss-Hermite quadrature with {random.n_points} points: from "
        f"{fewer} to {random.n_points_checked} points the log-likelihood changed by {change}; limits by its "
        "profile"
    )


def _boundary(fit: ModelFit, random: RandomIntercept) -> tuple[str, ...]:
    if not random.singular:
        return ()
    plain = fit.model.removeprefix("mixed_")
    note = (
        f"The variance is estimated at its boundary, 0 (a singular fit): rows of one {random.group} are no "
        f"more alike than others, and the coefficients are those of {plain}(). The upper limits say what "
        "variance is still possible."
    )
    return (note,)


def conditional_line(fit: ModelFit, words: Words) -> tuple[str, ...]:
    """Say what an odds ratio of a mixed model compares."""
    if fit.random is None or not fit.outcome_levels:
        return ()
    group = words.name(fit.random.group)
    return (f"conditional on {group}: between rows of the same {group}",)


def random_table(fit: ModelFit, random: RandomIntercept) -> Table:
    """Return variance, standard deviation and intraclass correlation, with the test and how it was fitted."""
    level = f"{100 * fit.conf_level:g}%"
    cells = variance_columns(fit)
    labels = [_LABELS[term] for term in cells["term"]]
    if fit.outcome_levels:
        labels = [f"{label} (latent scale)" if label == "ICC" else label for label in labels]
    columns = {
        "estimate": "Estimate",
        "std_error": "Std. error",
        "conf_low": f"{level} low",
        "conf_high": f"{level} high",
    }
    return Table(
        key="random",
        title=f"Random intercept: {Words(fit.labels).name(random.group)}",
        columns=[
            Column(key="term", label="Measure"),
            *(Column(key=key, label=label, kind="number", digits=3) for key, label in columns.items()),
        ],
        rows=list(zip(labels, *(cells[key] for key in columns), strict=True)),
        lines=(_groups_line(fit, random),),
        notes=(_test(random), _method(random), *_boundary(fit, random)),
    )
