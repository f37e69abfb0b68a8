"""A page for each bundled norm and for the official wages, made from their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import peerstats
from _generate._markdown import bullets, fields, linked, table, toctree
from peerstats._core.bundled import read_manifest, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["norm_pages"]

_PERCENTILES = (10, 25, 50, 75, 90)
_BUNDLED = (
    "Mean wages in dollars an hour, with the relative standard error of the last. Bundled for each "
    "occupation and year are also the annual wage, the percentiles 10, 25, 50, 75 and 90, employment and "
    "the relative standard errors.\n"
)


def _origin(file: str) -> list[tuple[str, str]]:
    entry = read_manifest("norms")[file]
    return [
        ("population", entry["population"]),
        ("source", linked(entry["source"])),
        ("licence", entry["licence"]),
        ("retrieved", str(entry["retrieved"])),
        ("file", f"`norms/data/{file}`, made by `{entry['builder']}`"),
        ("sha256", f"`{entry['sha256'][:16]}…`"),
    ]


def _call(key: str, scale: str | None) -> str:
    said = f', scale="{scale}"' if scale else ""
    return f'ps.get_norm("{key}"{said})'


def _figures(file: str, statistic: str) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows: one row a scale, variable and group."""
    places: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in read_rows("norms", file):
        where = (*([row["scale"]] if "scale" in row else []), row["variable"], row["group"])
        places.setdefault(where, {})[row["statistic"]] = row
    known = next(iter(places.values()))
    percents = [f"p{percent}" for percent in _PERCENTILES if f"p{percent}" in known]
    names = ["scale", "variable", "group"][-len(next(iter(places))) :]
    rows = [
        [
            *where,
            f"{int(figure[statistic]['n']):,}",
            f"{float(figure[statistic]['value']):.2f}",
            f"{float(figure[statistic]['std_error']):.3f}",
            f"{float(figure['sd']['value']):.2f}",
            *(f"{float(figure[percent]['value']):g}" for percent in percents),
        ]
        for where, figure in places.items()
    ]
    return [*names, "n", statistic, "SE", "SD", *(percent.upper() for percent in percents)], rows


def _norm_page(key: str, file: str) -> str:
    entry = read_manifest("norms")[file]
    norm = entry["norm"]
    facts = [
        ("key", f"`{key}`"),
        ("instrument", f"[`{norm['instrument']}`](../instruments/{norm['instrument']}.md)"),
        *((name, str(norm[name])) for name in ("form", "date", "unit")),
        ("figures confirmed", "yes" if norm["confirmed"] else f"no: {norm['confirm']}"),
        *_origin(file),
    ]
    headings, rows = _figures(file, norm["statistic"])
    call = _call(key, rows[0][0] if headings[0] == "scale" else None)
    parts = [
        f"# {entry['title']}\n",
        fields(facts),
        f"```python\nnorm = {call}\n```\n",
        bullets(norm["notes"]),
        "## Figures\n",
        f'A group is asked for as `{call[:-1]}, by="VARIABLE", group="GROUP")`.\n',
        table(headings, rows, numbers_from=headings.index("n")),
    ]
    return "\n".join(parts)


def _money(row: Mapping[str, str] | None, column: str) -> str:
    if row is None:
        return ""
    return f"{float(row[column]):.2f}" if row[column].replace(".", "").isdigit() else row[column]


def _common_notes() -> list[str]:
    """List the notes that are not about one occupation."""
    others = peerstats.oews("00-0000", year=2020).notes
    return [note for note in peerstats.oews("21-1093", year=2020).notes if note in others]


def _oews_page() -> str:
    file = "oews_national.csv"
    rows = read_rows("norms", file)
    years = sorted({row["year"] for row in rows})
    shown = (years[0], "2020", years[-1])
    by_code: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in rows:
        by_code.setdefault(row["occ_code"], {})[row["year"]] = row
    body = [
        (
            f"`{code}`",
            next(reversed(found.values()))["occ_title"],
            f"{min(found)}\N{EN DASH}{max(found)}",
            *(_money(found.get(year), "h_mean") for year in shown),
            found.get(shown[-1], {}).get("mean_prse", ""),
        )
        for code, found in sorted(by_code.items())
    ]
    headings = (
        "code",
        "occupation",
        "bundled",
        *(f"mean, May {year}" for year in shown),
        f"RSE %, {shown[-1]}",
    )
    return "\n".join(
        [
            "# Official wages (OEWS)\n",
            fields([("what", read_manifest("norms")[file]["title"]), *_origin(file)]),
            '```python\nwage = ps.oews("21-1093", year=2020)\n```\n',
            bullets(_common_notes()),
            "## Occupations\n",
            _BUNDLED,
            table(headings, body, numbers_from=3),
        ]
    )


def _labor_page(file: str, call: str, facts: Mapping[str, Any]) -> str:
    """Return the page of a table of labor force figures, one row a figure."""
    rows = read_rows("norms", file)
    named = [name for name in ("measure", "kind", "group", "year", "confirmed") if name in rows[0]]
    measures = [
        (measure, f"{about['form']}. {about['population'].rstrip('.')}. Others: {linked(about['page'])}")
        for measure, about in facts.items()
    ]
    return "\n".join(
        [
            f"# {read_manifest('norms')[file]['title']}\n",
            fields([*_origin(file), *measures]),
            f"```python\nfigure = {call}\n```\n",
            "No standard error is bundled with these figures: they are taken as fixed.\n",
            "## Figures\n",
            table(
                (*named, "value", "source"),
                [
                    (*(row[name] for name in named), f"{float(row['value']):.4g}", linked(row["source"]))
                    for row in rows
                ],
                numbers_from=len(named),
            ),
        ]
    )


_LABOR = {
    "cps": ("cps.csv", 'ps.cps("tenure", year=2020)'),
    "ncs": ("ncs.csv", 'ps.ncs("paid_sick_leave", year=2023)'),
}


def norm_pages() -> dict[str, str]:
    """Return a page for each bundled norm, one for the official wages, and their index, by file name."""
    manifest = read_manifest("norms")
    norms = {entry["norm"]["key"]: file for file, entry in manifest.items() if "norm" in entry}
    rows = [
        (f"[{manifest[file]['title']}]({key}.md)", f"`{_call(key, None)}`") for key, file in norms.items()
    ]
    rows.append(
        (
            f"[Official wages (OEWS)](oews.md): {manifest['oews_national.csv']['title']}",
            '`ps.oews("21-1093", year=2020)`',
        )
    )
    rows += [
        (f"[{manifest[file]['title']}]({name}.md)", f"`{call}`") for name, (file, call) in _LABOR.items()
    ]
    index = (
        "# Norms and official figures\n\nEach figure carries its own standard error, population, date, form "
        "and source. These pages are made from the files that the code reads.\n\n"
        f"{toctree([*norms, 'oews', *_LABOR])}\n{table(('figures', 'call'), rows)}"
    )
    pages = {f"{key}.md": _norm_page(key, file) for key, file in norms.items()}
    pages |= {
        f"{name}.md": _labor_page(file, call, manifest[file].get("measures", {}))
        for name, (file, call) in _LABOR.items()
    }
    return {"index.md": index, **pages, "oews.md": _oews_page()}
