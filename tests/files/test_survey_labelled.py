"""Labelled files come in with their labels and codes, and go out with them."""

import dataclasses

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps

ANSWERS = pd.DataFrame(
    {
        "answer": [1.0, 2.0, -9.0, np.nan, 2.0],
        "age": [34.0, 97.0, 99.0, 51.0, 28.0],
        "word": ["yes", "", "zz", "no", "yes"],
        "day": pd.to_datetime(["2020-01-01", "2021-05-05", None, "2022-02-02", "2022-02-03"]),
    }
)
SAV = {
    "file_label": "Peers (simulated)",
    "column_labels": {"answer": "Do you tell clients?", "age": "Age in years"},
    "variable_value_labels": {"answer": {1: "Yes", 2: "No", -9: "Refused"}, "age": {97: "97 or older"}},
    "missing_ranges": {"answer": [-9], "age": [{"lo": 98, "hi": 99}], "word": ["zz"]},
    "variable_measure": {"answer": "nominal", "age": "scale"},
}


@pytest.fixture
def sav(tmp_path):
    path = tmp_path / "simulated.sav"
    pyreadstat.write_sav(ANSWERS, path, **SAV)
    return path


def test_user_missing_codes_are_missing_in_the_data_and_counted_in_the_codebook(sav):
    survey = ps.read_survey(sav)
    assert survey.data["answer"].isna().tolist() == [False, False, True, True, False]
    assert survey.data["word"].isna().tolist() == [False, True, True, False, False]
    answer, age, word = (survey.codebook[name] for name in ("answer", "age", "word"))
    assert (answer.n, answer.n_blank, dict(answer.missing_counts)) == (3, 1, {-9.0: 1})
    assert (age.n, age.n_blank, dict(age.missing_counts)) == (4, 0, {99.0: 1})
    assert (word.n, word.n_blank, dict(word.missing_counts)) == (3, 1, {"zz": 1})
    assert answer.n_missing == 2
    assert dict(answer.counts) == {1.0: 1, 2.0: 2}


def test_user_missing_codes_stay_on_request(sav):
    kept = ps.read_survey(sav, keep_missing_codes=True)
    assert kept.data["answer"].tolist()[:3] == [1.0, 2.0, -9.0]
    assert dict(kept.codebook["answer"].missing_counts) == {-9.0: 1}


def test_labels_stand_beside_the_frame_and_never_on_it(sav):
    survey = ps.read_survey(sav)
    assert survey.data.attrs == {}
    assert survey.codebook.label("answer") == "Do you tell clients?"
    assert survey.codebook.label("day") == "day"
    assert dict(survey.codebook.labels("answer")) == {1.0: "Yes", 2.0: "No"}
    assert (survey.codebook["answer"].format, survey.codebook["answer"].measure) == ("F8.2", "nominal")


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("ending", [".sav", ".zsav"])
def test_a_sav_round_trip_keeps_labels_and_user_missing_codes(sav, tmp_path, ending, keep):
    back = tmp_path / f"back{ending}"
    ps.read_survey(sav, keep_missing_codes=keep).to_sav(back)
    first, was = pyreadstat.read_sav(sav, user_missing=True)
    again, now = pyreadstat.read_sav(back, user_missing=True)
    pd.testing.assert_frame_equal(first, again)
    for what in (
        "missing_ranges",
        "variable_value_labels",
        "column_names_to_labels",
        "original_variable_types",
        "variable_measure",
        "file_label",
    ):
        assert getattr(now, what) == getattr(was, what), what


