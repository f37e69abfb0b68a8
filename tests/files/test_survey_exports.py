"""Exports of Qualtrics and REDCap come in with what their own files say."""

import json

import pytest

import peerstats as ps

NAMES = ["StartDate", "Status", "Finished", "ResponseId", "Q1", "Q2_1", "Q3"]
TEXTS = ["Start Date", "Response Type", "Finished", "Response ID", "How are\nyou, now?", "Pay - Peer", "Why?"]
IDS = ["startDate", "status", "finished", "_recordId", "QID1", "QID2_1", "QID3_TEXT"]
NUMBERS = [
    ["2024-01-01 10:00:00", "0", "1", "R_1", "3", "1", "It's,\nfine"],
    ["2024-01-02 10:00:00", "1", "0", "R_2", "-99", "", ""],
    ["2024-01-03 10:00:00", "0", "1", "R_3", "1", "1", "3"],
]
WORDS = [
    ["2024-01-03 10:00:00", "IP Address", "True", "R_3", "Bad", "Peer", "3"],
    ["2024-01-01 10:00:00", "IP Address", "True", "R_1", "Good", "Peer", "It's,\nfine"],
    ["2024-01-02 10:00:00", "Survey Preview", "False", "R_2", "Seen", "", ""],
]


def _export(path, rows, *, encoding="utf-8-sig", delimiter=","):
    import csv  # noqa: PLC0415  (only here)

    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(NAMES)
        writer.writerow(TEXTS)
        writer.writerow([json.dumps({"ImportId": key, "timeZone": "America/Denver"}) for key in IDS])
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("file", "how"),
    [
        ("simulated.csv", {}),
        ("simulated.tsv", {"encoding": "utf-16", "delimiter": "\t"}),
        ("simulated.csv", {"encoding": "utf-16", "delimiter": "\t"}),
    ],
)
def test_three_header_rows_become_names_and_labels(tmp_path, file, how):
    survey = ps.read_survey(_export(tmp_path / file, NUMBERS, **how))
    assert list(survey.data.columns) == NAMES
    assert survey.data["Q1"].tolist() == [3, -99, 1]
    assert survey.data["Q3"].tolist()[0] == "It's,\nfine"
    assert survey.codebook.label("Q1") == "How are you, now?"
    assert survey.codebook.file_kind.startswith("Qualtrics")


def test_previews_unfinished_rows_and_the_code_for_unanswered_are_counted(tmp_path):
    for rows in (NUMBERS, WORDS):
        notes = " ".join(ps.read_survey(_export(tmp_path / "simulated.csv", rows)).codebook.notes)
        assert "1 row of the survey's preview" in notes
        assert "1 row unfinished" in notes
    notes = " ".join(ps.read_survey(_export(tmp_path / "simulated.csv", NUMBERS)).codebook.notes)
    assert "-99 stands in 1 cell of 1 column;" in notes
    declared = ps.read_survey(tmp_path / "simulated.csv", missing_codes=[-99])
    assert dict(declared.codebook["Q1"].missing_counts) == {-99: 1}
    assert declared.codebook["Q2_1"].missing == ()


def test_value_labels_are_found_by_setting_both_exports_side_by_side(tmp_path):
    numbers = _export(tmp_path / "numbers_simulated.csv", NUMBERS)
    words = _export(tmp_path / "words_simulated.csv", WORDS)
    survey = ps.read_survey(numbers, text_export=words, missing_codes={-99: "Seen"})
    assert dict(survey.codebook.labels("Q1")) == {1: "Bad", 3: "Good"}
    assert survey.codebook["Q1"].values[-99] == "Seen"
    assert dict(survey.codebook.labels("Q3")) == {}
    assert survey.labelled()["Q1"].tolist()[0] == "Good"
    assert "were taken from words_simulated.csv" in " ".join(survey.codebook.notes)


def test_exports_of_other_responses_are_not_paired(tmp_path):
    numbers = _export(tmp_path / "numbers_simulated.csv", NUMBERS)
    words = _export(tmp_path / "words_simulated.csv", WORDS[1:])
    with pytest.raises(ps.SourceError, match=r"1 response of numbers_simulated.csv not .*first 'R_3'"):
        ps.read_survey(numbers, text_export=words)
    plain = tmp_path / "plain.csv"
    plain.write_text("a\nx\n", encoding="utf-8")
    with pytest.raises(ps.SourceError, match=r"plain\.csv has no column 'ResponseId'"):
        ps.read_survey(numbers, text_export=plain)


