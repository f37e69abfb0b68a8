"""Write the golden files of the renderers: the awkward table of tests/results/awkward.py in every format.

python tests/golden/tables/make.py (from the repository; look at what changed before it is kept)
"""

import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def main():
    sys.path.insert(0, str(HERE.parents[1] / "results"))
    from awkward import AWKWARD  # noqa: PLC0415  (found by the line above)

    made = {
        "awkward.txt": AWKWARD.to_text(),
        "awkward.tex": AWKWARD.to_latex(),
        "awkward.md": AWKWARD.to_markdown(),
        "awkward.html": AWKWARD.to_html(),
        "awkward.csv": AWKWARD.to_csv(),
        "awkward_full.csv": AWKWARD.to_csv(rounded=False),
        "session.txt": "\n".join(
            f"{name} {version(name)}" for name in ("great_tables", "python-docx", "rich")
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        AWKWARD.to_docx(Path(folder) / "table.docx")
        with zipfile.ZipFile(Path(folder) / "table.docx") as packed:
            root = ET.fromstring(packed.read("word/document.xml"))  # noqa: S314  (our own bytes)
    ET.register_namespace("w", WORD)
    table = next(root.iter(f"{{{WORD}}}tbl"))
    ET.indent(table)
    made["awkward_docx.xml"] = ET.tostring(table, encoding="unicode")
    for name, text in made.items():
        (HERE / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":  # pytest imports every module in search of examples
    main()
