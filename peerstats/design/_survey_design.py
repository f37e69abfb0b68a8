"""A sampling plan as a record of column names and rules; no data is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.design._survey_margins import Calibration, Margin
from peerstats.design._survey_read import read_design
from peerstats.design._survey_rules import MADE, check_made, check_supplied
from peerstats.errors import InputError
from peerstats.numerics import LONELY_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design._survey_arrays import DesignArrays

__all__ = ["SurveyDesign"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SurveyDesign:
    """How a sample was drawn: columns and rules, to be given as `design=`.

    Parameters
    ----------
    weights : str, optional
        Column of sampling weights. Without it weights follow from `fpc`, or are all 1.
    strata : str, optional
        Column of strata.
    cluster : str, optional
        Column of primary sampling units (PSUs); without it respondents are. Later stages of sampling are
        in the variance between PSUs already (the ultimate-cluster variance), so they are not named.
    fpc : str, optional
        Column of finite population corrections, constant within a stratum: numbers of PSUs in the population
        (all 1 or more), or the shares that were sampled (all 1 or less).
    nest : bool
        Whether PSU labels start again in each stratum, so that PSU 1 of two strata are two PSUs.
    lonely_psu : {"fail", "adjust", "average", "certainty"}
        What is done about a stratum with a single PSU that is not the whole of it: refuse; take its distance
        from zero, where scores have their grand mean; give it the mean variance of the other strata; or give
        it none.
    replicates : str or sequence of str, optional
        Columns of replicate weights that came with the data: their names, or a pattern such as "rep_{}", {}
        being numbers. They stand for the whole plan, so `strata`, `cluster` and `fpc` are left out.
    replicate_method : str, optional
        Where `replicates` come from: "BRR", "Fay", "JK1", "JKn", "JK2", "bootstrap", "ACS",
        "successive-difference" or "other". Without `replicates`: how to make them, see `with_replicates`.
    n_replicates : int, optional
        Their number: checked where they are supplied, needed for a bootstrap that is made.
    rho : float, optional
        Fay's factor, for "Fay".
    scale : float, optional
        Factor of the variance. BRR, Fay, JK2, ACS and successive differences have their own; it is
        1 / (R - 1) for a bootstrap and (R - 1) / R for JK1 unless given.
    rscales : sequence of float, optional
        Factor of each replicate; JKn needs them, (n_h - 1) / n_h of the stratum that a replicate drops from.
    combined : bool
        Whether supplied replicate weights hold the sampling weights; else they are factors of them.
    mse : bool
        Whether replicate variances are centred on the full-sample estimate instead of the replicates' mean.
    seed : int, optional
        Seed of a bootstrap that is made, so that each reading gives the same weights.
    calibration : Calibration, optional
        Margins that the weights are raked to; `peerstats.rake` sets it.

    Raises
    ------
    InputError
        If names, rules and factors do not fit together.

    Notes
    -----
    R's ``survey::svydesign(ids, strata, weights, fpc, nest)`` with ``options(survey.lonely.psu)``, and
    ``svrepdesign(repweights, weights, type, scale, rscales, combined.weights, rho, mse)``. Stata's ``svyset
    psu [pweight=w], strata() fpc() singleunit()``, in which "average" is "scaled" and "adjust" nearly
    "centered": that centres at the mean of all PSUs, which for means, ratios and models is zero.

    PSUs whose rows all have a weight of zero are no part of the sample (R counts them in n_h).

    Examples
    --------
    >>> import peerstats as ps
    >>> design = ps.SurveyDesign(weights="weight", strata="region", cluster="agency", nest=True)
    >>> design
    SurveyDesign(weights='weight', strata='region', cluster='agency', nest=True)
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> arrays = ps.SurveyDesign(weights="weight", cluster="subject").read(people)
    >>> arrays.n_psu, arrays.degrees_of_freedom()
    (300, 299.0)
    """

    weights: str | None = None
    strata: str | None = None
    cluster: str | None = None
    fpc: str | None = None
    nest: bool = False
    lonely_psu: Literal["fail", "adjust", "average", "certainty"] = "fail"
    replicates: str | Sequence[str] | None = None
    replicate_method: str | None = None
    n_replicates: int | None = None
    rho: float | None = None
    scale: float | None = None
    rscales: Sequence[float] | None = None
    combined: bool = True
    mse: bool = False
    seed: int | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        for name in ("weights", "strata", "cluster", "fpc"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InputError(
                    f"SurveyDesign(): {name}={value!r} is not the name of a column.",
                    "Name one column; for several stages that of the first, the PSU.",
                )
        check_choice(self.lonely_psu, LONELY_RULES, "lonely_psu", "SurveyDesign")
        put = object.__setattr__  # the record is frozen; only here may it be completed
        if self.replicates is not None and not isinstance(self.replicates, str):
            put(self, "replicates", tuple(self.replicates))
        if self.rscales is not None:
            if not isinstance(self.rscales, Iterable):
                raise InputError(
                    f"SurveyDesign(): rscales={self.rscales!r} is one number.",
                    "Give one factor a replicate; a common factor is scale=.",
                )
            put(self, "rscales", tuple(float(value) for value in self.rscales))
        if self.nest and (self.strata is None or self.cluster is None):
            raise InputError(
                "SurveyDesign(): nest=True without strata= and cluster=.",
                "Name both columns: PSUs are nested in strata.",
            )
        if self.replicates is None:
            check_made(self)
        else:
            check_supplied(self)

    def __repr__(self) -> str:
        said = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if field.name != "calibration" and getattr(self, field.name) != field.default
        )
        margins = () if self.calibration is None else self.calibration.margins
        raked = [f"raked to {', '.join(margin.name for margin in margins)}"] if margins else []
        return f"SurveyDesign({', '.join([*said, *raked])})"

    def with_replicates(
        self,
        method: Literal["bootstrap", "JK1", "JKn", "BRR", "Fay"],
        *,
        n_replicates: int | None = None,
        rho: float | None = None,
        rng: np.random.Generator | int | None = None,
        mse: bool = False,
    ) -> SurveyDesign:
        """Return the design with replicate weights, made whenever it is read.

        Parameters
        ----------
        method : {"bootstrap", "JK1", "JKn", "BRR", "Fay"}
            Rao and Wu's bootstrap of n_h - 1 PSUs a stratum; the jackknife without (JK1) or with strata
            (JKn); balanced half-samples of strata with two PSUs, plain or Fay's.
        n_replicates : int, optional
            Replicates of a bootstrap; the others have as many as the design says.
        rho : float, optional
            Fay's factor of the PSUs left out.
        rng : Generator, int or None
            Where a bootstrap draws from. It is turned into a seed at once, so that each reading gives the
            same weights.
        mse : bool
            Centre variances on the full-sample estimate.

        Returns
        -------
        SurveyDesign
            A new design.

        Raises
        ------
        InputError
            If the design has replicates already, or the method does not fit it.

        Notes
        -----
        R's ``as.svrepdesign(type = "subbootstrap", "JK1", "JKn", "BRR", "Fay")``. JK1 and JKn hold the finite
        population correction; the others refuse one. A PSU that is alone in its stratum keeps its weight in
        every replicate where ``lonely_psu="certainty"``. The replicates of a raked design are raked again.

        Examples
        --------
        >>> import peerstats as ps
        >>> ps.SurveyDesign(weights="w").with_replicates("bootstrap", n_replicates=500, rng=1)
        SurveyDesign(weights='w', replicate_method='bootstrap', n_replicates=500, seed=...)
        """
        if self.replicates is not None or self.replicate_method is not None:
            raise InputError(
                "with_replicates(): the design has replicates already.", "Start from the design without them."
            )
        check_choice(method, MADE, "method", "with_replicates")
        seed = None
        if method == "bootstrap":
            try:
                seed = int(np.random.default_rng(rng).integers(2**32))
            except (TypeError, ValueError) as error:
                raise InputError(
                    f"with_replicates(): rng={rng!r} is neither a generator nor a seed.",
                    "Give a whole number of 0 or more, or numpy.random.default_rng(...).",
                ) from error
        elif rng is not None:
            raise InputError(f"with_replicates(): {method} draws nothing.", "Leave rng= out.")
        return replace(self, replicate_method=method, n_replicates=n_replicates, rho=rho, seed=seed, mse=mse)

    def read(self, data: Any, call: str = "SurveyDesign.read") -> DesignArrays:
        """Read the design's columns from data, checked row by row.

        Parameters
        ----------
        data : frame
            One row per respondent.
        call : str
            The public call, for messages.

        Returns
        -------
        DesignArrays
            Weights, PSUs, strata and replicates as arrays.

        Raises
        ------
        InputError
            If a column is absent; a weight, stratum, PSU or correction is missing or cannot be one; a PSU
            lies in two strata; a stratum has a single PSU and ``lonely_psu="fail"``; or replicates or
            margins do not fit.
        ConvergenceError
            If the margins of a raked design are not reached.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> people = pd.DataFrame({"w": [1.0, 2, 2, 3], "s": ["a", "a", "b", "b"]})
        >>> ps.SurveyDesign(weights="w", strata="s").read(people).n_strata
        2
        """
        return read_design(self, data, call)

    def to_dict(self) -> dict[str, Any]:
        """Return the design as plain data; `from_dict` reads it back.

        Returns
        -------
        dict
            Keys schema (1), kind, and those arguments that are not at their default.

        Examples
        --------
        >>> import peerstats as ps
        >>> ps.SurveyDesign(weights="w", strata="s").to_dict()
        {'schema': 1, 'kind': 'survey_design', 'weights': 'w', 'strata': 's'}
        """
        said: dict[str, Any] = {"schema": 1, "kind": "survey_design"}
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if isinstance(value, Calibration):
                plain = asdict(value)
                for margin in plain["margins"]:
                    margin["columns"] = list(margin["columns"])
                    margin["levels"] = [list(level) for level in margin["levels"]]
                    margin["targets"] = list(margin["targets"])
                plain["margins"] = list(plain["margins"])
                plain["trim"] = None if value.trim is None else list(value.trim)
                value = plain
            said[field.name] = list(value) if isinstance(value, tuple) else value
        return said

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> SurveyDesign:
        """Make a design from what `to_dict` returned.

        Parameters
        ----------
        said : mapping
            The dictionary, or the same from JSON.

        Returns
        -------
        SurveyDesign
            The design.

        Raises
        ------
        InputError
            If it is not a design, or of another schema.

        Examples
        --------
        >>> import peerstats as ps
        >>> ps.SurveyDesign.from_dict(ps.SurveyDesign(weights="w").to_dict())
        SurveyDesign(weights='w')
        """
        known = {field.name for field in fields(cls)}
        kept = {key: value for key, value in said.items() if key not in ("schema", "kind")}
        if said.get("kind") != "survey_design" or said.get("schema") != 1 or set(kept) - known:
            raise InputError(
                f"SurveyDesign.from_dict(): kind={said.get('kind')!r}, schema={said.get('schema')!r}"
                f"{''.join(f', {key}' for key in sorted(set(kept) - known))} is no design of schema 1.",
                "Give what SurveyDesign.to_dict() returned.",
            )
        if kept.get("calibration") is not None:
            rules = dict(kept["calibration"])
            rules["margins"] = tuple(
                Margin(
                    columns=tuple(margin["columns"]),
                    levels=tuple(tuple(level) for level in margin["levels"]),
                    targets=tuple(margin["targets"]),
                )
                for margin in rules["margins"]
            )
            rules["trim"] = None if rules["trim"] is None else tuple(rules["trim"])
            kept["calibration"] = Calibration(**rules)
        return cls(**kept)