DICTIONARY = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels"\n'
    "record_id,intake,,text,Record ID,\n"
    'sex,intake,,radio,"<b>Sex</b> &amp; gender","1, Female | 2, Male | -9, Declined"\n'
    'job,intake,,checkbox,Jobs held,"1, Peer specialist | 2, Other | -9, Declined"\n'
    "veteran,intake,,yesno,Veteran,\n"
    'region,intake,,dropdown,Region,"N, North | S, South"\n'
    "intro,intake,,descriptive,Welcome,\n"
    'total,intake,,calc,Total,"[sex]+1"\n'
)
ANSWERS = (
    "record_id,redcap_event_name,sex,job___1,job___2,job____9,veteran,region,total,intake_complete\n"
    "1,baseline_arm_1,1,1,0,0,1,N,2,2\n"
    "2,baseline_arm_1,-9,0,1,0,0,S,,0\n"
    "3,baseline_arm_1,7,0,0,1,,N,3,2\n"
)


@pytest.fixture
def redcap(tmp_path):
    """Return a function that reads a raw export with its dictionary."""

    def read(answers=ANSWERS, dictionary=DICTIONARY, **how):
        (tmp_path / "simulated.csv").write_text(answers, encoding="utf-8")
        (tmp_path / "dictionary.csv").write_text(dictionary, encoding="utf-8")
        return ps.read_survey(tmp_path / "simulated.csv", dictionary=tmp_path / "dictionary.csv", **how)

    return read


def test_a_redcap_dictionary_labels_choices_boxes_and_forms(redcap):
    book = redcap().codebook
    assert book.file_kind == "REDCap CSV"
    assert book.label("sex") == "Sex & gender"
    assert dict(book.labels("sex")) == {1: "Female", 2: "Male", -9: "Declined"}
    assert book.label("job___1") == "Jobs held: Peer specialist"
    assert book.label("job____9") == "Jobs held: Declined"
    assert dict(book.labels("job___2")) == {0: "Unchecked", 1: "Checked"}
    assert dict(book.labels("veteran")) == {0: "No", 1: "Yes"}
    assert dict(book.labels("region")) == {"N": "North", "S": "South"}
    assert dict(book.labels("intake_complete")) == {0: "Incomplete", 1: "Unverified", 2: "Complete"}
    assert dict(book.labels("total")) == {}
    assert book.label("redcap_event_name") == "redcap_event_name"
    assert book.notes == ("'sex' holds '7', which is no choice of the dictionary.",)


def test_redcap_s_missing_data_codes_are_declared(redcap):
    survey = redcap(missing_codes={"sex": [-9]})
    assert dict(survey.codebook["sex"].missing_counts) == {-9: 1}
    assert survey.labelled()["region"].tolist() == ["North", "South", "North"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (
            {
                "answers": ANSWERS.replace(",1,1,0,0,1,N", ",Female,1,0,0,1,N")
                .replace(",7,", ",Male,")
                .replace(",-9,0,1", ",Male,0,1")
            },
            r"holds 'Female', a label and no code(.|\n)*raw data",
        ),
        ({"dictionary": "a,b\n1,2\n"}, r"no data dictionary of REDCap: no column 'Variable / Field Name'"),
        ({"answers": "x,y\n1,2\n"}, r"no column of simulated.csv is a field of the dictionary"),
        (
            {"dictionary": DICTIONARY.replace("2, Male", "2 Male")},
            r"line 3 .*field 'sex', has the choice '2 Male'",
        ),
        ({"dictionary": DICTIONARY.replace("2, Male", "1, Male")}, r"field 'sex', has the code 1 twice"),
        ({"dictionary": DICTIONARY.replace("veteran,", "sex,")}, r"line 5 .*field 'sex', is there twice"),
    ],
)
def test_two_files_that_do_not_fit_are_told_by_place(redcap, how, words):
    with pytest.raises(ps.SourceError, match=words):
        redcap(**how)


def test_fields_that_are_not_in_the_export_are_counted(redcap):
    short = "\n".join(line.rsplit(",", 2)[0] for line in ANSWERS.splitlines())
    assert "Not in the file: 1 field of the dictionary, the first 'total'." in redcap(short).codebook.notes
