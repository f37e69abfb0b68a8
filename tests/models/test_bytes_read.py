"""What a fit reads of a Parquet file: the bytes of its own columns, once a pass, and no others."""

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

import peerstats as ps

ROWS, GROUPS = 60_000, 3
USED = ("job", "age", "wage")


class Counted(io.BytesIO):
    """A file that notes where it is read and how much."""

    def __init__(self, path, reads):
        super().__init__(Path(path).read_bytes())
        self.reads = reads

    def read(self, size=-1):
        at = self.tell()
        got = super().read(size)
        self.reads.append((at, len(got)))
        return got


class Counting(fs.FileSystemHandler):
    """The local file system, with every reading noted."""

    def __init__(self):
        self.local = fs.LocalFileSystem()
        self.reads = []

    def get_type_name(self):
        return "counting"

    def normalize_path(self, path):
        return self.local.normalize_path(path)

    def get_file_info(self, paths):
        return self.local.get_file_info(paths)

    def get_file_info_selector(self, selector):
        return self.local.get_file_info(selector)

    def open_input_file(self, path):
        return pa.PythonFile(Counted(path, self.reads), mode="r")

    open_input_stream = open_input_file

    def _refused(self, *_args, **_kwargs):
        raise AssertionError("a fit writes nothing")

    create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = delete_file = _refused
    move = copy_file = open_output_stream = open_append_stream = _refused


@pytest.fixture
def file(tmp_path, rng):
    # Arrow looks for the footer in the last 64 kB, which lie in the last column
    columns = {name: rng.normal(size=ROWS) for name in ("aside", "age", "between", "job", "wage", "last")}
    columns["job"] = np.array(["none", "other", "peer"])[rng.integers(0, 3, ROWS)]
    path = tmp_path / "simulated.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=ROWS // GROUPS, use_dictionary=["job"])
    return path


def chunks(path):
    """List column, start and size in bytes of each column chunk."""
    meta = pq.ParquetFile(path).metadata
    for group in range(meta.num_row_groups):
        for j in range(meta.num_columns):
            column = meta.row_group(group).column(j)
            start = column.data_page_offset
            if column.dictionary_page_offset is not None:
                start = min(start, column.dictionary_page_offset)
            yield column.path_in_schema, start, column.total_compressed_size


def bytes_by_column(path, reads):
    found = Counter()
    for name, start, size in chunks(path):
        found[name] += sum(max(0, min(at + n, start + size) - max(at, start)) for at, n in reads)
    return found


def test_a_fit_reads_the_bytes_of_its_columns_once_a_pass_and_no_others(file):
    handler = Counting()
    data = ds.dataset(str(file), filesystem=fs.PyFileSystem(handler), format="parquet")
    fit = ps.multinomial("job ~ age + wage", data).fit
    sizes = Counter()
    for name, _, size in chunks(file):
        sizes[name] += size
    read = bytes_by_column(file, handler.reads)
    passes = (fit.n_iterations + 1) + 2  # one a Newton step, the last too short to be counted, and two before
    assert fit.n_iterations > 1
    assert {name: read[name] for name in USED} == {name: passes * sizes[name] for name in USED}
    assert (read["aside"], read["between"]) == (0, 0)
