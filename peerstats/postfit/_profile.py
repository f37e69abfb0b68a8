"""Tests and limits of coefficients by a profile likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats.postfit._record import read_fields, spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array

__all__ = ["Profile"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """Tests and limits by the profile of the penalised likelihood, in the order of the covariance.

    Parameters
    ----------
    loglik_penalized : float
        The penalised log-likelihood at the estimates, l + log|I| / 2.
    statistic : (k(J-1),) float array
        Twice its fall where the coefficient is 0 and the others are at their best: chi-square with 1 degree
        of freedom.
    p_value : (k(J-1),) float array
        Upper tail of the statistic.
    conf_low, conf_high : (k(J-1),) float array
        Values of the coefficient at which the fall is the quantile of that chi-square, at the fit's level.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "other"] * 5, "trained": [1, 0] * 5})
    >>> ps.logistic("job ~ trained", jobs, penalty="firth").fit.profile.p_value.round(4)
    array([0.0272, 0.0018])
    """

    loglik_penalized: float
    statistic: Array
    p_value: Array
    conf_low: Array
    conf_high: Array

    def __post_init__(self) -> None:
        for array in (self.statistic, self.p_value, self.conf_low, self.conf_high):
            array.flags.writeable = False

    def to_dict(self) -> dict[str, Any]:
        """Return every field under its name, arrays as lists, and "nan" where there is none.

        Returns
        -------
        dict
            What JSON can hold.
        """
        return {
            "loglik_penalized": spell(self.loglik_penalized),
            "statistic": [spell(x) for x in self.statistic],
            "p_value": [spell(x) for x in self.p_value],
            "conf_low": [spell(x) for x in self.conf_low],
            "conf_high": [spell(x) for x in self.conf_high],
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Profile:
        """Rebuild the profile from `to_dict()`.

        Parameters
        ----------
        record : mapping
            What `to_dict` returned.

        Returns
        -------
        Profile
            The same numbers.

        Raises
        ------
        InputError
            If a field is missing, unknown or no number.
        """
        return read_fields(cls, record, "Profile.from_dict", {})
