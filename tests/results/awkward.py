"""The small table that the renderers are held to: labels that break each format."""

from peerstats.results import Column, Numbers, Table

COLUMNS = [
    Column(key="term", label="Term | <b>"),
    Column(key="a", label="OR (95% CI)", kind="number", group="Peer_support & more"),
    Column(key="a_p", label="p", kind="p_value", group="Peer_support & more"),
    Column(key="b", label="Gap, $", kind="number", group="=Other"),
    Column(key="share", label="%", kind="percent", digits=1),
]


def ratio(*values):
    return Numbers(pattern="estimate_interval", values=values)


AWKWARD = Table(
    key="awkward",
    title="50% of R&D costs $5_000 {#1} ~ ^ \\ \n next <line>",
    lines=["448 rows of 591 (143 dropped: age missing)"],
    columns=COLUMNS,
    rows=[
        ("=SUM(A1:A9)", ratio(0.5, 0.25, 0.98), 0.0321, -1234.5678, 0.1234),
        ("State", None, None, None, None),
        ("NC\n(reference)", "ref.", None, "ref.", None),
        ("*starred* & [bracketed]", ratio(2, 1.04, 13.5), 1e-9, 0.004, 1),
        ("+1 -- `x` \"y\" 'z' | é ≤ \N{MINUS SIGN}2", ratio(0.8, -0.1, 1.7), 0.9996, -0.001, 0),
        ("@home", ratio(1.5, None, None), None, 3, float("nan")),
        (
            "n",
            Numbers(pattern="n_of_n", values=(448, 591)),
            None,
            Numbers(pattern="integer", values=(12345,)),
            None,
        ),
    ],
    notes=["- A note: 5% _under_ $1, a@b.org", "# 2"],
    indents=[0, 0, 1, 1, 1, 2, 0],
    rules=[6],
)
