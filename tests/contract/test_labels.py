"""The labels of a survey file stand in the tables and plots of every call, and in no frame."""

import csv
import html
import inspect
import io
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest

import peerstats as ps
from peerstats.plots import describe, figure_csv, new_axes, save_figure
from peerstats.results import Result, Table

pyreadstat = pytest.importorskip("pyreadstat")

# Columns are named so that no label, word or formula holds their names by chance. The labels are of the kind
# that breaks renderers: markup, signs of LaTeX and of spreadsheets, line breaks, and what would be read as
# mathematics between two dollars and cannot be drawn as such.
LABELS = {
    "zq_job": r"Kind of $\frac job$ & <b>duties</b>",
    "zq_paid": "Paid\nfor 100% of the work",
    "zq_often": "=How often #1_a",
    "zq_state": "@State {of} work",
    "zq_age": "Age, years",
    "zq_wage": r"Pay, $\sqrt an hour$",
    "zq_wave": "Wave ^ of the survey",
    "zq_first": "Score at the first wave",
    "zq_second": "Score at the second wave",
    **{f"zq_m{i}": f"Item {i}: $\\frac$" for i in range(1, 17)},
}
VALUES = {
    "zq_job": {1: r"Peer & $\frac family$", 2: "=Case <i>manager</i>", 3: "Other 50%"},
    "zq_paid": {0: "Unpaid", 1: "Paid $"},
    "zq_often": {1: "Not at\nall", 2: "A little_", 3: "Some~", 4: "Very"},
    "zq_state": {1: "North {Carolina}", 2: "-Oregon & $\\frac coast$"},
    "zq_wave": {1: "Spring", 2: "Autumn"},
    **{f"zq_m{i}": {0: "Never #", 6: "Every day"} for i in range(1, 17)},
}
JOB, PAID, OFTEN, STATE, WAGE = (LABELS[f"zq_{name}"] for name in ("job", "paid", "often", "state", "wage"))
PEER, MANAGER, OTHER = VALUES["zq_job"].values()
CAROLINA, OREGON = VALUES["zq_state"].values()
ITEMS = [f"zq_m{i}" for i in range(1, 17)]
MBI = {"items": ITEMS}


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    n = 240
    rng = np.random.default_rng(7)
    data = {
        "zq_job": rng.integers(1, 4, n),
        "zq_paid": rng.integers(0, 2, n),
        "zq_often": rng.integers(1, 5, n),
        "zq_state": rng.integers(1, 3, n),
        "zq_age": rng.integers(20, 70, n),
        "zq_wage": rng.normal(20, 4, n).round(2),
        "zq_w": rng.uniform(0.5, 2, n).round(3),
        "zq_person": np.repeat(np.arange(n // 2), 2),
        "zq_wave": np.tile([1, 2], n // 2),
        "zq_first": rng.normal(3, 1, n),
    }
    data["zq_second"] = data["zq_first"] + rng.normal(0, 0.5, n)
    level = rng.normal(3, 1, n)
    data |= {name: np.clip(np.round(level + rng.normal(0, 1, n)), 0, 6) for name in ITEMS}
    frame = pd.DataFrame(data).astype(float)
    path = tmp_path_factory.mktemp("labels") / "simulated.sav"
    pyreadstat.write_sav(frame, str(path), column_labels=LABELS, variable_value_labels=VALUES)
    return ps.read_survey(path)


def _benchmark(**more):
    return ps.benchmark(value=19.0, std_error=0.3, population="community occupations", **more)


def _microdata():
    rng = np.random.default_rng(8)
    n = 300
    return pd.DataFrame({
        "zq_wage": rng.normal(19, 4, n), "zq_age": rng.integers(20, 70, n), "zq_state": rng.integers(1, 3, n)
    })  # fmt: skip


def _multinomial(s):
    return ps.multinomial("zq_job ~ zq_age + C(zq_state)", s)


def _logistic(s):
    return ps.logistic("zq_paid ~ zq_age + C(zq_state)", s)


def _ordinal(s):
    return ps.ordinal("zq_often ~ zq_age + C(zq_state)", s)


def _scores(s):
    return ps.score(s, "mbi_gs", **MBI)


STATES = [STATE, CAROLINA, OREGON]
STATE_TERM = f"{STATE}: {OREGON}"

# What each call gives, labels that its tables show, and labels that its plot shows
CALLS = {
    "adjusted_gap": (
        lambda s: ps.adjusted_gap(s, "zq_wage", _microdata(), "zq_wage ~ zq_age", by="zq_state"),
        [WAGE, *STATES],
        [WAGE, CAROLINA, OREGON],
    ),
    "agreement_limits": (
        lambda s: ps.agreement_limits(s, columns=["zq_first", "zq_second"]),
        [LABELS["zq_first"], LABELS["zq_second"]],
        [LABELS["zq_first"], LABELS["zq_second"]],
    ),
    "blocks": (
        lambda s: ps.blocks(["zq_wage ~ zq_age", "zq_wage ~ zq_age + C(zq_state)"], s, model="linear"),
        [WAGE, STATE_TERM],
        [],
    ),
    "brant_test": (
        lambda s: ps.brant_test(_ordinal(s)),
        [STATE_TERM, *VALUES["zq_often"].values()],
        [STATE_TERM, OFTEN, "A little_"],
    ),
    "burnout_composite": (lambda s: ps.burnout_composite(_scores(s)), [], []),
    "burnout_profiles": (lambda s: ps.burnout_profiles(_scores(s)), [], []),
    "cfa": (
        lambda s: ps.cfa(s, "mbi_gs", **MBI, by="zq_state"),
        [LABELS["zq_m1"], *STATES],
        None,
    ),
    "compare": (
        lambda s: ps.compare(s, "zq_wage", _benchmark(), by="zq_state"),
        [WAGE, *STATES],
        [WAGE, CAROLINA, OREGON],
    ),
    "compare_distributions": (
        lambda s: ps.compare_distributions(
            s, "zq_wage", _microdata(), by="zq_state", n_replicates=50, rng=1
        ),
        [WAGE, *STATES],
        [WAGE, CAROLINA, OREGON],
    ),
    "compare_mix": (
        lambda s: ps.compare_mix(
            s, "zq_wage", {1: _benchmark(), 2: _benchmark()}, mix="zq_state", by="zq_job"
        ),
        [WAGE, *STATES, JOB, PEER, MANAGER, OTHER],
        [WAGE, STATE, PEER],
    ),
    "compare_models": (
        lambda s: ps.compare_models(_logistic(s), ps.logistic("zq_paid ~ zq_age", s)), [], []
    ),
    "crosstab": (
        lambda s: ps.crosstab(s, "zq_job", "zq_state"),
        [JOB, PEER, MANAGER, OTHER, *STATES],
        [JOB, PEER, CAROLINA],
    ),
    "estimate": (
        lambda s: ps.estimate(s, "zq_wage", by="zq_state"),
        [WAGE, *STATES],
        [WAGE, CAROLINA, OREGON],
    ),
    "estimate shares": (
        lambda s: ps.estimate(s, ["zq_job", "zq_often"], statistic="proportion"),
        [JOB, PEER, MANAGER, OFTEN, "Some~"],
        [JOB, PEER, OFTEN],
    ),
    "estimate crossed": (
        lambda s: ps.estimate(s, ["zq_wage"], by=["zq_state", "zq_paid"]),
        [WAGE, STATE, PAID, f"{CAROLINA}, Unpaid"],
        [WAGE, CAROLINA, "Unpaid", PAID],
    ),
    "icc": (
        lambda s: ps.icc(s, value="zq_wage", subject="zq_person", time="zq_wave"),
        [WAGE, "Spring", "Autumn"],
        [WAGE],
    ),
    "linear": (
        lambda s: ps.linear("zq_wage ~ zq_age + C(zq_state)", s),
        [STATE_TERM, "Age, years"],
        [WAGE, STATE_TERM, "Age, years"],
    ),
    "linear log": (
        lambda s: ps.linear("log(zq_wage) ~ zq_age * C(zq_state)", s, weights="zq_w"),
        [f"Age, years x {STATE_TERM}"],
        [f"log({WAGE})"],
    ),
    "logistic": (_logistic, [STATE_TERM, "Paid $", "Unpaid"], [STATE_TERM, "Unpaid"]),
    "mixed_linear": (
        lambda s: ps.mixed_linear("zq_wage ~ zq_age", s, group="zq_person"), ["Age, years"], [WAGE]
    ),
    "mixed_logistic": (
        lambda s: ps.mixed_logistic("zq_paid ~ zq_age", s, group="zq_person"),
        ["Age, years", "Unpaid"],
        ["Unpaid", "Age, years"],
    ),
    "multinomial": (
        _multinomial,
        [JOB, PEER, MANAGER, OTHER, STATE_TERM],
        [PEER, MANAGER, OTHER, STATE_TERM],
    ),
    "ordinal": (_ordinal, [STATE_TERM, *VALUES["zq_often"].values()], [STATE_TERM, OFTEN]),
    "place_in_benchmark": (
        lambda s: ps.place_in_benchmark(
            s, "zq_wage", _benchmark(percentiles={25: 15.0, 50: 19.0, 75: 23.0}), by="zq_state"
        ),
        [WAGE, *STATES],
        [WAGE, CAROLINA, OREGON],
    ),
    "rake": (
        lambda s: ps.rake(s, {"zq_state": {1: 0.5, 2: 0.5}, "zq_paid": {0: 0.4, 1: 0.6}}, total=1000),
        [*STATES, PAID, "Unpaid"],
        [],
    ),
    "reliability": (
        lambda s: ps.reliability(s, "mbi_gs", **MBI, by="zq_state"),
        [LABELS["zq_m1"], *STATES],
        [CAROLINA, OREGON],
    ),
    "reliable_change": (
        lambda s: ps.reliable_change(
            s,
            first="zq_first",
            second="zq_second",
            better="higher",
            reliability=0.8,
            kind_of_reliability="alpha",
        ),
        [LABELS["zq_first"], LABELS["zq_second"]],
        [LABELS["zq_first"], LABELS["zq_second"]],
    ),
    "response_quality": (
        lambda s: ps.response_quality(s, items=ITEMS),
        [f"{LABELS['zq_m1']} to {LABELS['zq_m16']}"],
        [LABELS["zq_m1"]],
    ),
    "scale_table": (
        lambda s: ps.scale_table(s, _scores(s), by="zq_state", interval=None),
        STATES,
        [CAROLINA, OREGON],
    ),
    "score": (_scores, [], None),
    "separation": (
        lambda s: ps.separation("zq_job ~ zq_age + C(zq_state)", s),
        [JOB, PEER, MANAGER, STATE_TERM],
        [JOB, PEER, MANAGER, STATE_TERM],
    ),
    "side_by_side": (
        lambda s: ps.side_by_side("zq_job ~ zq_age + C(zq_state)", s, model="multinomial"),
        [JOB, MANAGER, STATE_TERM],
        [JOB, MANAGER, STATE_TERM],
    ),
    "table_one": (
        lambda s: ps.table_one(s, ["zq_job", "zq_age", "zq_paid"], by="zq_state", smd=True),
        [JOB, PEER, MANAGER, "Age, years", PAID, *STATES],
        [JOB, "Age, years", STATE],
    ),
    "margins": (
        lambda s: _multinomial(s).margins(over="zq_paid"),
        [PEER, MANAGER, STATE, f"{OREGON} against {CAROLINA}", "Unpaid", "Age, years"],
        [JOB, PEER, f"{STATE}: {OREGON} against {CAROLINA}", "Unpaid"],
    ),
    "adjusted_means": (
        lambda s: _multinomial(s).adjusted_means("zq_state"),
        [PEER, MANAGER, *STATES],
        [JOB, PEER, CAROLINA, OREGON],
    ),
    "adjusted_means along": (
        lambda s: _logistic(s).adjusted_means("zq_state", at={"zq_age": [30, 40, 50]}),
        ["Age, years", CAROLINA, "Paid $"],
        ["Age, years", CAROLINA, PAID],
    ),
    "contrasts": (
        lambda s: _multinomial(s).contrasts("zq_state"),
        [PEER, f"{OREGON} against {CAROLINA}", STATE],
        [JOB, PEER, f"{OREGON} against {CAROLINA}"],
    ),
    "contrasts of coefficients": (
        lambda s: _multinomial(s).contrasts("zq_state", of="coefficients"),
        [f"{MANAGER} against {PEER}", STATE_TERM],
        [f"{MANAGER} against {PEER}", STATE_TERM],
    ),
    "test": (
        lambda s: _multinomial(s).test(by_outcome=True),
        [MANAGER, STATE, "Age, years"],
        [MANAGER, STATE],
    ),
    "test_merge": (lambda s: _multinomial(s).test_merge(), [PEER, MANAGER, OTHER], [PEER, MANAGER]),
    "test_iia": (lambda s: _multinomial(s).test_iia(), [PEER, MANAGER], [PEER, MANAGER]),
    "goodness_of_fit": (lambda s: _multinomial(s).goodness_of_fit(), [PEER, MANAGER, OTHER], []),
    "calibration": (lambda s: _logistic(s).calibration(), [], []),
    "influence": (lambda s: _logistic(s).influence(), ["Paid $"], []),
    "diagnostics": (lambda s: _multinomial(s).diagnostics(), [STATE, "Age, years"], None),
    "regression_table": (
        lambda s: ps.regression_table([_multinomial(s), _logistic(s)]),
        [JOB, PAID, MANAGER, OTHER, *STATES],
        None,
    ),
    "regression_table of margins": (
        lambda s: ps.regression_table(_logistic(s).margins()), [*STATES, PAID], None
    ),
}  # fmt: skip
# Rows that are formulas, which stand in the names of the data
FORMULAS = ("compare_models", "blocks")
# Tables have no frame; table_one counts a number with value labels by level, and a plain number it does not
TIDY_ELSEWHERE = ("regression_table", "regression_table of margins", "table_one")
# Public calls on data or scores that print no column of the data
ELSEWHERE = {
    "load_fit": "reads a fit: test_a_saved_fit_keeps_its_labels",
    "coefficient_plot": "draws: test_coefficients_of_several_models_are_drawn_in_words",
    "standardize_norm": "gives a Benchmark, which has no table",
    "occupation_wages": "official figures",
    "oews": "official figures",
    "oews_percentiles": "official figures",
    "burnout_levels": "as burnout_profiles: the scales are the instrument's",
    "worklife_match": "as burnout_profiles: the scales are the instrument's",
}


def _made(name, survey):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        return CALLS[name][0](survey)


def _tables(found):
    return (found,) if isinstance(found, Table) else found.tables()


def _flat(text):
    """Return a text as one line, without the backslash that keeps a dollar from being mathematics."""
    return re.sub(r"\s+", " ", text.replace(r"\$", "$"))


def _lacks(text, labels):
    shown = _flat(text).replace(" ", "")
    return [label for label in labels if _flat(label).replace(" ", "") not in shown]


def _texts(axes):
    legend = axes.get_legend()
    return [
        axes.get_title(loc="left"),
        axes.get_xlabel(),
        axes.get_ylabel(),
        *(label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())),
        *(text.get_text() for text in axes.texts),
        *([] if legend is None else (text.get_text() for text in legend.get_texts())),
    ]


def test_every_public_call_on_data_is_tried_here():
    known = {name.split()[0] for name in CALLS} | set(ELSEWHERE)
    takes = {"data", "scores", "results", "result"}
    calls = {
        name
        for name in ps.__all__
        if inspect.isfunction(getattr(ps, name))
        and takes & set(inspect.signature(getattr(ps, name)).parameters)
    }
    assert calls - known == set()


def test_every_result_of_a_model_is_tried_here():
    known = {name.split()[0] for name in CALLS}
    made = {
        name
        for name, member in inspect.getmembers(ps.ModelResult, inspect.isfunction)
        if str(inspect.signature(member).return_annotation).endswith("Result")
    }
    assert "margins" in made
    assert made - known == set()


@pytest.mark.parametrize("name", CALLS)
def test_tables_show_labels_in_the_place_of_names_and_codes(name, survey):
    found = _made(name, survey)
    tables = _tables(found)
    if isinstance(found, Result):
        assert found.codebook is not None
    text = "\n".join(table.to_markdown() for table in tables)
    plain = "\n".join(
        "\n".join([t.title, *t.lines, *t.headings(), *(group for group, *_ in t.spans())])
        + "\n"
        + "\n".join(cell for row in t.cells() for cell in row)
        for t in tables
    )
    assert _lacks(plain, CALLS[name][1]) == []
    assert text
    shown = [c.label for t in tables for c in t.columns] + [c.group for t in tables for c in t.columns]
    if name not in FORMULAS:
        shown += [cell for t in tables for row in t.cells() for cell in row]
    assert [cell for cell in shown if re.search(r"zq_(?!w\b|person)", cell)] == []


@pytest.mark.parametrize("name", CALLS)
def test_labels_come_through_every_renderer_as_text(name, survey):
    labels = [*CALLS[name][1]]
    tables = _tables(_made(name, survey))
    page = "".join(table.to_html() for table in tables)
    assert _lacks(html.unescape(re.sub(r"<br ?/?>", " ", page)), labels) == []
    assert "<b>duties" not in page
    assert "<i>manager" not in page
    cells = [cell for table in tables for row in csv.reader(io.StringIO(table.to_csv())) for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "@") or cell.startswith("-Oregon")] == []
    latex = "".join(table.to_latex() for table in tables)
    body = re.sub(r"\\[$&%#_{}]", "", latex)
    assert "$\\frac" not in body  # a dollar that is not escaped begins mathematics
    assert re.search(r"%(?! )", re.sub(r"%\n", "", body)) is None or "50%" not in body
    assert all(table.to_text() for table in tables)


@pytest.mark.parametrize("name", [name for name, (_, _, drawn) in CALLS.items() if drawn is not None])
def test_plots_show_labels_and_their_signs_are_no_mathematics(name, survey):
    found = _made(name, survey)
    axes = found.plot(ax=new_axes())
    texts = _texts(axes)
    assert _lacks("\n".join(texts), CALLS[name][2]) == []
    if name not in FORMULAS:
        assert [text for text in texts if "zq_" in text] == []
        assert "zq_" not in figure_csv(axes)
        assert "zq_" not in describe(axes)
    # matplotlib cannot read $\frac$: it would stop here
    assert save_figure(axes)[1:4] == b"PNG"


@pytest.mark.parametrize("name", [name for name in CALLS if name not in TIDY_ELSEWHERE])
def test_frames_keep_the_names_and_codes_of_the_data(name, survey):
    found = _made(name, survey)
    plain = CALLS[name][0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        same = plain(survey.data)
    assert found.tidy().astype(str).to_csv() == same.tidy().astype(str).to_csv()
    assert same.codebook is None
    told = {**found.to_dict(), "labels": None} if hasattr(found, "to_dict") else {}
    assert not {"fit", "fits", "adjusted"} & set(told) or told  # records of fits hold their labels
    json.dumps(told, allow_nan=False)


def test_scores_are_drawn_with_the_words_of_the_file(survey):
    axes = _scores(survey).plot_items("exhaustion", ax=new_axes())
    assert _lacks("\n".join(_texts(axes)), [LABELS["zq_m1"], "Never #", "Every day"]) == []
    save_figure(axes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        axes = ps.reliability(survey, items=ITEMS).plot_items(ax=new_axes())
    assert _lacks("\n".join(_texts(axes)), [LABELS["zq_m1"]]) == []
    save_figure(axes)


def test_coefficients_of_several_models_are_drawn_in_words(survey):
    models = {"age": ps.logistic("zq_paid ~ zq_age", survey), "both": _logistic(survey)}
    axes = ps.coefficient_plot(models, ax=new_axes())
    assert _lacks("\n".join(_texts(axes)), [STATE_TERM, "Age, years", PAID, "Unpaid"]) == []
    save_figure(axes)
    given = ps.coefficient_plot(models, labels={"zq_age": "Years of life"}, ax=new_axes())
    assert _lacks("\n".join(_texts(given)), ["Years of life", STATE_TERM]) == []


def test_a_saved_fit_keeps_its_labels(survey, tmp_path):
    fit = _multinomial(survey)
    fit.save(tmp_path / "fit.json")
    loaded = ps.load_fit(tmp_path / "fit.json")
    assert loaded.summary() == fit.summary()
    assert ps.regression_table([loaded]).to_text() == ps.regression_table([fit]).to_text()
    assert set(loaded.fit.labels.levels) == {"zq_job", "zq_state"}
    # of the other columns of the file nothing is kept
    assert set(loaded.fit.labels.columns) == {"zq_job", "zq_age", "zq_state"}


def test_a_fit_saved_by_an_older_release_has_no_labels(survey):
    record = _logistic(survey).to_dict()
    del record["labels"]
    assert ps.ModelFit.from_dict(record).labels is None


def test_labels_that_are_none_are_refused(survey):
    record = _logistic(survey).to_dict()
    for wrong in (
        [],
        {"columns": {}},
        {"columns": {"a": 1}, "levels": {}},
        {"columns": {}, "levels": {"a": [[1]]}},
    ):
        with pytest.raises(ps.InputError, match="'labels'"):
            ps.ModelFit.from_dict({**record, "labels": wrong})


def test_labels_of_the_caller_win_over_those_of_the_fit(survey):
    fit = _logistic(survey)
    text = ps.regression_table([fit], labels={"zq_age": "Years of life"}).to_text()
    assert "Years of life" in text
    assert "@State" not in text
    assert "zq_age" in ps.regression_table([fit], labels={}).to_text()


def test_each_model_is_printed_in_the_words_of_its_own_file(survey):
    frame = survey.data
    bare = ps.logistic("zq_paid ~ zq_wage", frame)
    text = ps.regression_table({"labelled": _logistic(survey), "bare": bare}).to_text()
    assert "Age, years" in text
    assert "zq_wage" in text


def test_two_codes_or_columns_of_one_label_stay_apart(tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.integers(1, 4, 90), "b": rng.normal(size=90), "c": rng.normal(size=90)})
    path = tmp_path / "simulated.sav"
    pyreadstat.write_sav(
        frame.astype(float),
        str(path),
        column_labels={"b": "Mark all", "c": "Mark all"},
        variable_value_labels={"a": {1: "yes", 2: "yes", 3: "no"}},
    )
    survey = ps.read_survey(path)
    rows = [row[0] for row in ps.estimate(survey, "b", by="a").tables()[0].rows]
    assert rows == ["yes [1]", "yes [2]", "no"]
    labels = [row[0] for row in ps.estimate(survey, ["b", "c"]).tables()[0].rows]
    assert labels == ["Mark all [b]", "Mark all [c]"]
    terms = [row[0] for row in ps.linear("a ~ b + c", survey).tables()[0].rows]
    assert terms == ["Intercept", "Mark all [b]", "Mark all [c]"]


def test_a_saved_fit_names_no_cluster_and_no_level_that_it_has_not(survey):
    at_hand = survey.with_data(survey.data[survey.data["zq_often"] < 4])
    fit = ps.logistic("zq_paid ~ C(zq_often)", at_hand, cluster="zq_state").fit
    assert fit.labels.columns["zq_state"] == STATE
    assert list(fit.labels.levels["zq_often"]) == [1, 2, 3]
    assert "zq_state" not in fit.labels.levels


@pytest.mark.parametrize(
    "name", ["adjusted_gap", "compare", "compare_mix", "crosstab", "estimate crossed", "linear", "table_one"]
)
def test_rows_left_out_are_counted_under_the_label_of_what_they_lack(name, survey):
    frame = survey.data.copy()
    frame.loc[::17, "zq_state"] = np.nan
    lines = _tables(_made(name, survey.with_data(frame)))[0].lines
    said = [line for line in lines if not line.startswith("microdata: ")]  # whose formula stands as it is
    assert STATE in "\n".join(said)
    assert [line for line in said if re.search(r"zq_(?!w\b|person)", line)] == []
