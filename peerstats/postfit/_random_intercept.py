"""What a fit with a random intercept says of its groups; nothing in it is by group."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats.errors import InputError
from peerstats.postfit._record import read_fields, spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.numerics import SpreadEstimate
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["RandomIntercept", "variance_columns"]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as JSON can hold it: numbers that are infinite or missing as text."""
    return {
        key: _plain(value) if isinstance(value, dict) else spell(value) if isinstance(value, float) else value
        for key, value in record.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RandomIntercept:
    """The random intercept of a fit.

    Parameters
    ----------
    group : str
        Column of the groups.
    method : {"ML", "REML"}
        What was maximised: the likelihood, or the restricted one.
    n_groups : int
        Groups in the rows used.
    n_single : int
        Groups that hold one observation, frequencies counted.
    n_uniform : int or None
        Groups in which all observations have the same outcome; None for a linear model.
    largest_group : int
        Observations of the largest group.
    sd, variance : SpreadEstimate
        Standard deviation and variance of the intercept, on the scale of the linear predictor, with standard
        error, limits by profile likelihood, and Wald limits.
    icc : SpreadEstimate
        Intraclass correlation: the share of the variance that lies between groups; of a logit, of the latent
        response, whose variance within groups is pi^2 / 3.
    residual_sd : SpreadEstimate or None
        Standard deviation of the rows about their group, of a linear model; its limits by the profile.
    lr_statistic : float
        Twice the log-likelihood less that of the model without the intercept.
    lr_p_value : float
        Its p-value: the null distribution is half at 0, half chi-square with 1 degree of freedom.
    loglik_plain : float
        Log-likelihood of the model without the intercept.
    singular : bool
        Whether the variance is estimated at its boundary, 0.
    n_points, n_points_checked : int or None
        Points of the adaptive Gauss-Hermite quadrature that the estimates are from, and the larger of the two
        numbers that were compared; None for a linear model, which needs none.
    loglik_change, step_change : float or None
        Change of the log-likelihood, and largest change of an estimate in standard errors, from the smaller
        of the two numbers of points to the larger.
    joint : (k + 1, k + 1) float array or None
        Of a logit, the covariance of the coefficients and `sd` together; NaN in the last row where the
        variance is 0. None for a linear model, which expects the same whatever the variance.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> waves = pd.DataFrame({"score": [3, 4, 8, 7, 5, 6], "person": [0, 0, 1, 1, 2, 2]})
    >>> random = ps.mixed_linear("score ~ 1", waves, group="person").fit.random
    >>> random.n_groups, round(random.variance.estimate, 3), round(random.icc.estimate, 3)
    (3, 3.75, 0.882)
    """

    group: str
    method: Literal["ML", "REML"]
    n_groups: int
    n_single: int
    n_uniform: int | None
    largest_group: int
    sd: SpreadEstimate
    variance: SpreadEstimate
    icc: SpreadEstimate
    residual_sd: SpreadEstimate | None
    lr_statistic: float
    lr_p_value: float
    loglik_plain: float
    singular: bool
    n_points: int | None
    n_points_checked: int | None
    loglik_change: float | None
    step_change: float | None
    joint: Array | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return every field under its name; numbers that are not finite as text, which `float` reads back.

        Returns
        -------
        dict
            What JSON can hold.
        """
        record = _plain(asdict(replace(self, joint=None)))
        record["joint"] = None if self.joint is None else [[spell(x) for x in row] for row in self.joint]
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> RandomIntercept:
        """Rebuild a random intercept from `to_dict()`; `ModelFit.from_dict` checks that it fits.

        Parameters
        ----------
        record : mapping
            What `to_dict` returned.

        Returns
        -------
        RandomIntercept
            The same.

        Raises
        ------
        InputError
            If a field is absent, unknown or of another type.
        """
        return read_fields(cls, record, "RandomIntercept.from_dict", {})


def _squared(sd: SpreadEstimate) -> dict[str, float]:
    return {
        "estimate": sd.estimate**2,
        "std_error": 2.0 * sd.estimate * sd.std_error,
        "conf_low": sd.conf_low**2,
        "conf_high": sd.conf_high**2,
    }


def variance_columns(fit: ModelFit) -> dict[str, Any]:
    """Return variance, standard deviation and intraclass correlation of a random intercept, as columns.

    Parameters
    ----------
    fit : ModelFit
        A fit with a random intercept.

    Returns
    -------
    dict of str to list or array
        Term (variance, sd, icc; of a linear model also residual_variance and residual_sd), estimate,
        std_error, conf_low, conf_high: limits by profile likelihood.

    Raises
    ------
    InputError
        If the fit has no random intercept.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import variance_columns
    >>> waves = pd.DataFrame({"score": [3, 4, 8, 7, 5, 6], "person": [0, 0, 1, 1, 2, 2]})
    >>> variance_columns(ps.mixed_linear("score ~ 1", waves, group="person").fit)["term"]
    ['variance', 'sd', 'icc', 'residual_variance', 'residual_sd']
    """
    random = fit.random
    if random is None:
        raise InputError(
            f"variance_components(): {fit.model}() has no random intercept.",
            "mixed_linear() and mixed_logistic() have one.",
        )
    cells = {name: asdict(getattr(random, name)) for name in ("variance", "sd", "icc")}
    if random.residual_sd is not None:
        cells["residual_variance"] = _squared(random.residual_sd)
        cells["residual_sd"] = asdict(random.residual_sd)
    return {
        "term": list(cells),
        **{
            key: np.array([cell[key] for cell in cells.values()])
            for key in ("estimate", "std_error", "conf_low", "conf_high")
        },
    }
