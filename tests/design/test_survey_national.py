"""The linearised results that the guide of the 2016 national file prints."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.numerics import kish_effect

DESIGN = ps.SurveyDesign(weights="finalwt")


@pytest.mark.parametrize(
    ("answer", "total", "total_error", "percent", "percent_error"),
    [
        (1, 1097, 38.17959, 17.1498, 0.5712),
        (5, 709.41791, 27.19637, 11.0951, 0.4262),
        (-1, 18.44826, 8.21011, 0.2885, 0.1282),
    ],
)
def test_totals_and_percents_have_the_printed_errors(
    national, answer, total, total_error, percent, percent_error
):
    arrays = DESIGN.read(national)
    w, y = arrays.weights, (national["FWB1_1"] == answer).to_numpy(float)
    share = w @ y / w.sum()
    errors = np.diag(arrays.meat(np.column_stack([w * y, 100 * w * (y - share) / w.sum()]))) ** 0.5
    # the first total is printed without decimals; the rest as printed
    assert_allclose(w @ y, total, rtol=0, atol=0.5 if answer == 1 else 5e-6)
    assert_allclose(errors[0], total_error, rtol=0, atol=5e-6)
    assert_allclose(errors[1], percent_error, rtol=0, atol=5e-5)
    assert_allclose(100 * share, percent, rtol=0, atol=5e-5)


def test_a_subpopulation_keeps_the_design_s_degrees_of_freedom(national):
    arrays = DESIGN.read(national)
    young = (national["agecat"] == 1).to_numpy()
    assert young.sum() == 414
    assert arrays.degrees_of_freedom(young) == 6393


def test_the_design_effect_of_the_weights_is_the_printed_one(national):
    assert_allclose(kish_effect(DESIGN.read(national).weights), 1.343, rtol=0, atol=5e-4)
