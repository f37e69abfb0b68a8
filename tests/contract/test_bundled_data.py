"""Every bundled data file says where it comes from, and its builder makes the same bytes again."""

import csv
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared" / "data"
NEEDED = ("source", "sha256", "builder")

# builder -> its arguments, relative to ../shared/data; it writes to the folder after --out
REBUILT = {
    "tools/build_cpi.py": ["cpi"],
    "tools/build_cps.py": ["cps"],
    "tools/build_fwb_norm.py": ["NFWBS_PUF_2016_data.csv"],
    "tools/build_mbi_norm.py": [],  # its figures stand in it
    "tools/build_oews_national.py": ["oews"],
}


def _is_data(path: Path) -> bool:
    # an instrument's TOML is the instrument itself and carries its own source
    own_source = path.suffix == ".toml" and path.parts[-3] == "instruments"
    return path.is_file() and path.name != "manifest.toml" and path.suffix != ".py" and not own_source


FILES = sorted(path for path in (ROOT / "peerstats").glob("*/data/*") if _is_data(path))
FOLDERS = sorted({path.parent for path in FILES})


def _manifest(folder: Path) -> dict:
    return tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "peerstats"))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_bundled_file_has_source_checksum_and_builder(path):
    entry = _manifest(path.parent)[path.name]
    assert all(entry[key] for key in NEEDED)
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ROOT / entry["builder"]).is_file()
    assert entry["builder"].startswith("tools/")


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".csv"], ids=_name)
def test_a_bundled_table_has_the_rows_that_its_manifest_says(path):
    with path.open(encoding="utf-8", newline="") as file:
        n_rows = sum(1 for _ in csv.DictReader(file))
    entry = _manifest(path.parent)[path.name]
    assert entry.get("rows", n_rows) == n_rows


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_a_manifest_names_no_file_that_is_absent(folder):
    assert set(_manifest(folder)) <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("builder", REBUILT)
def test_a_builder_makes_the_bundled_bytes_again(builder, tmp_path):
    sources = [SHARED / name for name in REBUILT[builder]]
    if not all(source.exists() for source in sources):
        pytest.skip("needs ../shared/data")
    command = [sys.executable, str(ROOT / builder), *map(str, sources), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  (our own script)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    bundled = {
        name: (folder / name).read_bytes()
        for folder in FOLDERS
        if (folder / "manifest.toml").exists()  # its absence fails the tests above
        for name, entry in _manifest(folder).items()
        if entry["builder"] == builder
    }
    assert made == bundled
