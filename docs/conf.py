"""Sphinx configuration: pages that need nothing from outside, made from the package itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import peerstats

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import _generate  # noqa: E402  (lies beside this file)

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "peerstats"
author = "the peerstats developers"
project_copyright = "2026, the peerstats developers"
version = release = peerstats.__version__

extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_parser", "_mathml", "_names_role"]
html_math_renderer = "mathml"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

# A single backtick in a docstring is a name of peerstats where there is one, else code.
default_role = "name-or-code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
toc_object_entries = False
python_maximum_signature_line_length = 88

html_theme = "pydata_sphinx_theme"
html_title = "peerstats"
html_static_path = ["_static"]
html_css_files = ["peerstats.css"]
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": [], "changelog": [], "performance": []}
html_theme_options = {
    "navbar_align": "left",
    "navbar_persistent": [],
    "navbar_end": ["theme-switcher", "search-button"],
    "show_prev_next": False,
    "secondary_sidebar_items": [],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "friendly",
    "header_links_before_dropdown": 6,
}


def _write_pages(app: Sphinx) -> None:
    _generate.write_pages(Path(app.srcdir))


def setup(app: Sphinx) -> None:
    """Make the reference before Sphinx looks for its pages."""
    app.connect("builder-inited", _write_pages)
