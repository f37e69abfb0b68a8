"""Files of Excel 97 and SAS that other programs wrote; how is told in tests/golden/survey_files."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

import peerstats as ps

HERE = Path(__file__).parents[1] / "golden" / "survey_files"
OLD = HERE / "simulated.xls"
SAS = HERE / "simulated.sas7bdat"
CATALOGUE = HERE / "simulated.sas7bcat"


@pytest.fixture
def iris(tmp_path):
    path = tmp_path / "iris.sas7bdat"
    path.write_bytes(gzip.decompress((HERE / "iris.sas7bdat.gz").read_bytes()))
    return path


def test_a_file_that_sas_wrote_has_the_sums_that_r_has_of_the_same_data(iris):
    survey = ps.read_survey(iris)
    found = survey.data.groupby("Species").sum()
    expected = pd.read_csv(HERE / "expected.csv", index_col="Species")
    # the file keeps six letters of a species
    assert list(found.index) == [name[:6] for name in expected.index]
    # sums of 50 numbers of two digits, rounded in binary
    assert abs(found.to_numpy() - expected.to_numpy()).max() < 1e-10
    assert survey.codebook.file_kind == "SAS"
    assert len(survey) == 150


def test_sas_s_labels_letters_and_dates_come_in_and_codes_stay_codes():
    survey = ps.read_survey(SAS, catalog=CATALOGUE)
    assert survey.data["job"].tolist() == [1, 2, 2, 1]
    assert dict(survey.codebook["job"].values) == {1: "Peer support", 2: "Other work"}
    assert survey.codebook.label("town") == "Town (café)"
    assert survey.data["town"].tolist()[:2] == ["Łódź", "Bend"]
    assert dict(survey.codebook["wage"].missing_counts) == {"R": 1}
    assert survey.codebook["wage"].n_blank == 1
    days = pd.to_datetime(["2019-03-04", "2020-02-29", None, "1949-12-31"])
    assert survey.data["started"].equals(pd.Series(days, name="started").astype(survey.data["started"].dtype))


def test_sas_s_labels_replace_codes_on_request():
    survey = ps.read_survey(SAS, catalog=CATALOGUE, values="labels")
    assert survey.data["job"].tolist() == ["Peer support", "Other work", "Other work", "Peer support"]
    assert ps.read_survey(SAS).codebook.labels("job") == {}


def test_a_catalogue_that_serves_nothing_is_told(tmp_path, iris):
    other = ps.read_survey(iris, catalog=CATALOGUE)
    assert "simulated.sas7bcat has no format that a variable of iris.sas7bdat is printed in." in (
        other.codebook.notes
    )
    with pytest.raises(ps.SourceError, match="cannot be read"):
        ps.read_survey(SAS, catalog=tmp_path / "none.sas7bcat")
    cut = tmp_path / "cut.sas7bcat"
    cut.write_bytes(CATALOGUE.read_bytes()[:900])
    with pytest.raises(ps.SourceError, match=r"cut\.sas7bcat cannot be read as a file of SAS formats"):
        ps.read_survey(SAS, catalog=cut)
    text = tmp_path / "simulated.csv"
    text.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(ps.InputError, match=r"catalog= is for \.sas7bdat files, and simulated\.csv is none"):
        ps.read_survey(text, catalog=CATALOGUE)


@pytest.mark.parametrize("share", [0.1, 0.6, 0.99])
def test_a_sas_file_that_was_cut_off_is_refused(share, iris):
    raw = iris.read_bytes()
    iris.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(ps.SourceError, match=r"iris\.sas7bdat cannot be read as a file of SAS"):
        ps.read_survey(iris)


@pytest.mark.parametrize(
    ("path", "serials"),
    [
        (OLD, ["2019-03-04", "2020-02-29", "2024-01-01 06:00", "2024-01-02"]),
        # the same numbers, counted from 1904: 1,462 days later
        (HERE / "simulated_1904.xls", ["2023-03-05", "2024-03-01", "2028-01-02 06:00", "2028-01-03"]),
    ],
)
def test_an_old_workbook_has_numbers_text_dates_and_booleans(path, serials):
    survey = ps.read_survey(path, header=2, dates=["serial_date"], missing_codes={"wage": [-99]})
    data = survey.data
    assert data["id"].tolist() == [1, 2, 3, 4]
    assert data["wage"].tolist()[::3] == [17.5, 1234567.891]
    assert dict(survey.codebook["wage"].missing_counts) == {-99.0: 1}
    assert data["county"].tolist()[:3] == ["01001", "36005", "41051"]
    assert data["started"].dropna().tolist() == [
        pd.Timestamp(day) for day in ("2019-03-04", "2020-02-29", "2024-01-01")
    ]
    assert data["serial_date"].tolist() == [pd.Timestamp(day) for day in serials]
    assert data["paid"].tolist() == [True, False, True, False]
    assert data["note"].tolist()[:2] == ["café", "≤ 5 years; Łódź"]
    assert survey.codebook.file_kind == "Excel"


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99, 0.999])
def test_an_old_workbook_that_was_cut_off_is_an_error_and_no_panic(tmp_path, share):
    cut = tmp_path / "cut.xls"
    raw = OLD.read_bytes()
    cut.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(ps.SourceError, match=r"cut\.xls cannot be read as a workbook(.|\n)*cut off"):
        ps.read_survey(cut, header=2)


def test_a_sas_file_with_a_broken_page_is_no_empty_survey(tmp_path):
    raw = SAS.read_bytes()
    broken = tmp_path / "broken.sas7bdat"
    broken.write_bytes(raw[: len(raw) // 2] + b"\xff" * 200 + raw[len(raw) // 2 + 200 :])
    with pytest.raises(ps.SourceError, match=r"broken\.sas7bdat is a SAS file without columns"):
        ps.read_survey(broken)


def test_an_old_workbook_is_refused_where_its_names_are_merged_or_its_end_is_missing(tmp_path):
    with pytest.raises(ps.SourceError, match=r"row 1 of sheet 'Answers' of simulated\.xls(.|\n)*header=2"):
        ps.read_survey(OLD)
    cut = tmp_path / "cut.xls"
    cut.write_bytes(OLD.read_bytes()[:2000])
    with pytest.raises(ps.SourceError, match=r"cut\.xls cannot be read as a workbook"):
        ps.read_survey(cut)
