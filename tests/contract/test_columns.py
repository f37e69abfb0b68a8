"""Every column of every tidy frame is in the glossary, and the glossary has nothing else."""

import re
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import peerstats as ps
from peerstats._core.glossary import COLUMNS

# What stands after a scale's name in the columns of its scores.
SCORE_SUFFIXES = ("", "_unrounded", "_std_error", "_reason")


def _scores(data):
    return ps.score(data, "cfpb_fwb_10", items="fwb_{}", method="irt", age="age", mode="self")


def _codebook():
    """Read a file of one row and keep its codebook."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "simulated.csv")
        path.write_text("id,age\n1,-99\n", encoding="utf-8")
        return ps.read_survey(path, missing_codes=[-99]).codebook


def _batches(data):
    return ds.dataset(pa.Table.from_pandas(data))


def _agency_frames():
    """Read one row of each agency's file."""
    with TemporaryDirectory() as folder:
        wages, counties = Path(folder, "state_M2024.csv"), Path(folder, "laucnty16.csv")
        wages.write_text("AREA,OCC_CODE,H_MEAN\n42,21-1093,21.66\n", encoding="utf-8")
        counties.write_text(
            "LAUS Code,State FIPS Code,County FIPS Code,County Name/State Abbreviation,Year,Labor Force,"
            'Employed,Unemployed,Unemployment Rate (%)\nCN0100100000000,01,001,"A, AL",2016,10,9,1,10.0\n',
            encoding="utf-8",
        )
        table = ps.read_oews(wages)
        return {
            "read_oews.data": table.data,
            "read_oews.states": table.states,
            "read_laus": ps.read_laus(counties),
        }


def _mixed(data, statistic):
    wage = ps.oews("21-1093", year=2020)
    states = dict.fromkeys(data["state"].unique(), wage)
    return ps.compare_mix(data, "hourly_wage", states, mix="state", statistic=statistic)


