"""The one record that every model ends in; nothing in it is by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats.errors import InputError
from peerstats.postfit._fit_checks import check_fit
from peerstats.postfit._kept_labels import KeptLabels
from peerstats.postfit._profile import Profile
from peerstats.postfit._random_intercept import RandomIntercept
from peerstats.postfit._record import NEWER, UNCHANGED, read_fields, spell

if TYPE_CHECKING:
    from peerstats.design import FrozenDesign, Level
    from peerstats.typing import Array

__all__ = ["ModelFit"]

_SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFit:
    """A fitted model without its respondents: what predictions, tables and files need.

    Parameters
    ----------
    model : {"linear", "logistic", "multinomial", "ordinal", "mixed_linear", "mixed_logistic"}
        The model.
    formula : str
        Its formula.
    outcome : str
        Column of the outcome, or the expression of a linear model's outcome.
    outcome_levels : tuple
        Outcome levels, the base first (of an ordinal model the lowest), J of them; empty for a linear model,
        whose J - 1 is 1.
    terms : tuple of str
        Names of the design's columns, k of them; of an ordinal model, then those of the thresholds.
    coefficients : (k, J-1) float array
        Log odds against the base, one column per outcome other than the base; of a linear model units of the
        outcome.
    covariance : (k(J-1), k(J-1)) float array
        Covariance of the coefficients, outcomes slowest: all terms of the first outcome, then of the next.
    df : float
        Degrees of freedom of the design; infinite where the normal is used.
    df_terms : (k(J-1),) float array
        Degrees of freedom of each coefficient's t test and interval: `df`, or with CR2 Satterthwaite's.
    variance : str
        Kind of the covariance: model, HC0 to HC3, CR0 to CR3, CR1S, linearized,
        replicate.
    weights : str or None
        Column of the weights.
    weight_kind : {"none", "sampling", "frequency", "precision"}
        Kind of the weights.
    cluster : str or None
        Column of the clusters.
    survey : str or None
        The survey design in words.
    offset : str or None
        Column of the offset.
    n : float
        Observations used: rows, or with frequency weights their sum.
    n_rows : int
        Rows used.
    n_missing : int
        Observations left out because a value was missing.
    dropped : tuple of (str, int) pairs
        Observations left out, by reason; a row that lacks several variables counts under the first that
        the formula names.
    n_clusters : int or None
        Clusters of the design.
    n_replicates : int or None
        Replicates behind the covariance.
    loglik : float
        Log-likelihood at the estimates; with sampling weights the weighted sum, which is no likelihood, and
        of a linear model NaN; with `random` of method REML the restricted one. Of a penalised fit it is the
        plain one, without the penalty.
    loglik_null : float
        The same of the intercept-only model on the same rows; NaN with a random intercept, whose null is
        `random.loglik_plain`. Of a penalised fit the largest, unpenalised.
    sigma : float or None
        Residual standard deviation of a linear model; with precision weights that of a row of weight 1.
    r_squared : float or None
        Share of the variance that a linear model explains: about the mean where the columns span a constant,
        else about zero.
    adj_r_squared : float or None
        The same, adjusted for the number of coefficients.
    n_iterations : int
        Newton steps taken; 0 for a linear model, which is solved directly.
    converged : bool
        Whether a maximum was reached.
    conf_level : float
        Confidence level of the intervals.
    notes : tuple of str
        What to keep in mind: levels without rows, extreme probabilities, few clusters.
    design : FrozenDesign
        Terms, levels and contrasts: builds the same columns from other rows.
    random : RandomIntercept or None
        The random intercept of a mixed model.
    n_thresholds : int
        Of an ordinal model, the thresholds between its levels, J - 1: the last of its terms. Its one equation
        has k slopes and these.
    smearing : float or None
        Of a linear model of a logarithm the mean of the exponentiated residuals, by which exponentiated
        predictions become means (Duan 1983); None with precision weights, whose rows differ in spread.
    penalty : {"firth"} or None
        Penalty of the likelihood.
    profile : Profile or None
        Tests and limits of a penalised fit, with its penalised log-likelihood.
    labels : KeptLabels or None
        Labels of the columns used and of their values, if the data were a `Survey` that has some: what tables
        and plots print. Frames and the names of terms keep the names of the data.
    n_passes : int
        How often the data were read, where they are read in batches; 0 of a frame in memory.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> fit = ps.logistic("job ~ age", jobs).fit
    >>> fit.terms, fit.outcome_levels, fit.n_rows
    (('Intercept', 'age'), ('other', 'peer'), 20)
    """

    model: str
    formula: str
    outcome: str
    outcome_levels: tuple[Level, ...]
    terms: tuple[str, ...]
    coefficients: Array
    covariance: Array
    df: float
    df_terms: Array
    variance: str
    weights: str | None
    weight_kind: str
    cluster: str | None
    survey: str | None
    offset: str | None
    n: float
    n_rows: int
    n_missing: int
    dropped: tuple[tuple[str, int], ...]
    n_clusters: int | None
    n_replicates: int | None
    loglik: float
    loglik_null: float
    sigma: float | None
    r_squared: float | None
    adj_r_squared: float | None
    n_iterations: int
    converged: bool
    conf_level: float
    notes: tuple[str, ...]
    design: FrozenDesign
    random: RandomIntercept | None = None
    n_thresholds: int = 0
    smearing: float | None = None
    penalty: str | None = None
    profile: Profile | None = None
    labels: KeptLabels | None = None
    n_passes: int = 0

    def __post_init__(self) -> None:
        for array in (self.coefficients, self.covariance, self.df_terms):
            array.flags.writeable = False

    @property
    def base(self) -> Level | None:
        """Outcome level that the others are compared with; None for a linear or an ordinal model."""
        return self.outcome_levels[0] if self.outcome_levels and not self.n_thresholds else None

    @property
    def equations(self) -> tuple[str, ...]:
        """What each column of coefficients models: a level, or the outcome of a linear or ordinal model."""
        if self.n_thresholds or not self.outcome_levels:
            return (self.outcome,)
        return tuple(str(level) for level in self.outcome_levels[1:])

    @property
    def n_parameters(self) -> int:
        """Number of coefficients, those of every outcome."""
        return self.coefficients.size

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Every field under its name, arrays as nested lists, and schema, which is 1; degrees of freedom
            are the text "inf" where the normal is used and a log-likelihood that is none is "nan", which
            `float` reads back.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
        >>> record = ps.logistic("job ~ age", jobs).fit.to_dict()
        >>> record["schema"], record["df"], record["terms"]
        (1, 'inf', ['Intercept', 'age'])
        """
        return {
            "schema": _SCHEMA,
            "model": self.model,
            "formula": self.formula,
            "outcome": self.outcome,
            "outcome_levels": list(self.outcome_levels),
            "base": self.base,
            "terms": list(self.terms),
            "coefficients": self.coefficients.tolist(),
            "covariance": self.covariance.tolist(),
            "df": spell(self.df),
            "df_terms": [spell(df) for df in self.df_terms.tolist()],
            "variance": self.variance,
            "weights": self.weights,
            "weight_kind": self.weight_kind,
            "cluster": self.cluster,
            "survey": self.survey,
            "offset": self.offset,
            "n": self.n,
            "n_rows": self.n_rows,
            "n_missing": self.n_missing,
            "dropped": dict(self.dropped),
            "n_clusters": self.n_clusters,
            "n_replicates": self.n_replicates,
            "loglik": spell(self.loglik),
            "loglik_null": spell(self.loglik_null),
            "sigma": self.sigma,
            "r_squared": self.r_squared,
            "adj_r_squared": self.adj_r_squared,
            "n_iterations": self.n_iterations,
            "converged": self.converged,
            "conf_level": self.conf_level,
            "notes": list(self.notes),
            "design": self.design.to_dict(),
            "random": None if self.random is None else self.random.to_dict(),
            "n_thresholds": self.n_thresholds,
            "smearing": self.smearing,
            "penalty": self.penalty,
            "profile": None if self.profile is None else self.profile.to_dict(),
            "labels": None if self.labels is None else self.labels.to_dict(),
            "n_passes": self.n_passes,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> ModelFit:
        """Rebuild a fit from `to_dict()`, also after JSON has been between.

        Everything is checked and nothing evaluated: types, shapes, that the covariance is one, that the
        terms are the columns which the formula gives, and that the formula holds only what is allowed.

        Parameters
        ----------
        record : mapping
            What `to_dict` returned.

        Returns
        -------
        ModelFit
            The same fit, to the last digit.

        Raises
        ------
        InputError
            If the record is of a newer schema, lacks or adds a field, or does not hang together.
        FormulaError
            If its formula cannot be read or holds what is not allowed.

        Examples
        --------
        >>> import json
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
        >>> text = json.dumps(ps.logistic("job ~ age", jobs).to_dict())
        >>> ps.ModelFit.from_dict(json.loads(text)).terms
        ('Intercept', 'age')
        """
        call = "ModelFit.from_dict"
        if not isinstance(record, Mapping):
            raise InputError(f"{call}(): the record is a {type(record).__name__}.", UNCHANGED)
        schema = record.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema != _SCHEMA:
            newer = isinstance(schema, int) and schema > _SCHEMA
            raise InputError(f"{call}(): schema {schema!r} is not {_SCHEMA}.", NEWER if newer else UNCHANGED)
        if "base" not in record:
            raise InputError(f"{call}(): the record lacks 'base'.", UNCHANGED)
        own = {name: value for name, value in record.items() if name not in ("schema", "base")}
        readers = {
            "RandomIntercept": RandomIntercept.from_dict,
            "Profile": Profile.from_dict,
            "KeptLabels": KeptLabels.from_dict,
        }
        fit = read_fields(cls, own, call, readers)
        if record["base"] != fit.base or isinstance(record["base"], bool) != isinstance(fit.base, bool):
            raise InputError(
                f"{call}(): 'base' {record['base']!r} is not the first outcome level.", UNCHANGED
            )
        check_fit(fit, call)
        return fit