@settings(max_examples=25, deadline=None)
@given(
    cells=st.lists(st.sampled_from([None, 1, 2, 3, -8, -9, 98]), min_size=1, max_size=30),
    codes=st.lists(st.sampled_from([-8, -9, 98]), unique=True, max_size=3),
)
def test_any_pattern_of_codes_survives_the_round_trip(tmp_path_factory, cells, codes):
    folder = tmp_path_factory.mktemp("survey")
    column = np.array([np.nan if cell is None else cell for cell in cells])
    pyreadstat.write_sav(pd.DataFrame({"q": column}), folder / "a.sav", missing_ranges={"q": codes})
    survey = ps.read_survey(folder / "a.sav")
    survey.to_sav(folder / "b.sav")
    variable = survey.codebook["q"]
    assert variable.n + variable.n_missing == len(cells)
    assert dict(variable.missing_counts) == {c: cells.count(c) for c in sorted(codes) if c in cells}
    np.testing.assert_array_equal(
        pyreadstat.read_sav(folder / "b.sav", user_missing=True)[0]["q"].to_numpy(), column
    )


def test_a_filtered_survey_keeps_labels_and_counts_anew(sav, tmp_path):
    survey = ps.read_survey(sav, keep_missing_codes=True)
    part = survey.with_data(survey.data.iloc[[2, 4]].assign(made=[1, 2]))
    assert dict(part.codebook["answer"].missing_counts) == {-9.0: 1}
    assert part.codebook.label("made") == "made"
    part.to_sav(tmp_path / "part.sav")
    frame, meta = pyreadstat.read_sav(tmp_path / "part.sav", user_missing=True)
    assert frame["answer"].tolist() == [-9.0, 2.0]
    assert meta.missing_ranges["answer"] == [{"lo": -9.0, "hi": -9.0}]


def test_codes_are_not_put_back_into_rows_that_moved(sav):
    survey = ps.read_survey(sav)
    survey = dataclasses.replace(survey, data=survey.data.iloc[1:])
    with pytest.raises(ps.InputError, match=r"no longer have the 5 rows(.|\n)*keep_missing_codes=True"):
        survey.with_missing_codes()


def test_stata_s_letters_come_in_as_missing_and_go_out_again(tmp_path):
    first = tmp_path / "simulated.dta"
    letters = pd.DataFrame({"q": pd.Series([1.0, "a", 2.0, "b", np.nan, "a"], dtype=object)})
    pyreadstat.write_dta(
        letters,
        first,
        variable_value_labels={"q": {1.0: "Yes", 2.0: "No", "a": "Refused"}},
        missing_user_values={"q": ["a", "b"]},
    )
    survey = ps.read_survey(first)
    assert survey.data["q"].dtype == float
    assert dict(survey.codebook["q"].missing_counts) == {"a": 2, "b": 1}
    assert dict(survey.codebook.labels("q")) == {1: "Yes", 2: "No"}
    survey.to_dta(tmp_path / "back.dta")
    frame, meta = pyreadstat.read_dta(tmp_path / "back.dta", user_missing=True)
    assert frame["q"].tolist()[:4] == [1.0, "a", 2.0, "b"]
    assert meta.variable_value_labels["q"] == {1: "Yes", 2: "No", "a": "Refused"}


def test_spss_codes_become_stata_letters_with_their_labels(sav, tmp_path):
    ps.read_survey(sav).to_dta(tmp_path / "simulated.dta")
    book = ps.read_survey(tmp_path / "simulated.dta").codebook
    assert dict(book["answer"].missing_counts) == {"a": 1}
    answer = book["answer"]
    assert answer.values["a"] == "Refused"  # noqa: PD011  (no frame)
    assert book["word"].n == 3
    assert book.file_label == "Peers (simulated)"


def test_sas_transport_and_portable_files_are_read(tmp_path):
    numbers = ANSWERS[["answer", "age"]]
    pyreadstat.write_xport(numbers, tmp_path / "simulated.xpt", column_labels=["Tell?", "Age"])
    pyreadstat.write_por(numbers, tmp_path / "simulated.por")
    transport, portable = (ps.read_survey(tmp_path / f"simulated.{end}") for end in ("xpt", "por"))
    assert transport.codebook.label("answer") == "Tell?"
    assert transport.data["age"].tolist() == numbers["age"].tolist()
    assert portable.data.iloc[:, 1].tolist() == numbers["age"].tolist()
    assert "user-missing: say missing_codes=" in portable.codebook.notes[0]


