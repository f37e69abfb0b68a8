"""Check a built wheel: every data file and type marker in, no test and no tool.

Run: python tools/check_wheel.py WHEEL
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(wheel: str) -> None:
    """Stop with the list of what is missing or too much."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if not name.endswith("/")}
    wanted = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "peerstats").rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".pyi", ".toml", ".csv", ".typed"} | {""}
        and "__pycache__" not in path.parts
    }
    missing = sorted(wanted - inside)
    extra = sorted(name for name in inside - wanted if ".dist-info/" not in name)
    if missing or extra:
        sys.exit(f"wheel lacks {missing}, and should not hold {extra}")
    print(f"{wheel}: {len(wanted)} package files, nothing else")


if __name__ == "__main__":
    main(sys.argv[1])
