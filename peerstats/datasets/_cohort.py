"""Simulate a three-wave cohort of certified peer specialists."""

from __future__ import annotations

import importlib.util
import operator
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.frames import new_frame, nw
from peerstats.datasets._answers import draw_financial_well_being, draw_work_scales
from peerstats.datasets._jobs import draw_job_type, draw_jobs
from peerstats.datasets._people import draw_answered, draw_people
from peerstats.datasets._streams import Streams
from peerstats.datasets._truth import make_truth
from peerstats.errors import InputError, MissingExtraError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import BoolArray

__all__ = ["Cohort", "simulate_cohort"]

_CALL = "simulate_cohort"
_WORD = "simulated"
_HELPERS = ("employed", "peer_support")  # both can be read off job_type


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cohort:
    """Simulated survey data and the parameters that made them.

    Parameters
    ----------
    data : frame
        One row a respondent and answered wave; the column ``data_source`` says ``simulated`` in every row.
    truth : mapping
        The true parameters as nested mappings with ``schema`` 1; each part says in ``truth_for`` which
        estimator it is the truth for.
    n : int
        People at wave 1.

    Examples
    --------
    >>> import peerstats as ps
    >>> cohort = ps.simulate_cohort(rng=1)
    >>> cohort.truth["conditional"]["coefficients"]["peer support"]["disclosure"]
    1.25
    """

    data: Any
    truth: Mapping[str, Any]
    n: int

    def __repr__(self) -> str:
        """Say what it is, and that it is simulated."""
        waves = np.asarray(nw.from_native(self.data, eager_only=True)["wave"].to_numpy())
        counts = ", ".join(str(int((waves == wave).sum())) for wave in (1, 2, 3))
        first, second, *others = (name for name, part in self.truth.items() if isinstance(part, dict))
        return (
            f"Cohort of {self.n} simulated certified peer specialists: no row is a real person.\n"
            f"  .data   {len(waves)} rows; {counts} respondents at waves 1, 2, 3\n"
            f"  .truth  {first}, {second} and {len(others)} other parts"
        )

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the data as CSV.

        Parameters
        ----------
        path : str or path
            The file; its name must contain the word ``simulated``. A file of that name is replaced, in one
            step once all is written.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            If the file's name does not say that the data are simulated.
        SourceError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> import peerstats as ps
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = ps.simulate_cohort(20, rng=1).to_csv(Path(folder) / "simulated_cohort.csv")
        ...     path.read_text(encoding="utf-8")[:30]
        'data_source,subject,wave,year,'
        """
        target = Path(path)
        if _WORD not in target.name.lower():
            raise InputError(
                f"Cohort.to_csv(): the file name {target.name!r} does not say that the data are simulated.",
                f"Name it, for example, {_WORD + '_' + (target.name or 'cohort.csv')!r}.",
            )
        if not target.parent.is_dir():
            raise SourceError(
                f"Cohort.to_csv(): the folder {str(target.parent)!r} does not exist.",
                "Create it first, or name another.",
            )
        part = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            try:
                nw.from_native(self.data, eager_only=True).write_csv(part)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise SourceError(
                f"Cohort.to_csv(): {str(target)!r} cannot be written: {error.strerror or error}.",
                "Name a file that may be written.",
            ) from error
        return target


def _check_n(n: int) -> int:
    try:
        whole = operator.index(n)
    except TypeError:
        whole = 0
    if whole < 1 or isinstance(n, bool):
        raise InputError(
            f"{_CALL}(): n={n!r} is not a number of people.", "Give a whole number of 1 or more."
        )
    return whole


def _check_backend(backend: str) -> str:
    check_choice(backend, ("pandas", "polars", "pyarrow"), "backend", _CALL)
    if importlib.util.find_spec(backend) is None:
        raise MissingExtraError(
            f"{_CALL}(): backend={backend!r} needs the package {backend!r}, which is not installed.",
            f"Run: pip install {backend}",
        )
    return backend


def _long(wide: Mapping[str, Any], answered: BoolArray) -> dict[str, Any]:
    """Keep one value a person and answered wave, persons in order and waves within them."""
    return {
        name: np.broadcast_to(column, answered.shape)[answered]
        for name, column in wide.items()
        if name not in _HELPERS
    }


def simulate_cohort(
    n: int = 591, *, rng: np.random.Generator | int | None = None, backend: str = "pandas"
) -> Cohort:
    r"""Simulate a three-wave survey of certified peer specialists, with its true parameters.

    Counts and shares lie near those published for a cohort followed in 2020, 2021 and 2022; nobody in the
    data is real. The sizes of effects are chosen for the simulation: no study reported them.

    Parameters
    ----------
    n : int
        People at wave 1.
    rng : numpy Generator, int or None
        Source of randomness: a seed makes the same data each time.
    backend : {"pandas", "polars", "pyarrow"}
        Library of the frame.

    Returns
    -------
    Cohort
        ``.data``, ``.truth``, and ``.to_csv(path)``.

    Raises
    ------
    InputError
        If `n` is not a whole number of 1 or more, or `rng` or `backend` is not known.
    MissingExtraError
        If the library of `backend` is not installed.

    Notes
    -----
    The columns, one row a respondent and answered wave:

    * ``data_source`` ("simulated"), ``subject``, ``wave`` (1 to 3), ``year``;
    * places: ``state``, ``county`` (invented), ``shortage_area`` (0/1), ``rurality``, ``local_unemployment``
      (percent, by county and wave);
    * people: ``age`` (years), ``education``, ``gender``, and as 0/1 ``hispanic``, ``veteran``,
      ``disability_benefits``, ``depressive_disorder``, ``anxiety_disorder``, ``bipolar_disorder``, ``ptsd``,
      ``substance_use_disorder``, ``disclosure``; ``physical_health`` (1 poor to 5 excellent); ``weight``
      (mean 1 at wave 1; invented ratios by state, gender and age, which undo no selection);
    * jobs: ``job_type`` ("not working", "other job", "peer support") and, for the employed only,
      ``hourly_wage`` (dollars), ``hours_per_week``, ``tenure_years``, ``health_insurance`` and ``paid_leave``
      (0/1), ``job_satisfaction`` (1 to 5);
    * answers: ``fwb_1`` to ``fwb_10`` (0 Not at all or Never, 4 Completely or Always, not reversed) and, for
      the employed only, ``mbi_1`` to ``mbi_16`` (0 to 6) and ``aws_1`` to ``aws_28`` (1 to 5, by an
      unconfirmed key). Two per cent of the answers are missing at random.

    Job type follows a multinomial logit with normal person and county effects,

    .. math:: P(y_{it} = j) \propto \exp(x_{it}' \beta_j + u_{c(i)j} + v_{ij}), \quad j \ne \text{base}.

    ``.truth["conditional"]`` holds :math:`\beta` and the variances of u and v: what a mixed model estimates.
    ``.truth["population_averaged"]`` holds the coefficients of the logit that is closest to the job shares
    averaged over u and v: what a model without such effects estimates. They differ, and neither is wrong.
    Whether a person answers wave 2, and then wave 3, depends on covariates known at wave 1.
    Every constant, and whether it is published or chosen, stands in the module
    ``peerstats.datasets._constants``.

    Each column has its own stream of random numbers, so a column added later leaves the others as they are.

    Examples
    --------
    >>> import peerstats as ps
    >>> cohort = ps.simulate_cohort(rng=2020)
    >>> cohort
    Cohort of 591 simulated certified peer specialists: no row is a real person.
      .data   ... rows; 591, ... respondents at waves 1, 2, 3
      .truth  conditional, population_averaged and 11 other parts
    >>> sorted(cohort.data["job_type"].unique())
    ['not working', 'other job', 'peer support']
    """
    n = _check_n(n)
    _check_backend(backend)
    streams = Streams(rng, _CALL)
    wide, county = draw_people(n, streams)
    wide |= draw_job_type(wide, county, streams)
    wide |= draw_jobs(wide, streams)
    wide |= draw_financial_well_being(wide, streams)
    wide |= draw_work_scales(wide, streams)
    answered = draw_answered(wide, streams)
    return Cohort(data=new_frame(_long(wide, answered), backend), truth=make_truth(), n=n)
