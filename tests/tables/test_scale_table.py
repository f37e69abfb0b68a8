"""The table of scales: R's numbers, its laws, every kind of frame, what bad input gets."""

import dataclasses
import json
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import peerstats as ps
from peerstats.numerics import correlation_estimate
from peerstats.plots import describe, new_axes

GOLDEN = Path(__file__).parents[1] / "golden" / "scale_table_psych"
GROUPS = ["all", "peer", "other"]
NUMBERS = ["mean", "sd", "minimum", "maximum", "skew", "alpha", "omega"]
LIMITS = ["estimate", "conf_low", "conf_high"]


def answers():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


def burnout(data):
    return ps.score(data, "mbi_gs", items="mbi_{}")


def table(data, **how):
    return ps.scale_table(data, burnout(data), **({"interval": None} | how))


def expected(name, group):
    frame = pd.read_csv(GOLDEN / f"{name}.csv")
    return frame[frame["group"] == group].reset_index(drop=True)


def of_group(result, group):
    """Return the rows of one group of the two frames."""
    return [
        frame[frame["group"] == group].reset_index(drop=True)
        for frame in (result.tidy(), result.correlations())
    ]


def in_group(group, **how):
    return of_group(table(answers(), by=None if group == "all" else "group", **how), group)


@pytest.mark.parametrize("group", GROUPS)
def test_unweighted_numbers_are_psych_s_and_cor_test_s(group):
    scales, pairs = in_group(group, interval="feldt")
    by_r = expected("expected_scales", group)
    assert scales["scale"].tolist() == by_r["scale"].tolist()
    assert scales["n"].tolist() == by_r["n"].tolist()
    # omega is where two optimisers stop; the rest is arithmetic
    for column in (*NUMBERS[:-1], "alpha_low", "alpha_high"):
        np.testing.assert_allclose(scales[column], by_r[column], rtol=1e-10, err_msg=column)
    np.testing.assert_allclose(scales["omega"], by_r["omega"], rtol=1e-7)
    by_r = expected("expected_correlations", group)
    assert pairs[["scale", "other_scale", "n"]].equals(by_r[["scale", "other_scale", "n"]])
    for column in LIMITS:
        np.testing.assert_allclose(pairs[column], by_r[column], rtol=1e-10, err_msg=column)


@pytest.mark.parametrize("group", GROUPS)
def test_numbers_with_sampling_weights_are_those_of_r_s_survey(group):
    scales, pairs = in_group(group, weights="weight")
    by_r = expected("expected_scales_weighted", group)
    for column in ("mean", "sd", "skew"):
        np.testing.assert_allclose(scales[column], by_r[column], rtol=1e-10, err_msg=column)
    by_r = expected("expected_correlations_weighted", group)
    for column in LIMITS:
        np.testing.assert_allclose(pairs[column], by_r[column], rtol=1e-9, err_msg=column)


def test_alpha_and_omega_are_those_of_reliability_limits_included():
    data = answers()
    found = table(data, weights="weight", interval="bca", n_replicates=200, rng=5).tidy()
    theirs = ps.reliability(
        data,
        "mbi_gs",
        items="mbi_{}",
        coefficients=("alpha", "omega"),
        weights="weight",
        interval="bca",
        n_replicates=200,
        rng=5,
    ).tidy()
    for name in ("alpha", "omega"):
        rows = theirs[theirs["coefficient"] == name]
        for ours, column in ((name, "estimate"), (f"{name}_low", "conf_low"), (f"{name}_high", "conf_high")):
            assert found[ours].tolist() == rows[column].tolist()


def test_frequency_weights_equal_rows_repeated():
    data = answers()
    repeated = data.loc[data.index.repeat(data["count"])].reset_index(drop=True)
    ours = table(data, weights="count", weight_kind="frequency", interval="feldt", by="group")
    theirs = table(repeated, interval="feldt", by="group")
    ends = ["alpha_low", "alpha_high"]
    for column in (*NUMBERS, *ends):
        np.testing.assert_allclose(ours.tidy()[column], theirs.tidy()[column], rtol=1e-9, err_msg=column)
    for column in LIMITS:
        np.testing.assert_allclose(
            ours.correlations()[column], theirs.correlations()[column], rtol=1e-10, err_msg=column
        )


