"""Questionnaires as files: items, keys, response ranges, scales, sources and licences."""

from peerstats.instruments._instrument import Instrument
from peerstats.instruments._records import Bands, LookupTable, ResponseModel, Scale
from peerstats.instruments._registry import (
    as_instrument,
    get_instrument,
    instrument_keys,
    list_instruments,
    read_instrument,
)
from peerstats.instruments._schema import METHODS

__all__ = [
    "METHODS",
    "Bands",
    "Instrument",
    "LookupTable",
    "ResponseModel",
    "Scale",
    "as_instrument",
    "get_instrument",
    "instrument_keys",
    "list_instruments",
    "read_instrument",
]