@cache
def _frames():
    """Make one small result of each kind and keep the columns of each of its frames."""
    data = ps.simulate_cohort(200, rng=1).data
    data.loc[data.index[:3], [f"fwb_{i}" for i in range(1, 11)]] = None
    employed = data[data["job_type"] != "not working"]
    means = ps.score(employed, "mbi_gs", items="mbi_{}")
    with warnings.catch_warnings():  # the key of the survey is unconfirmed
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        worklife = ps.score(employed, "aws_28", items="aws_{}")
    results = {
        "score by irt": _scores(data),
        "score by mean": means,
        "score in an engine": ps.score(pl.from_pandas(employed).lazy(), "mbi_gs", items="mbi_{}"),
        "burnout_profiles": ps.burnout_profiles(means),
        "burnout_composite": ps.burnout_composite(means),
        "burnout_levels": ps.burnout_levels(
            ps.score(employed, "mbi_gs", items="mbi_{}", method="sum"), "mbi_gs"
        ),
        "worklife_match": ps.worklife_match(worklife),
        "reliability": ps.reliability(
            data, items=["fwb_1", "fwb_2", "fwb_4"], by="wave", coefficients="alpha"
        ),
        "cfa": ps.cfa(data, None, items=["fwb_1", "fwb_2", "fwb_4", "fwb_5"]),
        "scale_table": ps.scale_table(means, interval=None),
        "table_one": ps.table_one(data, ["age", "gender"], by="rurality", smd=True),
        "table_one of dates": ps.table_one(
            data.assign(day=np.datetime64("2020-01-31") + data["age"].to_numpy().astype("timedelta64[D]")),
            ["day"],
        ),
        "response_quality": ps.response_quality(data, "cfpb_fwb_10", items="fwb_{}"),
        "rake": ps.rake(data, {"wave": {1: 0.3, 2: 0.3, 3: 0.4}}, total=1_000),
        "estimate": ps.estimate(data, ["age", "hourly_wage"], by="wave", weights="weight"),
        "estimate of shares": ps.estimate(data, "job_type", statistic="proportion"),
        "estimate of a ratio": ps.estimate(data, "hourly_wage", statistic="ratio", denominator="age"),
        "estimate of quantiles": ps.estimate(data, "age", statistic="quantile"),
        "crosstab": ps.crosstab(data, "gender", "rurality"),
        "icc": ps.icc(data, value="physical_health", subject="subject", time="wave"),
        "agreement_limits": ps.agreement_limits(
            data, value="physical_health", subject="subject", time="wave", times=[1, 2]
        ),
        "reliable_change": ps.reliable_change(
            data,
            first="fwb_1",
            second="fwb_2",
            better="higher",
            reliability=0.8,
            kind_of_reliability="alpha",
        ),
        "compare": ps.compare(data, "hourly_wage", ps.oews("21-1093"), by="job_type", weights="weight"),
        "deflate": ps.deflate([15.0, 16.0], at=["2020-05", "2021-05"], to="2022"),
        "fetch_bls": ps.datasets.BlsResult(
            series=("X",),
            start=2020,
            end=2020,
            rows=(ps.datasets.Observation(series_id="X", year=2020, period="M05", value=1.0, footnotes=""),),
            notes=(),
            source="here",
            n_requests=0,
            n_cached=0,
        ),
        "compare shares": ps.compare(data, "hourly_wage", ps.oews("21-1093"), statistic="percentiles"),
        "place_in_benchmark": ps.place_in_benchmark(data, "hourly_wage", ps.oews("21-1093")),
        "compare_summary": ps.compare_summary(mean=16.5, sd=4.0, n=100, benchmark=ps.oews("21-1093")),
        "adjusted_gap": ps.adjusted_gap(data, "hourly_wage", data, "hourly_wage ~ age"),
        "compare_distributions": ps.compare_distributions(data, "age", data, interval="woodruff"),
        "compare_mix": _mixed(data, "mean"),
        "compare_mix of percentiles": _mixed(data, "percentiles"),
        "compare_proportions": ps.compare_proportions(count=325, n=448, other_count=175, other_n=279),
        "from_odds_ratio": ps.from_odds_ratio("2.13", p_value=".026"),
        "tables_from_percentages": ps.tables_from_percentages((68, 54), n=(78, 494)),
        "occupation_wages": ps.occupation_wages("21-1093"),
        "logistic": ps.logistic("disclosure ~ age", data, weights="weight"),
        "ordinal": ps.ordinal("job_satisfaction ~ age", data),
        "brant_test": ps.brant_test(ps.ordinal("job_satisfaction ~ age", data)),
        "logistic with a penalty": ps.logistic("disclosure ~ age", data, penalty="firth"),
        "multinomial": ps.multinomial("job_type ~ age", data, base="not working", cluster="subject"),
        "linear": ps.linear("hourly_wage ~ age", data),
        "side_by_side": ps.side_by_side("disclosure ~ age + veteran", data, model="logistic"),
        "blocks": ps.blocks(["hourly_wage ~ age", "hourly_wage ~ age + veteran"], data),
        "blocks of levels": ps.blocks(["disclosure ~ 1", "disclosure ~ age"], data, model="logistic"),
        "separation": ps.separation("job_type ~ age", data),
        "goodness_of_fit": ps.logistic("disclosure ~ age", data).goodness_of_fit(),
        "calibration": ps.logistic("disclosure ~ age", data).calibration(),
        "influence": ps.logistic("disclosure ~ age", data).influence(),
        "diagnostics": ps.logistic("disclosure ~ age", data).diagnostics(),
        "mixed_logistic": ps.mixed_logistic("disclosure ~ age", data, group="county"),
        "mixed_linear": ps.mixed_linear("hourly_wage ~ age", data, group="subject"),
    }
    results["test"] = results["multinomial"].test(kind="lr", by_outcome=True)
    results["test_merge"] = results["multinomial"].test_merge()
    results["test_iia"] = results["multinomial"].test_iia()
    results["compare_models"] = ps.compare_models(
        ps.logistic("disclosure ~ 1", data, weights="weight"), results["logistic"]
    )
    results["margins"] = results["multinomial"].margins()
    results["adjusted_means"] = ps.logistic("disclosure ~ gender", data).adjusted_means("gender", over="wave")
    results["contrasts"] = ps.linear("hourly_wage ~ gender", data).contrasts("gender")
    results["contrasts of outcomes"] = results["multinomial"].contrasts(of="coefficients")
    frames = {
        **_agency_frames(),
        "codebook.tidy": _codebook().tidy(),
        "codebook.glance": _codebook().glance(),
        "list_instruments": ps.list_instruments(),
        "list_norms": ps.list_norms(),
        "multinomial.tidy(exponentiate)": results["multinomial"].tidy(exponentiate=True),
        "logistic.vif": ps.logistic("disclosure ~ age + rurality", data).vif(),
        "calibration.groups": results["calibration"].groups(),
        "influence.most": results["influence"].most(),
        "brant_test.coefficients": results["brant_test"].coefficients(),
        "mixed_logistic.variance_components": results["mixed_logistic"].variance_components(),
        "mixed_linear.group_effects": results["mixed_linear"].group_effects(),
        "linear in batches.glance": ps.linear("hourly_wage ~ age", _batches(data)).glance().to_pandas(),
        "linear.standardized": results["linear"].standardized(),
        "score.report": results["score by irt"].report(),
        "burnout_profiles.report": results["burnout_profiles"].report(),
        "reliability.items": results["reliability"].items(),
        "reliability.scale_statistics": results["reliability"].scale_statistics(),
        "reliability.tests": results["reliability"].tests(),
        "compare.joint": results["compare shares"].joint(),
        "compare.bins": results["compare shares"].bins(),
        "crosstab.tests": results["crosstab"].tests(),
        "compare_mix.levels": results["compare_mix"].levels(),
        "compare_proportions.tests": results["compare_proportions"].tests(),
        "tables_from_percentages.ranges": results["tables_from_percentages"].ranges(),
        "scale_table.correlations": results["scale_table"].correlations(),
        "response_quality.pairs": results["response_quality"].pairs(),
    }
    for name, result in results.items():
        frames[f"{name}.tidy"], frames[f"{name}.glance"] = result.tidy(), result.glance()
    return {name: tuple(frame.columns) for name, frame in frames.items()}