def test_labels_replace_codes_only_where_every_value_has_one(sav):
    frame = ps.read_survey(sav, values="labels").data
    assert frame["answer"].tolist()[:2] == ["Yes", "No"]
    assert frame["answer"].cat.ordered
    assert list(frame["answer"].cat.categories) == ["Yes", "No"]
    assert frame["age"].tolist()[:2] == [34.0, 97.0]


def test_a_scale_labelled_at_its_ends_becomes_categories_when_named(tmp_path):
    path = tmp_path / "simulated.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"q": [1.0, 2.0, 3.0, np.nan]}),
        path,
        variable_value_labels={"q": {3: "Always", 1: "Never"}},
    )
    survey = ps.read_survey(path)
    assert survey.labelled()["q"].dtype == float
    assert list(survey.labelled(["q"])["q"].cat.categories) == ["Never", "2", "Always"]
    assert survey.labelled(["q"])["q"].isna().tolist() == [False, False, False, True]


def test_two_codes_of_one_label_stay_two_categories(tmp_path):
    path = tmp_path / "simulated.sav"
    labels = {1: "Other", 2: "Peer", 3: "Other"}
    pyreadstat.write_sav(pd.DataFrame({"q": [1.0, 2.0, 3.0]}), path, variable_value_labels={"q": labels})
    assert ps.read_survey(path, values="labels").data["q"].tolist() == ["Other [1]", "Peer", "Other [3]"]


def test_a_survey_of_labels_is_written_as_codes(sav, tmp_path):
    ps.read_survey(sav, values="labels").to_sav(tmp_path / "back.sav")
    frame, meta = pyreadstat.read_sav(tmp_path / "back.sav", user_missing=True)
    np.testing.assert_array_equal(frame["answer"], ANSWERS["answer"])
    assert meta.variable_value_labels["answer"] == {1.0: "Yes", 2.0: "No", -9.0: "Refused"}


def test_a_labelled_column_without_labels_is_named(sav):
    with pytest.raises(ps.InputError, match="'day' has no value labels"):
        ps.read_survey(sav).labelled(["day"])


@pytest.mark.parametrize("share", [0.3, 0.95, 0.9999])
@pytest.mark.parametrize("ending", ["sav", "dta", "xpt", "por", "parquet"])
def test_a_file_that_was_cut_off_is_refused_by_name(tmp_path, ending, share):
    path = tmp_path / f"simulated.{ending}"
    many = pd.DataFrame({"A": np.arange(500.0), "B": np.arange(500.0)[::-1]})
    if ending == "parquet":
        many.to_parquet(path)
    else:
        getattr(pyreadstat, {"xpt": "write_xport"}.get(ending, f"write_{ending}"))(many, path)
    raw = path.read_bytes()
    raw = raw.rstrip(b"Z\r\n") if ending == "por" else raw  # which fills the last line
    path.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(ps.SourceError, match=rf"simulated.{ending} cannot be read as .*(.|\n)*cut off"):
        ps.read_survey(path)


def test_four_codes_are_too_many_for_spss(tmp_path):
    path = tmp_path / "simulated.csv"
    path.write_text("q\n1\n-6\n-7\n-8\n-9\n", encoding="utf-8")
    survey = ps.read_survey(path, missing_codes=[-6, -7, -8, -9])
    with pytest.raises(ps.InputError, match=r"'q' has 4 user-missing codes(.|\n)*Recode"):
        survey.to_sav(tmp_path / "simulated.sav")