def test_the_order_of_the_rows_does_not_matter():
    data = answers()
    ours, theirs = table(data, weights="weight"), table(data.sample(frac=1, random_state=3), weights="weight")
    for frame in ("tidy", "correlations"):
        one, other = getattr(ours, frame)(), getattr(theirs, frame)()
        numbers = one.select_dtypes("number").columns
        np.testing.assert_allclose(one[numbers], other[numbers], rtol=1e-8)


@pytest.mark.parametrize("group", GROUPS[1:])
def test_a_group_is_its_rows_alone(group):
    data = answers()
    alone = table(data[data["group"] == group], interval="feldt")
    for ours, theirs in zip(
        in_group(group, interval="feldt"), (alone.tidy(), alone.correlations()), strict=True
    ):
        pd.testing.assert_frame_equal(ours.drop(columns="group"), theirs.drop(columns="group"), rtol=1e-10)


def test_the_scale_of_sampling_weights_does_not_matter():
    data = answers()
    data["more"] = 7 * data["weight"]
    ours, theirs = (table(data, weights=name).correlations() for name in ("weight", "more"))
    np.testing.assert_allclose(ours[LIMITS], theirs[LIMITS], rtol=1e-10)


def test_weights_of_zero_leave_out_rows_and_are_counted():
    data = answers()
    data["here"] = (data["group"] == "peer") * data["weight"]
    ours = table(data, weights="here")
    alone = table(data[data["group"] == "peer"], weights="weight")
    np.testing.assert_allclose(ours.tidy()[NUMBERS], alone.tidy()[NUMBERS], rtol=1e-9)
    np.testing.assert_allclose(ours.correlations()[LIMITS], alone.correlations()[LIMITS], rtol=1e-9)
    assert f"{(data['group'] == 'other').sum()} respondents of weight zero left out" in ours.lines


@pytest.mark.parametrize("weighted", [False, True])
def test_limits_of_a_correlation_cover_the_truth(weighted):
    rng, truth, n, runs = np.random.default_rng(20260816), 0.4, 200, 2000
    kind, inside = ("sampling" if weighted else "none"), 0
    for _ in range(runs):
        x = rng.standard_normal(n)
        y = truth * x + np.sqrt(1 - truth**2) * rng.standard_normal(n)
        w = rng.lognormal(0, 0.6, n) if weighted else None
        found = correlation_estimate(x, y, w, kind, n_full=n, conf_level=0.95)
        inside += found.low <= truth <= found.high
    # four standard errors of a share of 0.95 in 2,000 are 0.019; linearised errors are a little short
    assert inside / runs == pytest.approx(0.95, abs=0.02)


@cache
def two_instruments():
    people = ps.simulate_cohort(150, rng=4).data
    well_being = {"method": "irt", "age": "age", "mode": "self"}
    how = {"instrument": "cfpb_fwb_10", "items": "fwb_{}"} | well_being
    return people, how


def test_scores_and_the_keywords_that_make_them_give_the_same_table():
    people, how = two_instruments()
    scored = ps.score(people, **how)
    ours = ps.scale_table(people, {"burnout": burnout(people), "well-being": how}, interval=None)
    theirs = ps.scale_table([burnout(people), scored], interval=None)
    assert ours.tidy()["scale"].tolist() == ["exhaustion", "cynicism", "professional_efficacy", "well-being"]
    assert theirs.tidy()["scale"].tolist()[-1] == "financial_well_being"
    pd.testing.assert_frame_equal(ours.tidy().drop(columns="scale"), theirs.tidy().drop(columns="scale"))
    alone = ps.scale_table(scored, interval=None)
    assert alone.correlations().empty
    assert len(alone.tables()) == 2


def test_scores_by_response_model_say_what_their_alpha_is_of():
    people, how = two_instruments()
    said = ps.scale_table(people, {"well-being": how}, interval=None).notes
    assert any(
        "well-being: scored by response model; alpha and omega are of the sum" in note for note in said
    )


def test_a_scale_that_two_scores_share_carries_the_caller_s_name():
    data = answers()
    later = data[[f"mbi_{i}" for i in range(1, 17)]].rename(columns=lambda name: name.replace("mbi", "later"))
    both = pd.concat([data, later], axis=1)
    waves = {
        "wave 1": {"instrument": "mbi_gs", "items": "mbi_{}"},
        "wave 2": {"instrument": "mbi_gs", "items": "later_{}"},
    }
    result = ps.scale_table(both, waves, interval=None)
    assert result.tidy()["scale"].tolist()[::3] == ["wave 1: exhaustion", "wave 2: exhaustion"]
    with pytest.raises(ps.InputError, match=r"scale_table\(\): more than one scale would be called"):
        ps.scale_table(data, [burnout(data), burnout(data)])