def _public_results():
    """Name the public record types that give tidy frames."""
    return {name for name in ps.__all__ if hasattr(getattr(ps, name), "tidy")}


def test_every_kind_of_result_is_looked_at():
    assert _public_results() == {
        "AdjustedGapResult",
        "AdjustedMeansResult",
        "AgreementResult",
        "BlocksResult",
        "BlsResult",
        "CalibrationResult",
        "BrantResult",
        "CfaResult",
        "ChangeResult",
        "Codebook",
        "ComparisonResult",
        "CompositeResult",
        "ContrastsResult",
        "CrosstabResult",
        "Deflated",
        "DistributionsResult",
        "DiagnosticsResult",
        "EstimateResult",
        "GoodnessResult",
        "IccResult",
        "InfluenceResult",
        "LazyScoreResult",
        "LevelResult",
        "MarginsResult",
        "MatchResult",
        "MixResult",
        "ModelComparison",
        "ModelResult",
        "OddsRatioResult",
        "PossibleTables",
        "OccupationWagesResult",
        "PlacementResult",
        "ProfileResult",
        "ProportionsResult",
        "QualityResult",
        "RakeResult",
        "ReliabilityResult",
        "ScaleTableResult",
        "ScoreResult",
        "SeparationResult",
        "SideBySide",
        "TableOneResult",
        "TestResult",
    }


def test_every_column_is_in_the_glossary():
    unknown = {name: set(columns) - set(COLUMNS) for name, columns in _frames().items()}
    assert {name: columns for name, columns in unknown.items() if columns} == {}


def test_every_word_of_the_glossary_is_used():
    assert set(COLUMNS) - {name for columns in _frames().values() for name in columns} == set()


def test_a_meaning_is_one_sentence_and_no_name_has_a_capital():
    for name, meaning in COLUMNS.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert re.fullmatch(r"[^\n]+\.", meaning)
        assert meaning[0] == meaning[0].upper()


@pytest.mark.parametrize("method", ["irt", "lookup"])
def test_score_columns_are_named_after_the_scale(method):
    answers = pd.DataFrame({f"fwb_{i}": [2, 4] for i in range(1, 11)})
    result = ps.score(answers, "cfpb_fwb_10", items="fwb_{}", age_group="18-61", mode="self", method=method)
    allowed = {f"financial_well_being{suffix}" for suffix in SCORE_SUFFIXES}
    assert set(result.scores.columns) <= allowed
    assert set(result.attach().columns) - set(answers.columns) == set(result.scores.columns)


def test_predictions_are_named_after_the_outcome_s_levels():
    jobs = pd.DataFrame({"job": ["peer", "peer", "other"] * 8, "age": [30.0, 40.0, 50.0, 60.0] * 6})
    assert list(ps.logistic("job ~ age", jobs).predict().columns) == ["other", "peer"]
