"""The frozen design: what is needed to build the same columns from other rows; no respondent is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import read_frame
from peerstats.design._contrasts import contrast_matrix, contrast_suffixes
from peerstats.design._factor import Factor, read_factor
from peerstats.design._formula import FactorCode
from peerstats.design._frozen_check import check_frozen
from peerstats.design._layout import DesignLayout, Part, Place
from peerstats.design._learn import TransformState
from peerstats.design._names import name_columns
from peerstats.design._values import read_values
from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design._columns import Level
    from peerstats.design._formula import TermCoding
    from peerstats.typing import Array

__all__ = ["FrozenDesign", "FrozenFactor", "FrozenTerm", "freeze_terms"]

_SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenFactor:
    """A factor of a fitted formula.

    Parameters
    ----------
    code : str
        Its text in the formula.
    kind : {"numeric", "category"}
        Numbers, or levels.
    variables : tuple of str
        Columns that it reads.
    levels : tuple
        Levels, in order; empty for numbers.
    reference : str, int, float, bool or None
        The level that has no column of its own.
    contrast : str or None
        How levels become columns: "treatment", "sum", "poly", "helmert" or "diff"; None for numbers.
    scores : tuple of float
        Where the levels of a polynomial contrast stand; equally spaced if empty.
    width : int
        Columns of numbers: more than one for splines.
    transforms : tuple of TransformState
        What ``center``, ``standardize`` and splines have learnt: means, standard deviations, and knots, which
        are quantiles of all rows used, the outer ones the smallest and the largest value.
    """

    code: str
    kind: str
    variables: tuple[str, ...]
    levels: tuple[Level, ...] = ()
    reference: Level | None = None
    contrast: str | None = None
    scores: tuple[float, ...] = ()
    width: int = 1
    transforms: tuple[TransformState, ...] = ()

    def parse(self, call: str = "predict") -> Factor:
        """Return the factor's checked syntax."""
        return read_factor(FactorCode(code=self.code, start=0, end=len(self.code)), self.code, call)

    @property
    def _place(self) -> int | None:
        return None if self.reference is None else self.levels.index(self.reference)

    def n_columns(self, *, full: bool) -> int:
        """Return the number of the factor's columns."""
        return self.width if self.kind == "numeric" else len(self.levels) - (not full)

    def contrasts(self, *, full: bool) -> Array:
        """Return the (levels + 1, columns) contrast matrix; the last row, NaN, is that of missing values."""
        matrix = contrast_matrix(
            self.contrast or "treatment", len(self.levels), self._place, self.scores, full=full
        )
        return np.vstack([matrix, np.full(matrix.shape[1], np.nan)])

    def column_names(self, *, full: bool) -> list[str]:
        """Return the names of the factor's columns, as patsy writes them."""
        if self.kind == "category":
            contrast = self.contrast or "treatment"
            suffixes = contrast_suffixes(contrast, self.levels, self._place, full=full)
            return [f"{self.code}{suffix}" for suffix in suffixes]
        return [self.code] if self.width == 1 else [f"{self.code}[{i}]" for i in range(self.width)]

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> FrozenFactor:
        """Rebuild a factor from what JSON made of it; a record from before splines lacks their fields."""
        transforms = tuple(
            TransformState(
                **{
                    **each,
                    "knots": tuple(map(float, each["knots"])),
                    "constraint": tuple(map(float, each["constraint"])),
                }
            )
            for each in record.get("transforms", ())
        )
        factor = cls(
            **{
                **record,
                "variables": tuple(record["variables"]),
                "levels": tuple(record["levels"]),
                "scores": tuple(map(float, record.get("scores", ()))),
                "transforms": transforms,
            }
        )
        parsed = factor.parse("FrozenDesign.from_dict")
        width = transforms[-1].width if transforms and parsed.is_spline else 1
        if len(parsed.transforms) != len(transforms) or factor.width != width:
            raise ValueError(f"{factor.code!r} lacks what its transforms have learnt")
        return factor


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenTerm:
    """A term of a fitted formula.

    Parameters
    ----------
    name : str
        Its factors joined by ":", or Intercept.
    subterms : tuple of tuple of (str, bool) pairs
        For each block of columns the factor codes, and whether a factor has a column for all of its levels.
    columns : tuple of str
        Names of its columns.
    """

    name: str
    subterms: tuple[tuple[tuple[str, bool], ...], ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenDesign:
    """Formula, levels and contrasts of a fit.

    Parameters
    ----------
    formula : str
        The formula.
    factors : tuple of FrozenFactor
        Its factors, in the formula's order.
    terms : tuple of FrozenTerm
        Its terms, in the order of the columns.
    """

    formula: str
    factors: tuple[FrozenFactor, ...]
    terms: tuple[FrozenTerm, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(name for term in self.terms for name in term.columns)

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns of the data that the design reads, in the formula's order."""
        return tuple(dict.fromkeys(name for factor in self.factors for name in factor.variables))

    def to_dict(self) -> dict[str, Any]:
        """Return the design as a dictionary that JSON can hold."""
        return {"schema": _SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> FrozenDesign:
        """Rebuild a design from `to_dict()`, also after JSON has made lists of its tuples.

        Formula and factors are checked against the closed list again, and the columns named anew.

        Parameters
        ----------
        record : mapping
            What `to_dict` returned.

        Returns
        -------
        FrozenDesign
            The same design.

        Raises
        ------
        InputError
            If the record is of another schema, incomplete, or not what its formula gives.
        FormulaError
            If the formula cannot be read or holds what is not allowed.
        """
        call = "FrozenDesign.from_dict"
        schema = record.get("schema") if isinstance(record, Mapping) else None
        if schema != _SCHEMA or isinstance(schema, bool):
            raise InputError(
                f"{call}(): schema {schema!r} is not {_SCHEMA}.",
                "Read it with a newer peerstats."
                if isinstance(schema, int) and schema > _SCHEMA
                else "Read a record that to_dict() wrote, unchanged.",
            )
        extra = set(record) - {"schema", *(field.name for field in fields(cls))}
        if extra:
            raise InputError(
                f"{call}(): the record has {min(extra, key=str)!r}, which no design of schema {_SCHEMA} has.",
                "Read it with a newer peerstats, or write it with to_dict().",
            )
        try:
            factors = tuple(FrozenFactor.from_dict(each) for each in record["factors"])
            terms = tuple(
                FrozenTerm(
                    name=each["name"],
                    subterms=tuple(
                        tuple((code, bool(full)) for code, full in part) for part in each["subterms"]
                    ),
                    columns=tuple(each["columns"]),
                )
                for each in record["terms"]
            )
            design = cls(formula=record["formula"], factors=factors, terms=terms)
        except FormulaError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{call}(): the record is incomplete ({error}).", "Write it with to_dict()."
            ) from error
        check_frozen(design, call)
        return design

    def code(self, data: Any, call: str, *, strict: bool = True) -> dict[str, Array]:
        """Read the factors' values from other rows.

        Parameters
        ----------
        data : frame
            Rows with the design's variables.
        call : str
            The public call, for messages.
        strict : bool
            Whether an unseen level or a value that is not finite is an error; else it counts as missing.

        Returns
        -------
        dict of str to (n,) or (n, columns) array
            For each factor code its numbers (NaN where missing) or level codes (-1 where missing); two
            dimensions for a spline.

        Raises
        ------
        InputError
            If a column is missing, holds a level that the fit has not seen, or a value that is not finite.
        """
        frame = read_frame(data, call)
        check_columns(self.variables, frame.columns, call)
        return {factor.code: read_values(factor, frame, call, strict=strict) for factor in self.factors}

    def matrix(self, coded: Mapping[str, Array], start: int, stop: int) -> Array:
        """Build the design of some rows.

        Parameters
        ----------
        coded : mapping of str to (n,) or (n, columns) array
            What `code` returned.
        start, stop : int
            The first row, and the row after the last.

        Returns
        -------
        (k, m) float array
            One row per column of the design; NaN where a value is missing.
        """
        return self.layout().matrix(coded, start, stop)

    def layout(self) -> DesignLayout:
        """Settle where each factor's values go, for whoever builds many blocks of rows."""
        known = {factor.code: factor for factor in self.factors}
        places = []
        top = 0
        for subterm in (subterm for term in self.terms for subterm in term.subterms):
            parts = tuple(
                Part(
                    code=code,
                    contrasts=None
                    if known[code].kind == "numeric"
                    else np.ascontiguousarray(known[code].contrasts(full=full).T),
                    width=known[code].n_columns(full=full),
                )
                for code, full in subterm
            )
            width = prod(part.width for part in parts)
            places.append(Place(first=top, last=top + width, parts=parts))
            top += width
        return DesignLayout(places=tuple(places))


def freeze_terms(
    codings: Sequence[TermCoding], factors: Mapping[str, FrozenFactor]
) -> tuple[FrozenTerm, ...]:
    """Name the terms and their columns."""
    return tuple(
        FrozenTerm(
            name=":".join(coding.factors) or "Intercept",
            subterms=coding.subterms,
            columns=tuple(name for part in coding.subterms for name in name_columns(part, factors)),
        )
        for coding in codings
    )
