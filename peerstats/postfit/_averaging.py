"""Over which rows a fit is averaged, with what values and errors: shared by margins, means and contrasts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.labels import codebook_of
from peerstats.errors import InputError
from peerstats.postfit._balanced_grid import balanced_rows
from peerstats.postfit._margin_errors import check_errors
from peerstats.postfit._margin_rows import read_rows
from peerstats.postfit._scenario import Scenarios
from peerstats.postfit._settings import At, read_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peerstats._core.labels import Labels
    from peerstats.engines import Replicates
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit

__all__ = ["Averaging", "Prepared", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averaging:
    """How a fit is averaged.

    Parameters
    ----------
    at : mapping or None
        Values that everybody is given, of numbers or categories; of lists every combination.
    over : str or None
        Column whose groups are averaged over one by one.
    grid : {"sample", "balanced"}
        Average over the rows, or over all combinations of the other categories' levels.
    weights : {"fit", "none"}
        Whether rows are weighted as in the fit.
    errors : {"delta", "unconditional", "replicate"}
        Kind of the errors.
    data : frame or None
        Rows to average over instead of the fit's.
    conf_level : float or None
        Confidence level; the fit's by default.
    replicates : Replicates or None
        Replicate weights of the fit, for errors="replicate".

    Examples
    --------
    >>> from peerstats.postfit import Averaging
    >>> Averaging(at={"age": [30, 50]}).grid
    'sample'
    """

    at: Mapping[str, Any] | None = None
    over: str | None = None
    grid: str = "sample"
    weights: str = "fit"
    errors: str = "delta"
    data: Any = None
    conf_level: float | None = None
    replicates: Replicates | None = None

    @property
    def own(self) -> bool:
        """Whether the rows are those of the fit."""
        return self.data is None and self.grid == "sample"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """What was asked for, checked and read.

    Parameters
    ----------
    scenarios : Scenarios
        Builds changed rows.
    rows : MarginRows
        The rows.
    ats : list of At
        Settings, one at least.
    conf_level : float
        Confidence level.
    beside : Labels or None
        The codebook beside the rows.
    """

    scenarios: Scenarios
    rows: MarginRows
    ats: list[At]
    conf_level: float
    beside: Labels | None

    @property
    def n_groups(self) -> int:
        """Number of groups, 1 where there are none."""
        return 1 if self.rows.groups is None else len(self.rows.groups)

    def on_grid(self, fit: ModelFit, fixed: Iterable[str], call: str) -> Prepared:
        """Return the same over a balanced grid; `fixed` names variables that every scenario sets."""
        names = {*self.ats[0].values, *fixed}
        return replace(self, rows=balanced_rows(fit, self.rows, self.scenarios, names, call))


def prepare(fit: ModelFit, source: FitSource | None, how: Averaging, call: str) -> Prepared:
    """Check what was asked for and read the rows.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from.
    how : Averaging
        What was asked for.
    call : str
        The public call, for messages.

    Returns
    -------
    Prepared
        Rows and settings.
    """
    check_choice(how.grid, ("sample", "balanced"), "grid", call)
    conf_level = fit.conf_level if how.conf_level is None else check_conf_level(how.conf_level, call)
    check_errors(how.errors, fit, source, own=how.own, weights=how.weights, call=call)
    if how.grid == "balanced" and how.over is not None:
        raise InputError(f"{call}(): over= on a balanced grid, which has no groups.", "Take at= instead.")
    scenarios = Scenarios(fit.design, call)
    rows = read_rows(fit, source, data=how.data, over=how.over, weights=how.weights, call=call)
    return Prepared(
        scenarios=scenarios,
        rows=rows,
        ats=read_at(how.at, scenarios, rows, call),
        conf_level=conf_level,
        beside=codebook_of(how.data) if source is None or how.data is not None else source.rows.codebook,
    )