def test_a_name_that_spss_cannot_hold_is_an_error_and_leaves_no_file(tmp_path):
    path = tmp_path / "simulated.csv"
    path.write_text("a name,b\n1,2\n", encoding="utf-8")
    (tmp_path / "old.sav").write_bytes(b"old")
    with pytest.raises(ps.InputError, match=r"old.sav cannot be written: .*(.|\n)*Rename"):
        ps.read_survey(path).to_sav(tmp_path / "old.sav")
    assert (tmp_path / "old.sav").read_bytes() == b"old"
    assert sorted(x.name for x in tmp_path.iterdir()) == ["old.sav", "simulated.csv"]


def test_a_missing_folder_and_a_wrong_ending_are_told(sav, tmp_path):
    survey = ps.read_survey(sav)
    with pytest.raises(ps.SourceError, match="there is no folder"):
        survey.to_sav(tmp_path / "absent" / "a.sav")
    with pytest.raises(ps.InputError, match=r"Give it the ending \.dta"):
        survey.to_dta(tmp_path / "a.sav")


def test_a_labelled_file_without_its_reader_names_the_extra(sav, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    with pytest.raises(ps.MissingExtraError, match=r"read_survey\(\)(.|\n)*peerstats\[io\]"):
        ps.read_survey(sav)


def test_a_parquet_file_keeps_its_kinds(tmp_path):
    path = tmp_path / "simulated.parquet"
    ANSWERS.assign(job=pd.Categorical(["a", "b", "a", "b", "a"])).to_parquet(path)
    survey = ps.read_survey(path, missing_codes={"answer": [-9]})
    kinds = {variable.name: variable.kind for variable in survey.codebook}
    assert kinds == {"answer": "number", "age": "number", "word": "text", "day": "date", "job": "category"}
    assert dict(survey.codebook["answer"].missing_counts) == {-9.0: 1}


@pytest.mark.parametrize("ending", ["sav", "dta", "parquet"])
def test_a_file_of_names_alone_is_refused(tmp_path, ending):
    path = tmp_path / f"simulated.{ending}"
    none = pd.DataFrame({"a": np.empty(0)})
    if ending == "parquet":
        none.to_parquet(path)
    else:
        getattr(pyreadstat, f"write_{ending}")(none, path)
    with pytest.raises(ps.SourceError, match=rf"simulated\.{ending} has names and no rows"):
        ps.read_survey(path)


def test_a_parquet_column_without_a_name_is_called_after_its_place(tmp_path):
    path = tmp_path / "simulated.parquet"
    pd.DataFrame({"a": [1.0], "": [2.0]}).to_parquet(path)
    survey = ps.read_survey(path)
    assert list(survey.data.columns) == list(survey.codebook.names) == ["a", "column_2"]
    assert "1 column without a name" in survey.codebook.notes[0]


@pytest.mark.parametrize(
    "how",
    [
        *({"sheet": 0}, {"delimiter": ";"}, {"decimal": ","}, {"dates": ["day"]}, {"na": ["x"]}),
        *({"header": 2}, {"duplicates": "number"}, {"dictionary": "d.csv"}, {"text_export": "t.csv"}),
    ],
    ids=str,
)
def test_an_argument_of_other_files_is_refused(sav, how):
    name = next(iter(how))
    with pytest.raises(ps.InputError, match=rf"{name}= is for .*, and simulated\.sav is an SPSS file"):
        ps.read_survey(sav, **how)


def test_a_catalog_of_another_kind_of_file_is_refused(sav):
    with pytest.raises(ps.InputError, match=r"catalog= is for \.sas7bdat files"):
        ps.read_survey(sav, catalog="formats.sas7bcat")


def test_user_missing_codes_of_dates_are_told(tmp_path):
    path = tmp_path / "simulated.sav"
    pyreadstat.write_sav(ANSWERS[["day"]], path, missing_ranges={"day": [13_000_000_000.0]})
    survey = ps.read_survey(path)
    assert survey.codebook["day"].missing == ()
    assert "In dates a user-missing code is not told from a date: 'day'." in survey.codebook.notes
