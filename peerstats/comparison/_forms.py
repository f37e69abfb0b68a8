"""Whether a sample and microdata are measured alike."""

from __future__ import annotations

import warnings

from peerstats.errors import PeerstatsWarning

__all__ = ["form_notes"]


def form_notes(form: str | None, microdata_form: str | None, call: str) -> tuple[str, ...]:
    """Say, and warn, if both forms are known and differ; the caller of the public call is warned."""
    if form is None or microdata_form is None or form == microdata_form:
        return ()
    note = f"Not the same form: sample {form!r}, microdata {microdata_form!r}."
    warnings.warn(f"{call}(): {note}", PeerstatsWarning, stacklevel=3)
    return (note,)
