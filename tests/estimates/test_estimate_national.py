"""What the guide of the 2016 national file prints comes out of `estimate`."""

import pytest
from numpy.testing import assert_allclose

import peerstats as ps

DESIGN = ps.SurveyDesign(weights="finalwt")


def test_the_national_mean_is_the_published_norm(national):
    # the codes -1 and -4 are no scores
    found = ps.estimate(national, "FWBscore", where=national["FWBscore"] > 0, design=DESIGN).tidy().iloc[0]
    assert round(found["estimate"], 2) == 54.25
    assert round(found["std_error"], 3) == 0.195
    assert found["n"] == 6389


@pytest.mark.parametrize(
    ("answer", "n", "total", "total_error", "share", "share_error"),
    [
        ("1", 927, 1097, 38.17959, 0.171498, 0.005712),
        ("5", 833, 709.41791, 27.19637, 0.110951, 0.004262),
        ("-1", 10, 18.44826, 8.21011, 0.002885, 0.001282),
    ],
)
def test_totals_and_shares_have_the_printed_errors(
    national, answer, n, total, total_error, share, share_error
):
    data = national[["FWB1_1", "finalwt"]].assign(is_answer=national["FWB1_1"] == int(answer))
    found = ps.estimate(data, "is_answer", statistic="total", design=DESIGN).tidy().iloc[0]
    # the first total is printed without decimals; the rest as printed
    assert_allclose(found["estimate"], total, rtol=0, atol=0.5 if answer == "1" else 5e-6)
    assert_allclose(found["std_error"], total_error, rtol=0, atol=5e-6)
    shares = ps.estimate(national, "FWB1_1", statistic="proportion", design=DESIGN).tidy()
    row = shares.set_index("level").loc[answer]
    assert int(data["is_answer"].sum()) == n
    assert_allclose([row["estimate"], row["std_error"]], [share, share_error], rtol=0, atol=5e-7)


def test_a_subpopulation_has_the_printed_logit_limits_and_degrees_of_freedom(national):
    young = national["agecat"] == 1
    rows = ps.estimate(national, "FWB1_1", statistic="proportion", where=young, design=DESIGN).tidy()
    assert (rows["df"] == 6393).all()
    assert rows["n"].unique().tolist() == [414]
    assert_allclose(rows["sum_weights"], 625.133408, rtol=0, atol=5e-7)
    printed = {
        "-1": [0.0163, 0.0038, 0.0661],
        "1": [0.2234, 0.1807, 0.2727],
        "2": [0.1949, 0.1555, 0.2415],
        "3": [0.3854, 0.3310, 0.4429],
        "4": [0.1357, 0.1030, 0.1766],
        "5": [0.0444, 0.0290, 0.0673],
    }
    for level, values in printed.items():
        row = rows.set_index("level").loc[level, ["estimate", "conf_low", "conf_high"]]
        assert_allclose(row.astype(float), values, rtol=0, atol=5.1e-5)
