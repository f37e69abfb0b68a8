"""Formulas, missing rows, weights and sampling plans: from a frame to what a kernel reads."""

from __future__ import annotations

from peerstats.design._asked import Asked
from peerstats.design._build import build_design, read_factors
from peerstats.design._columns import Level, column_kind, read_levels
from peerstats.design._derivative import differentiate
from peerstats.design._evaluate import evaluate
from peerstats.design._factor import Factor, read_factor
from peerstats.design._formula import FactorCode, Formula, TermCoding, code_terms, parse_formula
from peerstats.design._frozen import FrozenDesign, FrozenFactor, FrozenTerm
from peerstats.design._layout import DesignLayout, Place
from peerstats.design._learn import TransformState
from peerstats.design._memory import MemoryRows
from peerstats.design._missing import ZERO_WEIGHT, RowUse, choose_rows, read_where
from peerstats.design._outcome import Outcome, outcome_column, read_outcome
from peerstats.design._parts import FramePart, PartsHere
from peerstats.design._rake import rake
from peerstats.design._rake_result import MarginLevel, RakeResult
from peerstats.design._rows import ModelRows, RowSource, read_model
from peerstats.design._same_rows import same_rows
from peerstats.design._survey_arrays import DesignArrays
from peerstats.design._survey_design import SurveyDesign
from peerstats.design._survey_margins import Calibration, Margin
from peerstats.design._survey_read import read_summed_design
from peerstats.design._survey_units import DesignUnits
from peerstats.design._transforms import TransformCall

__all__ = [
    "ZERO_WEIGHT",
    "Asked",
    "Calibration",
    "DesignArrays",
    "DesignLayout",
    "DesignUnits",
    "Factor",
    "FactorCode",
    "Formula",
    "FramePart",
    "FrozenDesign",
    "FrozenFactor",
    "FrozenTerm",
    "Level",
    "Margin",
    "MarginLevel",
    "MemoryRows",
    "ModelRows",
    "Outcome",
    "PartsHere",
    "Place",
    "RakeResult",
    "RowSource",
    "RowUse",
    "SurveyDesign",
    "TermCoding",
    "TransformCall",
    "TransformState",
    "build_design",
    "choose_rows",
    "code_terms",
    "column_kind",
    "differentiate",
    "evaluate",
    "outcome_column",
    "parse_formula",
    "rake",
    "read_factor",
    "read_factors",
    "read_levels",
    "read_model",
    "read_outcome",
    "read_summed_design",
    "read_where",
    "same_rows",
]
