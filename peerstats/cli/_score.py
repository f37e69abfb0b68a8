"""`peerstats score`: score one instrument in a survey file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerstats.cli._meaning import interpret, meaning_options
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.scoring import ScoreResult

__all__ = ["command"]

_CALL = "peerstats score"


def _number(text: str) -> float | str:
    """Read a number, whole where it is written so; other text stays text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _parse_codes(text: str | None) -> list[float | str]:
    """Read '-1,-4,refused' as codes and words."""
    return [_number(code.strip()) for code in (text or "").split(",") if code.strip()]


def _parse_rule(text: str | None) -> float | str | None:
    return None if text is None else _number(text)


def _parse_group(text: str | None) -> Any:
    """Read 'column', 'group' or 'column:1-5=18-61,6-8=62+' as score() takes it."""
    if text is None or ":" not in text:
        return text
    column, _, pairs = text.partition(":")
    mapping: dict[str, str] = {}
    for pair in pairs.split(","):
        values, equals, group = pair.partition("=")
        if not equals or not values or not group:
            raise click.BadParameter(f"{pair!r} is not VALUE=GROUP or FIRST-LAST=GROUP.")
        span = re.fullmatch(r"(\d+)-(\d+)", values)
        keys = map(str, range(int(span[1]), int(span[2]) + 1)) if span else [values]
        mapping |= dict.fromkeys(keys, group)
    return column, mapping


def _column_of(spec: str | tuple[str, dict[str, str]] | None) -> str | None:
    return spec[0] if isinstance(spec, tuple) else spec


def _item_names(items: str, key: str, header: Sequence[str]) -> tuple[str, ...]:
    from peerstats.instruments import as_instrument  # noqa: PLC0415  (--help stays fast)
    from peerstats.scoring import item_columns  # noqa: PLC0415

    spec: str | list[str] = [name.strip() for name in items.split(",")] if "," in items else items
    return item_columns(spec, as_instrument(key, "score"), header)


def _parse_labels(text: str | None) -> dict[str, int] | None:
    """Read 'Nunca=0,Siempre=6' as words and their codes."""
    if text is None:
        return None
    labels: dict[str, int] = {}
    for pair in text.split(","):
        word, _, code = pair.rpartition("=")
        if not word or not code.strip().isdecimal():
            raise click.BadParameter(f"{pair!r} is not WORD=CODE.")
        labels[word] = int(code)
    return labels


def _added(result: ScoreResult, meanings: Sequence[Any], *, items: bool) -> dict[str, list[Any]]:
    """Return the new columns: scores, what they mean, and items after reversal where asked for."""
    frames = [result.scores, *(meaning.attach() for meaning in meanings)]
    if items:
        frames.append(result.items())
    own = set(result.frame.columns)
    return {name: frame[name].tolist() for frame in frames for name in frame.columns if name not in own}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--instrument", required=True, help="Key of the instrument, or the path of your own TOML file.")
@click.option(
    "--items", required=True, help="A pattern such as 'fwb_{}', or the columns in item order: a,b,c."
)
@click.option("--method", help="mean, sum, lookup or irt; needed where the instrument has two conversions.")
@click.option("--order", help="The items' numbering, where several are in circulation.")
@click.option("--min-answered", help="Answers that a scale needs: a count, a share such as 0.75, or all.")
@click.option(
    "--coded-from", type=int, help="The file's lowest answer code, where it is not the instrument's."
)
@click.option("--missing-codes", help="Codes or words that mean 'no answer', such as --missing-codes=-1,-4.")
@click.option("--labels", help="Words of the answers and their codes: Nunca=0,Siempre=6.")
@click.option("--age", help="Column of ages in years.")
@click.option("--age-group", help="A group (62+), a column of groups, or COLUMN:1-5=18-61,6-8=62+.")
@click.option("--mode", help="self, interviewer, a column of these, or COLUMN:VALUE=MODE,...")
@meaning_options
@click.option("--item-values", is_flag=True, help="Write each item after reversal as well.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the file with the scores added (.csv or .tsv)."
)
@click.option("--overwrite", is_flag=True, help="Replace the --out file if it is there.")
def command(  # noqa: PLR0917  (click passes every option by name)
    file: Path,
    instrument: str,
    items: str,
    method: str | None,
    order: str | None,
    min_answered: str | None,
    coded_from: int | None,
    missing_codes: str | None,
    labels: str | None,
    age: str | None,
    age_group: str | None,
    mode: str | None,
    profiles: str | None,
    levels: str | None,
    composite: str | None,
    out: Path | None,
    *,
    bands: bool,
    match: bool,
    item_values: bool,
    overwrite: bool,
) -> None:
    """Score one instrument in FILE (.csv or .tsv).

    Prints how many were scored and why others were not; with --out, writes every column of FILE as it was,
    and the scores after them.
    """
    from peerstats._core.progress import progress  # noqa: PLC0415  (--help stays fast)
    from peerstats.files import read_delimited, write_delimited  # noqa: PLC0415
    from peerstats.scoring import score  # noqa: PLC0415

    if out is not None and out.exists() and not (overwrite and not out.samefile(file)):
        same = file.exists() and out.samefile(file)
        raise InputError(
            f"{_CALL}: --out {out} {'is the input file' if same else 'is already there'}.",
            "Name another file." if same else "Name another file, or say --overwrite.",
        )
    codes, groups = _parse_codes(missing_codes), (_parse_group(age_group), _parse_group(mode))
    with progress(f"Scoring {file.name}", total=3) as advance:
        survey = read_delimited(file, _CALL)
        advance(1)
        names = _item_names(items, instrument, survey.header)
        needed = {*names, age, *map(_column_of, groups)}
        result = score(
            survey.frame([name for name in survey.header if name in needed], call=_CALL),
            instrument,
            items=names,
            method=method,
            order=order,
            min_answered=_parse_rule(min_answered),
            age=age,
            age_group=groups[0],
            mode=groups[1],
            coded_from=coded_from,
            missing_codes=codes,
            labels=_parse_labels(labels),
            bands=bands,
        )
        meanings = interpret(result, profiles=profiles, levels=levels, composite=composite, match=match)
        advance(1)
        if out is not None:
            write_delimited(out, survey, _added(result, meanings, items=item_values), _CALL)
        advance(1)
    click.echo("\n\n".join(each.summary() for each in (result, *meanings)))
    if out is not None:
        click.echo(f"\nwrote {out}")
