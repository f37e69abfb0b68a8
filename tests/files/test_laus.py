"""County unemployment, ready to be joined by five-digit FIPS codes."""

from pathlib import Path

import numpy as np
import pytest

import peerstats as ps

OFFICIAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "laus" / "laucnty16.csv"
HEAD = (
    " LAUS Code,State FIPS Code,County FIPS Code,County Name/State Abbreviation,Year,Labor Force,Employed,"
    "Unemployed,Unemployment Rate (%)\n"
)
ROW = 'CN0100100000000,01,001,"Autauga County, AL",2016,"25,649     ","24,297     ","1,352     ",5.3     \n'


def write(tmp_path, text, name="laucnty16.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_agency_s_file_of_2016_comes_out_whole_and_its_rates_are_shares():
    if not OFFICIAL.exists():
        pytest.skip("needs ../shared/data/laus/laucnty16.csv")
    counties = ps.read_laus(OFFICIAL)
    assert len(counties) == 3219
    assert counties["fips"].is_unique
    assert set(counties["fips"].str.len()) == {5}
    assert set(counties["year"]) == {2016}
    assert (counties["labor_force"] == counties["employed"] + counties["unemployed"]).all()
    # the rate is printed in per cent with one decimal: half of the last digit is 0.0005
    share = counties["unemployed"] / counties["labor_force"]
    assert np.abs(share - counties["unemployment_rate"]).max() < 0.0005 + 1e-9


def test_text_with_commas_and_trailing_blanks_is_read(tmp_path):
    (row,) = ps.read_laus(write(tmp_path, HEAD + ROW)).to_dict("records")
    assert row["fips"] == "01001"
    assert (row["county"], row["year"]) == ("Autauga County, AL", 2016)
    assert (row["labor_force"], row["employed"], row["unemployed"]) == (25649, 24297, 1352)
    assert row["unemployment_rate"] == pytest.approx(0.053, rel=1e-12)


def test_the_workbook_with_titles_above_and_notes_below_gives_the_same(workbook, tmp_path):
    rows = [
        ["Labor Force Data by County, 2016 Annual Averages", *[""] * 8],
        [""] * 9,
        ["LAUS", "State", "County", "", "", "Labor", "", "", "Unemployment"],
        [
            "Code",
            "FIPS",
            "FIPS",
            "County Name/State Abbreviation",
            "Year",
            "Force",
            "Employed",
            "Unemployed",
            "Rate",
        ],
        ["", "Code", "Code", "", "", "", "", "", "(%)"],
        ["CN0100100000000", 1.0, 1.0, "Autauga County, AL", 2016.0, 25649.0, 24297.0, 1352.0, 5.3],
        ["SOURCE: BLS, LAUS", *[""] * 8],
    ]
    book = ps.read_laus(workbook(rows, file="laucnty16.xlsx"))
    assert book.equals(ps.read_laus(write(tmp_path, HEAD + ROW)))


def test_a_figure_that_is_not_available_is_missing_and_its_word_kept(tmp_path):
    gone = 'CN2207100000000,22,071,"Orleans Parish, LA",2005,N.A.,N.A.,N.A.,N.A.\n'
    counties = ps.read_laus(write(tmp_path, HEAD + ROW + gone))
    assert counties["note"].tolist()[1] == "N.A."
    assert counties.loc[1, ["labor_force", "employed", "unemployed", "unemployment_rate"]].isna().all()
    assert counties["note"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", r"is no LAUS county file(.|\n)*bls\.gov/lau"),
        (HEAD.replace("Employed", "Working", 1) + ROW, r"0 columns called 'employed'(.|\n)*Closest"),
        (HEAD + ROW + ROW, r"county 01001 stands twice in 2016"),
        (HEAD + ROW.replace("01,001", "01,003"), r"code of county 01001 and the FIPS columns of 01003"),
        (HEAD + ROW.replace("5.3", "five"), r"row 1 of the table(.|\n)*unemployment_rate 'five'"),
        (HEAD + ROW.replace("5.3", "530"), r"unemployment_rate '530'"),
        (HEAD + ROW.replace("2016", "16"), r"the year '16'"),
        (
            HEAD + ROW + ROW.replace("CN01001", "ST01001"),
            r"row 2(.|\n)*'ST0100100000000', which is no county's",
        ),
    ],
)
def test_bad_files_are_told_with_the_place(text, message, tmp_path):
    with pytest.raises(ps.InputError, match=message):
        ps.read_laus(write(tmp_path, text))


def test_a_file_cut_off_is_refused(tmp_path):
    with pytest.raises(ps.SourceError, match=r"row 2 below the header(.|\n)*cut off"):
        ps.read_laus(write(tmp_path, HEAD + ROW + "CN0100300000000,01,00"))