def test_groups_and_weights_are_read_from_the_data_not_from_the_scores():
    data = answers()
    scored = burnout(data[[f"mbi_{i}" for i in range(1, 17)]])
    ours = ps.scale_table(data, scored, by="group", weights="weight", interval=None)
    pd.testing.assert_frame_equal(ours.tidy(), table(data, by="group", weights="weight").tidy())


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.from_pandas, lambda d: pa.Table.from_pandas(d, preserve_index=False)]
)
def test_every_kind_of_frame_gives_the_same_numbers_in_its_own_kind(make):
    data = answers()
    native = make(data)
    result = table(native, by="group", weights="weight")
    wanted = table(data, by="group", weights="weight")
    for frame in ("tidy", "correlations", "glance"):
        found = getattr(result, frame)()
        assert type(found) is type(native)
        plain = found.to_pandas() if hasattr(found, "to_pandas") else found
        theirs = getattr(wanted, frame)()
        numbers = theirs.select_dtypes("number").columns
        np.testing.assert_allclose(plain[numbers], theirs[numbers], rtol=1e-12)


def test_the_printed_matrix_has_reliabilities_on_its_diagonal():
    result = table(answers(), diagonal="omega")
    scales, matrix, pairs = result.tables()[0], result.tables()[2], result.tables()[3]
    assert matrix.title == "Correlations of the scales, omega on the diagonal"
    rows = np.array([row[1:] for row in matrix.rows], dtype=float)
    np.testing.assert_array_equal(rows.diagonal(), result.tidy()["omega"])
    np.testing.assert_array_equal(rows[np.tril_indices(3, -1)], result.correlations()["estimate"])
    assert np.isnan(rows[np.triu_indices(3, 1)]).all()
    assert len(scales.rows) == len(pairs.rows) == 3
    assert "3 professional_efficacy" in result.summary()


def test_the_lines_say_who_was_left_out_and_how_limits_are_made():
    data = answers()
    data.loc[:4, "group"] = None
    said = "\n".join(table(data, by="group", weights="weight").lines)
    assert "240 respondents, sampling weights weight" in said
    assert "5 respondents without group left out" in said
    assert "Fisher's z, error linearised for the weights" in said
    said = "\n".join(table(data, weights="count", weight_kind="frequency").lines)
    assert f"which stand for {data['count'].sum()}" in said
    assert "1 / sqrt(n - 3)" in said


def test_to_dict_is_plain_data_without_respondents():
    kept = table(answers(), by="group").to_dict()
    assert kept["schema"] == 1
    assert kept["kind"] == "scale_table"
    assert len(kept["rows"]) == 6
    assert json.loads(json.dumps(kept))["n"] == 240
    assert "240" not in {key for row in kept["rows"] for key in row}


def test_the_plot_shows_correlations_by_group_or_the_reliabilities_of_one_scale():
    result = table(answers(), by="group")
    told = describe(result.plot(ax=new_axes()))
    assert "exhaustion, cynicism, peer: " in told
    one = dataclasses.replace(result, descriptions=result.descriptions[:1], pairs=())
    assert "exhaustion, alpha: " in describe(one.plot(ax=new_axes()))


def test_a_group_of_one_has_a_mean_and_reasons_for_the_rest():
    data = answers().dropna()
    data["site"] = "big"
    data.loc[data.index[0], "site"] = "small"
    scales, pairs = of_group(table(data, by="site", interval="feldt"), "small")
    assert scales["n"].tolist() == [1, 1, 1]
    assert scales["mean"].notna().all()
    assert scales[["sd", "skew", "alpha", "omega", "alpha_low"]].isna().all(axis=None)
    assert set(scales["reason"]) == {"one respondent"}
    assert pairs[LIMITS].isna().all(axis=None)
    assert set(pairs["reason"]) == {"one respondent has both"}


