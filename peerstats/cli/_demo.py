"""`peerstats demo`: the main job on a simulated survey."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("peerstats-demo"),
    show_default=True,
    help="Folder for the simulated survey and the report.",
)
def command(out: Path) -> None:
    """Run the main job on a simulated survey and write a report.

    Scores two scales, sets the sample beside official figures, models the kind of job, prints the tables, and
    writes simulated_survey.csv and report.html.
    """
    from peerstats.study import run_demo  # noqa: PLC0415  (--help stays fast)

    made = run_demo(out)
    click.echo("\n\n".join(table.to_text() for table in made.tables))
    click.echo(f"\nwrote {made.survey} and {made.report}")
