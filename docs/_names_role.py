"""The role of a single backtick: a link where the text is a public name, else code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.domains.python import PyXRefRole

import peerstats

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


class _NameOrCode(PyXRefRole):
    """As py:obj, but a text such as ``tidy()``, which many classes have, is no link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if self.text.removesuffix("()") not in peerstats.__all__:
            return [nodes.literal(self.rawtext, self.text)], []
        self.name = "py:obj"
        return super().run()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role under the name name-or-code."""
    app.add_role("name-or-code", _NameOrCode())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