@pytest.mark.parametrize("weights", [None, "weight"])
def test_a_scale_without_variance_is_said_to_have_none(weights):
    data = answers()
    data[[f"mbi_{i}" for i in (8, 9, 13, 14, 15)]] = 2
    result = table(data, weights=weights)
    scales = result.tidy().set_index("scale")
    assert scales.loc["cynicism", ["mean", "sd"]].tolist() == [2, 0]
    assert scales.loc["cynicism", ["skew", "alpha", "omega"]].isna().all()
    assert scales.loc["cynicism", "reason"] == "all scores are equal"
    pairs = result.correlations()
    touched = (pairs["scale"] == "cynicism") | (pairs["other_scale"] == "cynicism")
    assert pairs.loc[touched, LIMITS].isna().all(axis=None)
    assert set(pairs.loc[touched, "reason"]) == {"all scores of cynicism are equal"}
    assert pairs.loc[~touched, LIMITS].notna().all(axis=None)


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("n", [2, 3])
def test_three_respondents_have_a_correlation_without_limits(n, weights):
    pairs = table(answers().dropna().head(n), weights=weights).correlations()
    assert pairs[["conf_low", "conf_high"]].isna().all(axis=None)
    assert pairs["reason"].notna().all()


def test_scores_nobody_has_leave_a_row_with_its_reason():
    data = answers()
    data["mbi_8"] = np.nan
    scales = table(data).tidy().set_index("scale")
    assert scales.loc["cynicism", "n"] == 0
    assert scales.loc["cynicism", "n_missing"] == 240
    assert scales.loc["cynicism", "reason"] == "nobody has a score"


def test_points_on_a_line_have_limits_of_no_width():
    x = np.arange(6.0)
    for kind, w in (("none", None), ("sampling", np.array([1.0, 2, 1, 3, 1, 1]))):
        found = correlation_estimate(x, -3 * x, w, kind, n_full=6, conf_level=0.95)
        assert (found.estimate, found.low, found.high) == pytest.approx((-1, -1, -1), abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda d: table(d.assign(weight=-1.0), weights="weight"),
            "the weight 'weight' is negative in row 0",
        ),
        (lambda d: table(d.assign(weight=np.nan), weights="weight"), "the weight 'weight' is missing"),
        (lambda d: table(d, weights="wt"), "weights column 'wt' is not in the data"),
        (lambda d: table(d, by="groop"), "grouping column 'groop' is not in the data"),
        (lambda d: table(d.assign(group=None), by="group"), "nobody has a 'group'"),
        (lambda d: table(d, interval="feldt", weights="weight"), "interval='feldt' rests on"),
        (lambda d: table(d, interval="normal"), "interval='normal' is not known"),
        (lambda d: table(d, diagonal="lambda_2"), "diagonal='lambda_2' is not known"),
        (lambda d: table(d, conf_level=95), "conf_level=95"),
        (ps.scale_table, "scales= says which scales"),
        (lambda d: ps.scale_table(d, []), "names no scores"),
        (lambda _: ps.scale_table([]), "names no scores"),
        (lambda d: ps.scale_table(d, "mbi_gs"), "scales='mbi_gs' names no scores"),
        (lambda d: ps.scale_table(d, [d]), r"scales\[0\] is a DataFrame, not a result of score"),
        (lambda d: ps.scale_table(d, {"b": "mbi_gs"}), r"scales\['b'\] is a str, not a result"),
        (lambda d: ps.scale_table(d, {"b": {"instrument": "mbi_gs"}}), r"scales\['b'\] has no 'items'"),
        (
            lambda d: ps.scale_table(d, {"b": {"instrument": "mbi_gz", "items": "mbi_{}"}}),
            r"scales\['b'\]: there is no instrument 'mbi_gz'",
        ),
        (
            lambda d: ps.scale_table(d, {"b": {"instrument": "mbi_gs", "items": "mbi_{}", "coded": 1}}),
            r"scales\['b'\]: .*unexpected keyword argument 'coded'",
        ),
        (lambda d: ps.scale_table(d, burnout(d.head(9))), "of 9 rows and the data have 240"),
        (
            lambda d: ps.scale_table(d, burnout(d.sample(frac=1, random_state=1))),
            "have different row labels",
        ),
        (
            lambda d: ps.scale_table(ps.score(pl.from_pandas(d).lazy(), "mbi_gs", items="mbi_{}")),
            "holds scores in an engine",
        ),
    ],
)
def test_what_cannot_be_described_is_refused_with_its_place(call, message):
    with pytest.raises(ps.InputError, match=rf"scale_table\(\): .*{message}"):
        call(answers())


def test_an_unconfirmed_key_is_said_in_the_notes():
    people, _ = two_instruments()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        areas = ps.score(people, "aws_28", items="aws_{}")
    result = ps.scale_table(areas, interval=None)  # score() has warned; this does not again
    assert any("'aws_28' is not confirmed" in note for note in result.notes)
