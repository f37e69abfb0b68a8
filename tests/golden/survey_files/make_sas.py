"""Write simulated.sas7bdat and its catalogue simulated.sas7bcat with libreadstat 1.1.8; see session.txt."""

import ctypes as c
from pathlib import Path

HERE = Path(__file__).parent
LIB = c.CDLL("libreadstat.so.1")
WRITER = c.CFUNCTYPE(c.c_ssize_t, c.c_void_p, c.c_size_t, c.c_void_p)
for name in ("writer_init", "add_label_set", "add_variable", "get_variable"):
    getattr(LIB, f"readstat_{name}").restype = c.c_void_p
TEXT, DOUBLE = 0, 5
# columns: name, type, width, label, format
COLUMNS = [
    (b"id", DOUBLE, 8, b"Respondent", None),
    (b"wage", DOUBLE, 8, b"Hourly wage, $", None),
    (b"job", DOUBLE, 8, b"Kind of job", b"JOBF"),
    (b"started", DOUBLE, 8, b"Hired on", b"DATE9"),
    (b"town", TEXT, 12, "Town (café)".encode(), None),
]
# .R: refused, of SAS's special missing values; None is missing; days count from 1960
ROWS = [
    (1.0, 17.5, 1.0, 21612.0, "Łódź".encode()),
    (2.0, None, 2.0, 21974.0, b"Bend"),
    (3.0, b"R", 2.0, None, b""),
    (4.0, -0.1, 1.0, -3653.0, b"Salem"),
]


def ok(code):
    """Stop at an error of the library."""
    if code:
        raise SystemExit(f"libreadstat: error {code}")


def write(path, begin):
    """Write what `begin` asks for."""
    held = bytearray()

    @WRITER
    def take(data, length, _):
        held.extend(c.string_at(data, length))
        return length

    writer = c.c_void_p(LIB.readstat_writer_init())
    ok(LIB.readstat_set_data_writer(writer, take))
    LIB.readstat_writer_set_file_timestamp(writer, c.c_long(1_700_000_000))
    begin(writer)
    ok(LIB.readstat_end_writing(writer))
    LIB.readstat_writer_free(writer)
    path.write_bytes(bytes(held))


def catalogue(writer):
    """Begin a catalogue with one format."""
    jobs = c.c_void_p(LIB.readstat_add_label_set(writer, DOUBLE, b"JOBF"))
    for value, label in ((1.0, b"Peer support"), (2.0, b"Other work")):
        LIB.readstat_label_double_value(jobs, c.c_double(value), label)
    ok(LIB.readstat_begin_writing_sas7bcat(writer, None))


def data(writer):
    """Write the rows."""
    made = []
    for name, kind, width, label, form in COLUMNS:
        variable = c.c_void_p(LIB.readstat_add_variable(writer, name, kind, c.c_size_t(width)))
        LIB.readstat_variable_set_label(variable, label)
        if form:
            LIB.readstat_variable_set_format(variable, form)
        made.append(variable)
    ok(LIB.readstat_begin_writing_sas7bdat(writer, None, c.c_long(len(ROWS))))
    for row in ROWS:
        ok(LIB.readstat_begin_row(writer))
        for variable, (_, kind, *_), cell in zip(made, COLUMNS, row, strict=True):
            if kind == TEXT:
                ok(LIB.readstat_insert_string_value(writer, variable, cell))
            elif cell is None:
                ok(LIB.readstat_insert_missing_value(writer, variable))
            elif isinstance(cell, bytes):
                ok(LIB.readstat_insert_tagged_missing_value(writer, variable, c.c_char(cell)))
            else:
                ok(LIB.readstat_insert_double_value(writer, variable, c.c_double(cell)))
        ok(LIB.readstat_end_row(writer))


write(HERE / "simulated.sas7bdat", data)
write(HERE / "simulated.sas7bcat", catalogue)
