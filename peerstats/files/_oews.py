"""Official wage files of every layout since 2013, read into one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText
from peerstats.files._chunks import open_sheet
from peerstats.files._oews_cells import FigureColumn, WordColumn, recode
from peerstats.files._oews_flat import read_flat
from peerstats.files._oews_layout import find_layout
from peerstats.files._oews_tidy import check_occupations, drop_repeats, fill_words, find_years
from peerstats.norms import OEWS_FIGURES, OewsTable

if TYPE_CHECKING:
    from pathlib import Path

    from peerstats.files._chunks import Sheet
    from peerstats.files._oews_layout import Layout

__all__ = ["read_oews"]

_CALL = "read_oews"
_EMPTY = ""


def read_oews(path: str | Path, *, year: int | None = None, area: str | None = None) -> OewsTable:
    r"""Read a file of Occupational Employment and Wage Statistics.

    Files are on https://www.bls.gov/oes/tables.htm: national, state, metropolitan, by industry, or all data
    of a year; and at https://download.bls.gov/pub/time.series/oe/ as oe.data.0.Current.

    Parameters
    ----------
    path : str or Path
        A workbook (.xlsx, .xls; the first sheet), text separated by commas or tabs, or a flat file with
        series ids. Names of a flat file's areas, industries and occupations come from oe.area, oe.industry
        and oe.occupation beside it.
    year : int, optional
        The May that a file describes which does not say so. A year in the name of the sheet or the file, as
        in state_M2024_dl.xlsx, is used and said in a note.
    area : str, optional
        Code of the area of a file without area columns. National files are known by their size.

    Returns
    -------
    OewsTable
        One row for each area, industry, ownership and occupation, with the columns of May 2021 and later.

    Raises
    ------
    SourceError
        If the file is damaged, cut off, or not what its ending says.
    InputError
        If it is no wage file, does not say its year or area, or has a cell that is no figure and no code.
    MissingExtraError
        If a workbook is to be read and python-calamine is not installed.

    Notes ----- Every layout from May 2013 on is read: 20 to 32 columns, upper or lower case, names of the
    years before (``GROUP``, ``occ code``, ``LOC QUOTIENT``, ``AREA_NAME``), leading columns absent. Columns
    that a layout does not have are empty. The codes ``*``, ``**``, ``#`` and ``~`` become states of cells;
    codes of areas, industries and occupations stay text, and zeros that a spreadsheet took away from them are
    restored.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import peerstats as ps
    >>> rows = ["AREA\tAREA_TITLE\tOCC_CODE\tOCC_TITLE\tO_GROUP\tTOT_EMP\tH_MEAN\tA_MEAN\tMEAN_PRSE",
    ...         "42\tPennsylvania\t21-1094\tCommunity Health Workers\tdetailed\t1970\t27.15\t56480\t2.0"]
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "state_M2025.txt")
    ...     _ = path.write_text("\n".join(rows))
    ...     table = ps.read_oews(path)
    >>> round(ps.oews("21-1094", area="PA", data=table).std_error, 3)
    0.543
    """
    with open_sheet(path, _CALL) as sheet:
        layout = find_layout(sheet, _CALL)
        read = read_flat(sheet, layout, _CALL) if layout.flat else _read_wide(sheet, layout)
    words, columns, year_column, notes = read
    file = sheet.path.name
    made = {name: columns[name].finish(file, _CALL) for name in OEWS_FIGURES}
    figures = {name: values for name, (values, _) in made.items()}
    cells = {name: states for name, (_, states) in made.items()}
    kept, gone = check_occupations(words, cells, file, _CALL)
    if not kept.all():
        words = {name: _rows(column, kept) for name, column in words.items()}
        year_column = None if year_column is None else _rows(year_column, kept)
        figures = {name: values[kept] for name, values in figures.items()}
        cells = {name: states[kept] for name, states in cells.items()}
    years, found = find_years(year_column, year, (sheet.name, file), int(kept.sum()), file, _CALL)
    words, filled = fill_words(words, years, figures["tot_emp"], area, file, _CALL)
    kept, twice = drop_repeats(words, years, figures, cells)
    if not kept.all():
        words = {name: _rows(column, kept) for name, column in words.items()}
        figures = {name: values[kept] for name, values in figures.items()}
        cells = {name: states[kept] for name, states in cells.items()}
        years = years[kept]
    return OewsTable(
        source=file,
        words=words,
        years=years,
        figures=figures,
        cells=cells,
        notes=(*sheet.notes, *layout.notes, *notes, *found, *filled, *gone, *twice),
    )


def _rows(column: CodedText, kept: Any) -> CodedText:
    codes = column.codes[kept]
    used, codes = np.unique(codes, return_inverse=True)
    return recode(CodedText(codes=codes.astype(np.int32), words=[column.words[i] for i in used]))


def _read_wide(
    sheet: Sheet, layout: Layout
) -> tuple[dict[str, CodedText], dict[str, FigureColumn], CodedText | None, list[str]]:
    """Read a file of one row for each occupation; a figure column that is not there is empty."""
    words = {name: WordColumn(name) for name in layout.places if name not in OEWS_FIGURES}
    figures = {name: FigureColumn(name) for name in OEWS_FIGURES}
    there: list[tuple[int, WordColumn | FigureColumn]] = [
        (layout.places[name], column) for name, column in words.items()
    ]
    there += [(layout.places[name], figures[name]) for name in figures if name in layout.places]
    absent = [figures[name] for name in figures if name not in layout.places]
    for chunk in sheet.chunks(layout.n_above, layout.width):
        columns = list(zip(*chunk, strict=True))
        for j, column in there:
            column.add(columns[j])
        for column in absent:
            column.add([_EMPTY] * len(chunk))
    made = {name: column.finish() for name, column in words.items()}
    return made, figures, made.pop("year", None), []
