"""The builders compute what their headers say and write nothing when a figure differs."""

import math
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared" / "data"


@pytest.fixture(scope="module")
def fwb():
    return runpy.run_path(str(ROOT / "tools" / "build_fwb_norm.py"))


@pytest.fixture(scope="module")
def survey(fwb):
    path = SHARED / "NFWBS_PUF_2016_data.csv"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    return fwb["read_file"](path)


def test_whole_weights_equal_rows_repeated_in_mean_sd_and_percentiles(fwb):
    weighted = fwb["summarise"]([(40, 3.0), (55, 1.0), (70, 2.0)], 3)
    repeated = fwb["summarise"]([(40, 1.0)] * 3 + [(55, 1.0)] + [(70, 1.0)] * 2, 6)
    assert weighted.mean == pytest.approx(repeated.mean, rel=1e-15)
    assert weighted.sd == pytest.approx(repeated.sd, rel=1e-15)
    assert weighted.percentiles == repeated.percentiles == (40, 40, 40, 40, 70, 70, 70)


def test_with_equal_weights_the_standard_error_is_that_of_a_plain_mean(fwb):
    scores = [31, 44, 52, 52, 60, 77]
    mean = sum(scores) / 6
    plain = math.sqrt(sum((y - mean) ** 2 for y in scores) / 5 / 6)
    assert fwb["summarise"]([(y, 1.7) for y in scores], 6).std_error == pytest.approx(plain, rel=1e-14)


@pytest.mark.parametrize(
    ("answer", "percent", "std_error"),
    [("1", 17.1498, 0.5712), ("5", 11.0951, 0.4262), ("-1", 0.2885, 0.1282)],
)
def test_the_standard_errors_of_the_users_guide_come_out(fwb, survey, answer, percent, std_error):
    # User's Guide of the public-use file, SAS PROC SURVEYFREQ of FWB1_1
    found = fwb["summarise"]([(int(r["FWB1_1"] == answer), float(r["finalwt"])) for r in survey], len(survey))
    assert round(100 * found.mean, 4) == percent
    assert round(100 * found.std_error, 4) == std_error


def test_negative_codes_are_removed_before_anything(fwb, survey):
    kept = fwb["summarise_groups"](survey)["all", "all"]
    left_in = fwb["summarise"]([(int(r["FWBscore"]), float(r["finalwt"])) for r in survey], len(survey))
    assert (kept.n, round(kept.mean, 2)) == (6389, 54.25)
    assert round(left_in.mean, 2) == 54.20


def test_a_group_decoded_wrongly_stops_the_builder(fwb, survey):
    found = fwb["summarise_groups"](survey)
    fwb["check"](found)
    men, women = ("sex", "men"), ("sex", "women")
    with pytest.raises(SystemExit, match="the decoding is not proved"):
        fwb["check"]({**found, men: found[women], women: found[men]})


def test_another_file_than_the_public_use_file_is_refused(fwb, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("FWBscore,finalwt\n50,1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"is not the public-use file(.|\n)*consumerfinance\.gov"):
        fwb["read_file"](path)


def test_codes_stay_text_and_other_words_stop_the_wage_builder():
    cell = runpy.run_path(str(ROOT / "tools" / "build_oews_national.py"))["cell"]
    assert [cell(value, "here") for value in ("*", "**", "#", "~")] == ["*", "**", "#", "~"]
    assert [cell(value, "here") for value in (392300.0, "12", 18.38, "1,234")] == [
        "392300",
        "12",
        "18.38",
        "1234",
    ]
    with pytest.raises(SystemExit, match="here: 'n/a' is neither a figure nor a code"):
        cell("n/a", "here")


def test_one_cell_that_differs_from_its_workbook_stops_the_wage_builder(tmp_path, monkeypatch):
    source = SHARED / "oews"
    if not source.exists():
        pytest.skip("needs ../shared/data")
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    for path in source.glob("national_M20*_dl_trim.xlsx"):
        (folder / path.name).write_bytes(path.read_bytes())
    name = "oews_national_soc21_2013_2025.csv"
    text = (source / name).read_text(encoding="utf-8")
    assert text.count("399920,1.1,18.38,") == 1
    (folder / name).write_text(text.replace("399920,1.1,18.38,", "399920,1.1,18.83,"), encoding="utf-8")
    main = runpy.run_path(str(ROOT / "tools" / "build_oews_national.py"))["main"]
    monkeypatch.setattr(sys, "argv", ["build", str(folder), "--out", str(out)])
    with pytest.raises(SystemExit, match=r"h_mean: '18\.83', workbook '18\.38'"):
        main()
    assert not list(out.iterdir())


def test_an_annual_average_that_is_not_that_of_its_months_stops_the_price_builder(tmp_path, monkeypatch):
    source = SHARED / "cpi" / "cpi_u_all_items.csv"
    if not source.exists():
        pytest.skip("needs ../shared/data")
    out = tmp_path / "out"
    out.mkdir()
    text = source.read_text(encoding="utf-8")
    assert text.count("CUUR0300SA0,2025,M13,311.997") == 1
    wrong = text.replace("CUUR0300SA0,2025,M13,311.997", "CUUR0300SA0,2025,M13,312.997")
    (tmp_path / source.name).write_text(wrong, encoding="utf-8")
    main = runpy.run_path(str(ROOT / "tools" / "build_cpi.py"))["main"]
    monkeypatch.setattr(sys, "argv", ["build", str(tmp_path), "--out", str(out)])
    with pytest.raises(SystemExit, match=r"2025, South: annual average 312\.997, mean of its months 311\.99"):
        main()
    assert not list(out.iterdir())
