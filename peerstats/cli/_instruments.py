"""`peerstats instruments`: list them, or show one."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command()
@click.argument("key", required=False)
def command(key: str | None) -> None:
    """List the instruments, or show the one called KEY.

    KEY may be the path of your own TOML file. Shown are items, keys, licence, confidence and notes.
    """
    from peerstats.instruments import as_instrument, instrument_keys  # noqa: PLC0415  (--help stays fast)
    from peerstats.results import Column, Table  # noqa: PLC0415

    if key is not None:
        one = as_instrument(key, "instruments")
        click.echo(one)
        click.echo(f"reference: {one.reference}")
        for part, mark in one.confidence.items():
            click.echo(f"confidence, {part.replace('_', ' ')}: {mark}")
        click.echo("(V: read in two independent sources or reproduced; 1: read in one; R: recalled)")
        for note in one.notes:
            click.echo(f"- {note}")
        return
    known = [as_instrument(each, "instruments") for each in instrument_keys()]
    columns = ("key", "title", "items", "scored by", "key confirmed")
    rows = [
        (i.key, i.title, len(i.item_names), " or ".join(i.methods), "yes" if i.confirmed else "NO")
        for i in known
    ]
    table = Table(
        key="instruments",
        title="Instruments",
        columns=tuple(Column(key=c, label=c, kind="integer" if c == "items" else "text") for c in columns),
        rows=tuple(rows),
    )
    click.echo(table.to_text())
