"""The main job on a simulated survey: file in, scales scored, benchmarks, job model, report out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerstats._core.progress import progress
from peerstats.comparison import compare
from peerstats.datasets import simulate_cohort
from peerstats.errors import SourceError
from peerstats.files import read_delimited, replace_file
from peerstats.models import multinomial
from peerstats.norms import get_norm, oews
from peerstats.plots import describe, distribution_over_norm, new_axes, percentile_ladder, save_figure
from peerstats.scoring import score
from peerstats.study._report import Figure, Section, render_report

if TYPE_CHECKING:
    from peerstats.comparison import ComparisonResult
    from peerstats.models import ModelResult
    from peerstats.results import Table
    from peerstats.scoring import ScoreResult

__all__ = ["DemoResult", "run_demo"]

_CALL = "peerstats demo"
_SEED = 2020  # any seed would do; a fixed one makes every run the same
_FORMULA = "job_type ~ age + education + veteran + disability_benefits + depressive_disorder + disclosure"
_OCCUPATIONS = ("21-1093", "21-1094", "21-1018", "00-0000")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoResult:
    """What the demo made.

    Attributes
    ----------
    tables : tuple of Table
        The main tables; each title says that the data are simulated.
    survey, report : Path
        The two files.
    """

    tables: tuple[Table, ...]
    survey: Path
    report: Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Analysis:
    """The results of the demo's steps, and the frame they were computed from."""

    frame: Any
    well_being: ScoreResult
    burnout: ScoreResult
    against_nation: ComparisonResult
    against_wages: ComparisonResult
    jobs: ModelResult


def _said_simulated(table: Table) -> Table:
    return replace(table, title=f"{table.title} (simulated data)")


def _analyse(frame: Any) -> _Analysis:
    """Run the line on the first wave of the survey file."""
    first = frame[frame["wave"] == 1]
    well_being = score(first, "cfpb_fwb_10", items="fwb_{}", method="irt", age="age", mode="self")
    employed = first[first["job_type"] != "not working"]
    return _Analysis(
        frame=well_being.attach(),
        well_being=well_being,
        burnout=score(employed, "mbi_gs", items="mbi_{}"),
        against_nation=compare(
            well_being, "financial_well_being", get_norm("fwb_us_2016"), by="job_type", weights="weight"
        ),
        against_wages=compare(
            first,
            "hourly_wage",
            [oews(occupation, year=2020) for occupation in _OCCUPATIONS],
            by="job_type",
            weights="weight",
        ),
        jobs=multinomial(
            _FORMULA,
            first,
            base="not working",
            levels={"education": "high school or less"},
            weights="weight",
            cluster="county",
        ),
    )


def _figure(ax: Any, caption: str) -> Figure:
    return Figure(alt=describe(ax), png=save_figure(ax, "png"), caption=caption)


def _figures(done: _Analysis) -> tuple[Figure, Figure]:
    norm = get_norm("fwb_us_2016")
    values, shares = norm.distribution or ((), ())
    scored = done.frame[done.frame["financial_well_being"].notna()]
    own = scored["financial_well_being"].to_numpy()
    weights = scored["weight"].to_numpy()
    over_norm = distribution_over_norm(
        own,
        values,
        shares,
        weights=weights,
        sample_label="simulated peer specialists, 2020",
        norm_label="US adults, 2016",
        sample_mean=float(own @ weights / weights.sum()),
        norm_mean=norm.value,
        title="Financial well-being beside the nation (simulated data)",
        xlabel="CFPB Financial Well-Being score",
        ax=new_axes(),
    )
    wage = oews("21-1093", year=2020)
    paid = done.frame[done.frame["hourly_wage"].notna()]
    kinds = ["peer support", "other job"]
    groups = [paid[paid["job_type"] == kind] for kind in kinds]
    ladder = percentile_ladder(
        [group["hourly_wage"].to_numpy() for group in groups],
        list(wage.percentiles),
        list(wage.percentiles.values()),
        benchmark_label="Social and human service assistants (21-1093), U.S., May 2020",
        group_labels=kinds,
        weights_by_group=[group["weight"].to_numpy() for group in groups],
        title="Hourly wages on the OEWS percentile ladder (simulated data)",
        ax=new_axes(),
    )
    return (
        _figure(
            over_norm, f"Weighted shares of simulated respondents and of US adults. Norm: {norm.source}."
        ),
        _figure(ladder, f"Simulated wages against official percentiles. {wage.source}."),
    )


def _sections(done: _Analysis) -> list[Section]:
    over_norm, ladder = _figures(done)

    def tables(*results: Any) -> tuple[Table, ...]:
        return tuple(_said_simulated(table) for result in results for table in result.tables())

    return [
        Section(
            title="Scales",
            text="Financial well-being by response pattern; burnout of the employed as means of items.",
            tables=tables(done.well_being, done.burnout),
        ),
        Section(
            title="Financial well-being beside the nation",
            text="The national mean is an estimate: its standard error is in the limits and tests.",
            tables=tables(done.against_nation),
            figures=(over_norm,),
        ),
        Section(
            title="Wages beside official wages",
            text="Peer specialists have no occupation code of their own, so several stand side by side.",
            tables=tables(done.against_wages),
            figures=(ladder,),
        ),
        Section(
            title="Who works in which kind of job",
            text="Relative risk ratios of each kind of job against not working, errors clustered by county.",
            # the last of its tables holds the ratios; the first the same on the log scale
            tables=(_said_simulated(done.jobs.tables()[-1]),),
        ),
    ]


def _check_target(path: Path) -> None:
    """Refuse to write over a file that an earlier demo did not make."""
    if path.exists() and b"simulated" not in path.read_bytes():
        raise SourceError(
            f"{_CALL}: {path} is there and was not made by a demo.", "Name another folder with --out."
        )


def run_demo(out: str | Path) -> DemoResult:
    """Simulate a survey, run the main job on its file and write a report.

    Parameters
    ----------
    out : str or Path
        Folder for `simulated_survey.csv` and `report.html`; made if it is not there.

    Returns
    -------
    DemoResult
        The main tables and the two files.

    Raises
    ------
    SourceError
        If the folder cannot be written to, or holds files of those names that a demo did not make.
    """
    out = Path(out)
    survey, report = out / "simulated_survey.csv", out / "report.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"{_CALL}: {out} cannot be made: {error.strerror}.", "Name another folder."
        ) from error
    for path in (survey, report):
        _check_target(path)
    with progress("Simulating, scoring, comparing, modelling", total=4) as advance:
        simulate_cohort(rng=_SEED).to_csv(survey)
        advance(1)
        done = _analyse(read_delimited(survey, _CALL).frame(call=_CALL))
        advance(1)
        sections = _sections(done)
        advance(1)
        page = render_report(
            "Certified peer specialists: a simulated survey",
            lead="591 simulated people in four states, first of three waves.",
            warning="Every respondent here is simulated. The official figures are real.",
            sections=sections,
        )
        with replace_file(report, _CALL) as file:
            file.write(page)
        advance(1)
    return DemoResult(tables=tuple(t for s in sections for t in s.tables), survey=survey, report=report)
