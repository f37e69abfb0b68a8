"""Weights of a named kind; what lies below this floor reads them the same way."""

from __future__ import annotations

from peerstats._core.weights import WEIGHT_KINDS, read_weights

__all__ = ["WEIGHT_KINDS", "read_weights"]
