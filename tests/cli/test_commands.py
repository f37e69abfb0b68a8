"""The commands, as a user types them."""

import csv
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from peerstats.cli import main

HEADER = ["id", *(f"q{i}" for i in range(1, 11)), "band"]
ROWS = [
    ["007", *"1234512345", "2"],
    ["008", *"5555555555", "7"],
    ["009", *["-1"] * 10, "3"],
]
SCORE = [
    *("--instrument", "cfpb_fwb_10", "--items", "q{}", "--coded-from", "1", "--missing-codes=-1,-4"),
    *("--age-group", "band:1-5=18-61,6-8=62+", "--mode", "self", "--method", "irt"),
]


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "survey.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return path


def test_score_prints_the_summary_and_writes_every_column_as_it_was(survey, tmp_path):
    out = tmp_path / "scored.csv"
    done = run("score", survey, *SCORE, "--out", out)
    assert done.exit_code == 0
    assert "financial_well_being withheld: 1 no item answered" in done.output
    assert f"wrote {out}" in done.output
    with out.open(newline="") as file:
        written = list(csv.reader(file))
    assert [row[: len(HEADER)] for row in written] == [HEADER, *ROWS]
    scores = [row[HEADER.index("band") + 1] for row in written[1:]]
    assert [bool(re.fullmatch(r"\d+", s)) for s in scores] == [True, True, False]


def test_items_may_be_a_list(survey):
    listed = [*SCORE[:3], ",".join(HEADER[1:11]), *SCORE[4:]]
    assert run("score", survey, *listed).output == run("score", survey, *SCORE).output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--coded-from": "0"}, "is answered 0 to 4; line 3 holds 5"),
        ({"--items": "Q{}"}, "Closest columns: 'q1'"),
        ({"--instrument": "fwb"}, "there is no instrument 'fwb'"),
        ({"--method": "mean"}, "cannot be scored by method='mean'"),
        ({"--mode": "phone"}, "mode column 'phone' is not in the data"),
        ({"--age-group": "band:1-5=18-61"}, "holds 7 in line 3"),
        ({"--age-group": "old:1-5=18-61"}, "column 'old' is not in the data"),
        ({"--out": "{tmp}/no/scored.csv"}, "cannot be written"),
        ({"--out": "{tmp}/scored.xlsx"}, "ends in '.xlsx'"),
        ({"--out": "{tmp}/survey.csv"}, "is the input file"),
    ],
)
def test_bad_input_ends_with_code_1_and_leaves_no_file(survey, tmp_path, change, message):
    words = [word for word in SCORE if not word.startswith("--missing-codes")]
    options = dict(zip(words[::2], words[1::2], strict=True))
    options |= {"--missing-codes": "-1,-4", "--out": "{tmp}/scored.csv"} | change
    before = sorted(tmp_path.iterdir())
    done = run("score", survey, *(f"{k}={v.replace('{tmp}', str(tmp_path))}" for k, v in options.items()))
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())
    assert done.output.startswith("Error: ")
    assert sorted(tmp_path.iterdir()) == before


def test_a_group_option_that_cannot_be_read_is_a_usage_error(survey):
    done = run("score", survey, *SCORE, "--age-group", "band:1-5")
    assert done.exit_code == 2
    assert "is not VALUE=GROUP" in done.output


def test_an_existing_file_is_kept_unless_told(survey, tmp_path):
    out = tmp_path / "scored.csv"
    out.write_text("mine")
    done = run("score", survey, *SCORE, "--out", out)
    assert done.exit_code == 1
    assert out.read_text() == "mine"
    assert run("score", survey, *SCORE, "--out", out, "--overwrite").exit_code == 0
    assert out.read_text() != "mine"


def test_answers_in_words_are_scored(tmp_path):
    path = tmp_path / "words.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [[f"m{i}" for i in range(1, 17)], ["Every day"] * 16, ["never"] * 16, ["Refused"] * 16]
        )
    done = run("score", path, "--instrument", "mbi_gs", "--items", "m{}", "--missing-codes", "refused")
    assert done.exit_code == 0
    assert "3.00" in done.output
    assert "1 no item answered" in done.output


