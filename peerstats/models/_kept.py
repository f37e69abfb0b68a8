"""What a result does to be kept: saved, joined with its rows again, given other errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from peerstats.postfit import need_source, write_fit
from peerstats.results import LabelledResult

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Self

    import numpy as np

    from peerstats.design import SurveyDesign
    from peerstats.postfit import FitSource, ModelFit

__all__ = ["Fitting", "Kept"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Fitting(LabelledResult):
    """A fit, and the rows it came from.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit : ModelFit
        The fit: coefficients, covariance and design, nothing by row.
    source : FitSource or None
        What was asked for and where the rows come from; None of a loaded fit.
    """

    fit: ModelFit
    source: FitSource | None = field(repr=False, default=None)

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in; pandas for a loaded fit."""
        return "pandas" if self.source is None else self.source.rows.source.backend


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Kept(Fitting):
    """A fit that can be saved.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit, source
        As in `Fitting`.
    """

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to a file, which `load_fit` reads; no respondent is in it.

        The file is JSON: what `to_dict()` returns, the release that wrote it, and a checksum that tells an
        edit or a broken copy. Of the data it holds levels, counts, and what transforms have learnt: means
        and the knots of splines, which are quantiles, the outer ones the smallest and the largest value.

        Parameters
        ----------
        path : path
            Where to; it ends in .json, and what is there is replaced.

        Raises
        ------
        InputError
            If the name does not end in .json.
        SourceError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> path = Path(tempfile.mkdtemp()) / "jobs.json"
        >>> ps.logistic("job ~ 1", jobs).save(path)
        >>> ps.load_fit(path).tidy()[["term", "estimate"]].round(3)
                term  estimate
        0  Intercept     1.099
        """
        write_fit(self.fit, path)

    def with_data(
        self, data: Any, *, design: SurveyDesign | None = None, where: str | Sequence[bool] | None = None
    ) -> Self:
        """Join a loaded fit with the rows that it was made from.

        What averages over respondents or needs each one's part in the fit then works as after the model's
        own call.

        Parameters
        ----------
        data : frame
            The rows that the model was called with.
        design : SurveyDesign, optional
            The design that it was called with.
        where : str or sequence of bool, optional
            The rows that were modelled, as in the model's call.

        Returns
        -------
        ModelResult
            The same fit, with its rows.

        Raises
        ------
        InputError
            If the rows are not those of the fit. The model is fitted to them again: counts, levels, means
            and knots must be equal, and coefficients to 1e-6 of their size or standard error.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> path = Path(tempfile.mkdtemp()) / "jobs.json"
        >>> ps.logistic("job ~ 1", jobs).save(path)
        >>> ps.load_fit(path).with_data(jobs).predict().shape
        (20, 2)
        """
        from peerstats.models._reread import attach_rows  # noqa: PLC0415  (that module fits models)

        source = attach_rows(self.fit, data, design=design, where=where, call="with_data")
        return replace(self, source=source)

    def with_variance(
        self,
        variance: str = "auto",
        *,
        cluster: str | None = None,
        df: Literal["design", "residual"] | None = None,
        n_replicates: int | None = None,
        rng: np.random.Generator | int | None = None,
    ) -> Self:
        """Return the fit with other standard errors: the same coefficients, rows and weights.

        Parameters
        ----------
        variance : str
            Kind of the errors, as in the model's call; "auto" is CR1 with clusters.
        cluster : str, optional
            Column of the clusters; without it those of the fit.
        df : {"design", "residual"}, optional
            Degrees of freedom, as in the model's call; without it as the fit counts them.
        n_replicates : int, optional
            With variance="replicate": bootstrap replicates.
        rng : Generator or int, optional
            Where their draws come from.

        Returns
        -------
        ModelResult
            The same coefficients with their new covariance.

        Raises
        ------
        InputError
            If the fit was loaded without its rows, has a random intercept, or the kind does not fit its
            weights, clusters or design.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "county": range(20)})
        >>> result = ps.logistic("job ~ 1", jobs).with_variance("HC1")
        >>> result.glance()["variance"][0]
        'HC1'
        """
        from peerstats.models._reread import other_errors  # noqa: PLC0415  (that module fits models)

        source = need_source(self.source, "with_variance")
        other = other_errors(
            self.fit,
            source,
            variance=variance,
            cluster=cluster,
            df=df,
            n_replicates=n_replicates,
            rng=rng,
        )
        return replace(self, fit=other.fit, source=other.source)