def test_order_and_missing_rule_are_options(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(",".join(f"m{i}" for i in range(1, 17)) + "\n" + ",".join(["", *["2"] * 15]) + "\n")
    how = ["--instrument", "mbi_gs", "--items", "m{}", "--order", "biopsykit"]
    assert "1 too few items answered" in run("score", path, *how).output
    assert "too few" not in run("score", path, *how, "--min-answered", "0.75").output


def burnout_file(path, form=16, answers=(0, 3, 6)):
    rows = [[f"m{i}" for i in range(1, form + 1)], *([a] * form for a in answers)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_profiles_and_composite_are_printed_and_written(tmp_path):
    out = tmp_path / "scored.csv"
    how = ["--instrument", "mbi_gs", "--items", "m{}", "--profiles", "sample", "--composite", "kalimo"]
    done = run("score", burnout_file(tmp_path / "m.csv"), *how, "--item-values", "--out", out)
    assert done.exit_code == 0
    assert "profile" in done.output
    assert "kalimo" in done.output.lower()
    with out.open(newline="") as file:
        header = next(csv.reader(file))
    assert header[16] == "exhaustion"
    assert {"profile", "kalimo", "item_1"} <= set(header)


def test_levels_ask_for_sums(tmp_path):
    path = burnout_file(tmp_path / "m.csv", form=22)
    how = ["--instrument", "mbi_hss", "--items", "m{}", "--levels", "medicine"]
    assert run("score", path, *how, "--method", "sum").exit_code == 0
    refused = run("score", path, *how)
    assert refused.exit_code == 1
    assert "sum" in refused.output


def test_match_and_an_unconfirmed_key_are_said(tmp_path):
    path = burnout_file(tmp_path / "a.csv", form=28, answers=(1, 3, 5))
    done = run("score", path, "--instrument", "aws_28", "--items", "m{}", "--match")
    assert done.exit_code == 0
    assert "Warning: score(): The key of 'aws_28' is not confirmed." in done.output
    assert "mismatch" in done.output


def test_bands_and_labels_are_options(survey, tmp_path):
    assert "bands of 'cfpb_fwb_10' are not confirmed" in run("score", survey, *SCORE, "--bands").output
    path = tmp_path / "words.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[f"m{i}" for i in range(1, 17)], ["Nunca"] * 16, ["siempre"] * 16])
    how = ["--instrument", "mbi_gs", "--items", "m{}"]
    assert run("score", path, *how, "--labels", "Nunca=0,Siempre=6").exit_code == 0
    assert run("score", path, *how, "--labels", "Nunca").exit_code == 2


def test_instruments_lists_and_shows_one():
    listed = run("instruments").output
    assert "mbi_hss_mp" in listed
    shown = run("instruments", "aws_28").output
    assert "key NOT confirmed" in shown
    assert "confidence, key: R" in shown
    assert "licensed by Mind Garden" in shown
    unknown = run("instruments", "asw_28")
    assert unknown.exit_code == 1
    assert "Closest instruments: 'aws_28'" in unknown.output


def test_help_of_every_command_loads_no_numpy():
    code = "import sys; from click.testing import CliRunner; from peerstats.cli import main\n"
    code += "for c in ([], ['demo'], ['score'], ['instruments']): CliRunner().invoke(main, [*c, '--help'])\n"
    code += "print({'numpy', 'pandas', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "set()"


def test_demo_writes_a_survey_and_a_report_that_say_simulated(tmp_path):
    done = run("demo", "--out", tmp_path / "d")
    assert done.exit_code == 0
    assert done.output.count("(simulated data)") >= 5
    page = (tmp_path / "d" / "report.html").read_text()
    assert page.count("data:image/png;base64,") >= 2
    assert not re.search(r'(?:src|href)="https?:', page)
    assert 'alt=""' not in page
    survey = (tmp_path / "d" / "simulated_survey.csv").read_text()
    assert survey.count("\nsimulated,") == len(survey.splitlines()) - 1 > 1_300
    again = run("demo", "--out", tmp_path / "d")
    assert again.exit_code == 0
    assert (tmp_path / "d" / "report.html").read_text() == page


def test_demo_does_not_write_over_a_file_it_did_not_make(tmp_path):
    (tmp_path / "report.html").write_text("<p>my own report</p>")
    done = run("demo", "--out", tmp_path)
    assert done.exit_code == 1
    assert "was not made by a demo" in done.output
    assert (tmp_path / "report.html").read_text() == "<p>my own report</p>"
    assert len(list(tmp_path.iterdir())) == 1


def test_demo_into_a_file_is_told(tmp_path):
    (tmp_path / "x").write_text("")
    assert run("demo", "--out", tmp_path / "x" / "y").exit_code == 1
