"""Write the tables of the page on parity: numbers of R and Stata from the golden folders beside ours.

`python docs/_parity.py` writes them into ``explanation/parity.md``. A table is written only if *every*
coefficient of its fits agrees within the block's tolerance; one of them is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from _generate._markdown import table

import peerstats as ps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["BLOCKS", "PAGE", "Block", "Row", "block_table", "rewritten"]

HERE = Path(__file__).parent
PAGE = HERE / "explanation" / "parity.md"
GOLDEN = HERE.parent / "tests" / "golden"
_TABLE = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number that both sides give.

    Attributes
    ----------
    what : str
        Its name.
    theirs, ours : str
        Where it comes from there, in Markdown; the arguments that give it here.
    fit : mapping of str to str
        Which rows of the golden table.
    golden, column : str
        Its column there; the column of ``tidy()`` or ``glance()`` here.
    file : str
        The golden table.
    rtol : float or None
        What it keeps to, where that is not what its block keeps to.
    without : tuple of str
        Terms of the golden table that are no coefficients.
    shown : tuple of str
        Of a table of characteristics the column, level and group whose number is shown.
    """

    what: str
    theirs: str
    ours: str = ""
    fit: Mapping[str, str] = field(default_factory=dict)
    golden: str = "std_error"
    column: str = "std_error"
    file: str = "expected.csv"
    rtol: float | None = None
    without: tuple[str, ...] = ()
    shown: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One formula on one file, its numbers in R or Stata and here.

    Attributes
    ----------
    folder : str
        The golden folder.
    program : str
        The name of the other side.
    call : str
        Our call without its last arguments.
    term, outcome : str
        The coefficient that is shown, and its equation.
    rows : tuple of Row
        The numbers.
    rtol, atol : float
        What every coefficient keeps to.
    decimals : mapping of str to int
        Decimals that the other side printed, by golden column; else nine digits are shown.
    read : callable
        From the folder to the data.
    before : str
        Our lines before the call.
    shown : bool
        Whether the table shows them; else one above it does.
    """

    folder: str
    call: str
    term: str
    rows: tuple[Row, ...]
    program: str = "R"
    outcome: str = ""
    rtol: float = 1e-10
    atol: float = 0.0
    decimals: Mapping[str, int] = field(default_factory=dict)
    read: Callable[[Path], pd.DataFrame] = lambda folder: pd.read_csv(folder / "input_simulated.csv")
    before: str = ""
    shown: bool = True


def _rural(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "input_simulated.csv").assign(rural=lambda d: d["rural"] == 1)


def _sampled(folder: Path) -> pd.DataFrame:
    data = pd.read_csv(folder / "input_simulated.csv").assign(inside=lambda d: d["inside"] == 1)
    return data.join(pd.read_csv(folder / "replicates_simulated.csv"))


def _waves(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "waves_simulated.csv")


def _counties(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "counties_simulated.csv")


def _overlap(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "overlap_simulated.csv").query("job != 'none'")


def _separated(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "separated_simulated.csv")


def _arms(folder: Path) -> pd.DataFrame:
    """Set the columns of the published table beside each other; within an arm each in its own order."""
    counts = pd.read_csv(folder / "input_counts.csv", dtype={"value": str})
    found = {}
    for name in ("time", "age", "bili", "sex", "hepato"):
        rows = counts[counts["column"] == name]
        rows = rows.loc[rows.index.repeat(rows["count"])]
        values = rows["value"] if name == "sex" else rows["value"].astype(float)
        place = rows.groupby("trt").cumcount()
        found[name] = pd.Series(values.to_numpy(), index=pd.MultiIndex.from_arrays([rows["trt"], place]))
    return pd.DataFrame(found).rename_axis(["trt", None]).reset_index("trt").reset_index(drop=True)


def _published(name: str, theirs: str) -> tuple[Row, ...]:
    """Return the p-value and the difference of a column of tableone's own example."""
    return tuple(
        Row(
            what=f"`{name}`: {what}",
            theirs=theirs if column == "p_value" else "`ExtractSmd`",
            golden=column,
            column=column,
            file="published.csv",
            shown=(name, "", ""),
        )
        for what, column in (("p", "p_value"), ("SMD", "smd"))
    )


def _described(what: str, theirs: str, quantity: str, shown: tuple[str, str, str], column: str = "") -> Row:
    """Return a number of the weighted table of characteristics."""
    fit = {"design": "clusters", "by": "place", "quantity": quantity}
    return Row(
        what=what, theirs=f"`{theirs}`", fit=fit, golden="value", column=column or quantity, shown=shown
    )


def _election(_: Path) -> pd.DataFrame:
    import statsmodels.api as sm  # noqa: PLC0415  (slow to load)

    data = sm.datasets.anes96.load_pandas().data.astype({"PID": int})
    # Stata held the logarithm in four bytes
    return data.assign(logpopul=data["logpopul"].astype("float32").astype(float))


def _club(what: str, theirs: str, ours: str = "", weights: str = "unweighted", **more: Any) -> Row:
    fit = {"formula": "main", "weights": weights, "variance": more.pop("variance", what)}
    return Row(what=what, theirs=f"`{theirs}`", ours=ours, fit=fit, **more)


def _glm(what: str, theirs: str, ours: str = "", **more: Any) -> Row:
    fit = {"formula": "main", "variance": more.pop("variance", what)}
    return Row(what=what, theirs=f"`{theirs}`", ours=ours, fit=fit, **more)


def _fit(name: str, what: str, theirs: str, ours: str, **more: Any) -> Row:
    return Row(what=what, theirs=theirs, ours=ours, fit={"fit": name}, **more)


def _designs(model: str, call: str) -> tuple[Row, ...]:
    """Return a model's rows under each design; `call` is R's line with the design as {}."""
    rows = []
    for what, theirs, fit, ours in (
        ("strata, PSUs", "plain", "strata", "design=plain"),
        ("subpopulation", "subset(plain, inside == 1)", "strata, inside", 'design=plain, where="inside"'),
        ("FPC", "finite", "fpc", "design=finite"),
        (
            "FPC, subpopulation",
            "subset(finite, inside == 1)",
            "fpc, inside",
            'design=finite, where="inside"',
        ),
        ("raked", "raked", "raked", "design=raked"),
        ("JKn", "jkn", "JKn", "design=jkn"),
        (
            "JKn, subpopulation",
            "subset(jkn, inside == 1)",
            "JKn, inside",
            'design=jkn, where="inside"',
        ),
        ("supplied replicates", "supplied", "supplied", "design=supplied"),
        (
            "the same, subpopulation",
            "subset(supplied, inside == 1)",
            "supplied, inside",
            'design=supplied, where="inside"',
        ),
    ):
        replicate_part = fit in ("JKn, inside", "supplied, inside")
        if model == "multinomial" and replicate_part:
            continue
        line = f"`{call.format(theirs)}`"
        if model == "multinomial" and ", inside" in fit:
            line = f"`svyrecvar` with `{theirs[7:].split(',')[0]}`, zeros outside"
        by = {"fit": {"fit": fit, "model": model}}
        if not rows:
            rows.append(Row(what="coefficient", theirs=line, ours=ours, **by, **_ESTIMATE))
        rows.append(Row(what=what, theirs=line, ours=ours, **by))
        if model != "multinomial" and what in ("strata, PSUs", "subpopulation"):
            rows.append(
                Row(what="its df", theirs="`m$df.residual`", ours=f'{ours}, df="residual"', **by, **_DF)
            )
    return tuple(rows)


def _emmeans(fit: str, line: str) -> tuple[Row, ...]:
    """Return mean and standard error on a balanced grid, numbers at their means and one of them at 30."""
    rows = []
    for age, what, ours in (("mean", "", ""), ("30", " at 30", 'at={"age": 30}')):
        more = {"fit": {"fit": fit, "variable": "state", "age": age}, "file": "expected_means.csv"}
        theirs = f"`{line.format(', at = list(age = 30)' if age == '30' else '')}`"
        rows.append(Row(what=f"mean{what}", theirs=theirs, ours=ours, **more, **_ESTIMATE))
        rows.append(Row(what=f"its error{what}", theirs=theirs, ours=ours, **more))
    return tuple(rows)


def _firth(data: str) -> tuple[Row, ...]:
    """Return the rows of a penalised fit, unweighted and with copies."""
    rows = []
    for name, line, what, ours in ((data, "m", "", ""), (f"{data}, copies", "w", "copies: ", _FREQUENCY)):
        rows += [
            _fit(name, f"{what}coefficient", f"`coef({line})`", ours, **_ESTIMATE),
            _fit(name, f"{what}model-based", f"`vcov({line})`", ours),
            *(
                _fit(name, f"{what}{side} limit", "profile by definition", ours, golden=limit, column=limit)
                for side, limit in (("lower", "conf_low"), ("upper", "conf_high"))
            ),
        ]
    return tuple(rows)


def _lme4(table: str, which: Mapping[str, str], what: str, theirs: str, **more: Any) -> Row:
    return Row(what=what, theirs=f"`{theirs}`", fit=which, file=f"{table}.csv", **more)


_FREQUENCY = 'weights="copies", weight_kind="frequency"'
_DF = {"golden": "df", "column": "df"}
_SURVEY_DESIGNS = """\
plain = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
finite = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", fpc="pop", nest=True)
margins = {"state": {"NC": 700, "OR": 500, "PA": 650}, "veteran": {0: 1350, 1: 500}}
raked = ps.rake(d, margins, design=plain).design
jkn = plain.with_replicates("JKn")
supplied = ps.SurveyDesign(weights="weight", replicates="V{}", replicate_method="bootstrap")
"""
_SATISFACTION = """\
levels = {"satisfaction": ["very low", "low", "mid", "high", "very high"]}
des = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")
"""
_DESIGNED = {
    "folder": "models_design_survey",
    "term": "age",
    "rtol": 1e-8,
    "read": _sampled,
    "decimals": {"df": 0},
    "before": _SURVEY_DESIGNS,
}
_QUADRATURE = {"set": "counties", "by": "glmer_15"}
_REML = {"set": "waves", "by": "REML"}
_ESTIMATE = {"golden": "estimate", "column": "estimate"}
_SATTERTHWAITE = {"golden": "df", "column": "df", "variance": "CR2"}
_MEASURES = {"unweighted": {"formula": "main", "weights": "unweighted"}}

BLOCKS = {
    "linear": Block(
        folder="linear_sandwich_clubsandwich",
        call='ps.linear("wage ~ age * college + state", d',
        term="age",
        rows=(
            _club("coefficient", "coef(m)", variance="model", **_ESTIMATE),
            _club("model-based", "vcov(m)", variance="model"),
            *(
                Row(
                    what=what,
                    theirs=f"`{theirs}`",
                    fit=_MEASURES["unweighted"],
                    golden=name,
                    column=name,
                    file="expected_fit.csv",
                )
                for what, theirs, name in (
                    ("residual SD", "summary(m)$sigma", "sigma"),
                    ("R2", "summary(m)$r.squared", "r_squared"),
                    ("log-likelihood", "logLik(m)", "loglik"),
                    ("AIC", "AIC(m)", "aic"),
                )
            ),
            *(
                _club(kind, f'vcovHC(m, "{kind}")', f'variance="{kind}"')
                for kind in ("HC0", "HC1", "HC2", "HC3")
            ),
            *(
                _club(kind, f'vcovCR(m, d$county, "{kind}")', f'cluster="county", variance="{kind}"')
                for kind in ("CR0", "CR1", "CR1S", "CR2", "CR3")
            ),
            _club(
                "df of CR2",
                'coef_test(m, V, test = "Satterthwaite")',
                'cluster="county", variance="CR2"',
                **_SATTERTHWAITE,
            ),
        ),
    ),
    "precision": Block(
        folder="linear_sandwich_clubsandwich",
        call='ps.linear("wage ~ age * college + state", d, weights="weight", weight_kind="precision"',
        term="age",
        rows=(
            _club("coefficient", "coef(m)", weights="precision", variance="model", **_ESTIMATE),
            _club("model-based", "vcov(m)", weights="precision", variance="model"),
            _club("HC3", 'vcovHC(m, "HC3")', 'variance="HC3"', weights="precision"),
            _club(
                "CR2",
                'vcovCR(m, d$county, "CR2", inverse_var = TRUE)',
                'cluster="county", variance="CR2"',
                weights="precision",
            ),
        ),
    ),
    "linear_survey": Block(
        folder="linear_svyglm",
        call='ps.linear("wage ~ age * college + state", d, weights="weight"',
        term="age",
        atol=1e-11,
        read=_rural,
        rows=(
            _fit("weights", "coefficient", "`coef(svyglm(f, plain))`", "", **_ESTIMATE),
            _fit("weights", "weights alone", "`svyglm(f, plain)`", ""),
            _fit(
                "weights",
                "its p value",
                "`summary(svyglm(f, plain))`",
                'df="residual"',
                golden="p_residual",
                column="p_value",
                rtol=1e-8,  # a tail of t far out moves more than the statistic
            ),
            _fit("weights, counties", "with PSUs", "`svyglm(f, counties)`", 'cluster="county"'),
            _fit(
                "weights, rural", "subpopulation", "`svyglm(f, subset(plain, rural == 1))`", 'where="rural"'
            ),
            _fit(
                "weights, counties, rural",
                "both",
                "`svyglm(f, subset(counties, rural == 1))`",
                'cluster="county", where="rural"',
            ),
        ),
    ),
    "logistic": Block(
        folder="logistic_clubsandwich",
        call='ps.logistic("employed ~ age * college + state", d',
        term="age",
        rows=(
            _glm("coefficient", "coef(m)", variance="model", **_ESTIMATE),
            _glm("log-likelihood", "logLik(m)", variance="model", golden="loglik", column="loglik"),
            _glm("model-based", "vcov(m)", variance="model"),
            *(
                _glm(kind, f'vcovHC(m, "{kind}")', f'variance="{kind}"')
                for kind in ("HC0", "HC1", "HC2", "HC3")
            ),
            *(
                _glm(kind, f'vcovCR(m, d$county, "{kind}")', f'cluster="county", variance="{kind}"')
                for kind in ("CR0", "CR1", "CR1S", "CR2", "CR3")
            ),
            _glm(
                "df of CR2",
                'coef_test(m, V, test = "Satterthwaite")',
                'cluster="county", variance="CR2"',
                **_SATTERTHWAITE,
            ),
        ),
    ),
    "logistic_survey": Block(
        folder="logistic_svyglm",
        call='ps.logistic("employed ~ age + state + college:age", d, weights="weight"',
        term="age",
        read=_rural,
        rows=(
            _fit("weights", "coefficient", "`coef(tight(plain))`", "", **_ESTIMATE),
            _fit("weights", "weights alone", "`tight(plain)`", ""),
            _fit("weights, counties", "with PSUs", "`tight(counties)`", 'cluster="county"'),
            _fit("weights, rural", "subpopulation", "`tight(subset(plain, rural == 1))`", 'where="rural"'),
            _fit(
                "weights, counties, rural",
                "both",
                "`tight(subset(counties, rural == 1))`",
                'cluster="county", where="rural"',
            ),
        ),
    ),
    "offset": Block(
        folder="logistic_offset",
        call='ps.logistic("employed ~ age + state", d, offset="known"',
        term="age",
        rows=(
            _fit("model", "coefficient", "`coef(m)`", "", **_ESTIMATE),
            _fit("model", "model-based", "`vcov(m)`", ""),
            _fit("CR1", "CR1", '`vcovCL(m, ~county, type = "HC0")`', 'cluster="county"'),
            _fit(
                "weights, counties",
                "svyglm, PSUs",
                "`svyglm(f, counties, ...)`",
                'weights="weight", cluster="county"',
            ),
        ),
    ),
    "firth_logistic": Block(
        folder="firth_brglm2",
        call='ps.logistic("job ~ age + state + trained", d, base="other", penalty="firth"',
        term="trained",
        outcome="peer",
        rtol=1e-7,
        atol=1e-8,
        read=_overlap,
        rows=_firth("overlap, two"),
    ),
    "multinomial": Block(
        folder="multinomial_nnet",
        call='ps.multinomial("job ~ age + np.log(wage) + state * veteran", d',
        term="age",
        outcome="other",
        rows=(
            _fit("unweighted", "coefficient", "`coef(m)`, polished", 'base="not employed"', **_ESTIMATE),
            _fit(
                "unweighted",
                "log-likelihood",
                "log-likelihood, polished",
                'base="not employed"',
                golden="loglik",
                column="loglik",
            ),
            _fit("unweighted", "model-based", "inverse Hessian", 'base="not employed"', golden="model"),
            _fit("unweighted", "HC0", "by definition", 'base="not employed", variance="HC0"', golden="HC0"),
            _fit("unweighted", "CR1", "by definition", 'base="not employed", cluster="county"', golden="CR1"),
            _fit(
                "frequency",
                "copies: coefficient",
                "`weights = copies`, polished",
                f'base="peer", {_FREQUENCY}',
                **_ESTIMATE,
            ),
            _fit(
                "frequency",
                "copies: model-based",
                "inverse Hessian",
                f'base="peer", {_FREQUENCY}',
                golden="model",
            ),
        ),
    ),
    "firth_multinomial": Block(
        folder="firth_brglm2",
        call='ps.multinomial("job ~ age + state + trained", d, base="none", penalty="firth"',
        term="trained",
        outcome="other",
        rtol=1e-7,
        atol=1e-8,
        read=_separated,
        rows=_firth("separated, three"),
    ),
    "multinomial_survey": Block(
        folder="multinomial_svyrecvar",
        call='ps.multinomial("job ~ age + np.log(wage) + state", d, base="other", weights="weight"',
        term="age",
        outcome="not employed",
        rows=(
            Row(what="coefficient", theirs="`multinom(weights = w)`, polished", **_ESTIMATE),
            Row(what="weights alone", theirs="`svyrecvar(influence, ...)`, `ids = ~1`", golden="linearized"),
            Row(
                what="with PSUs",
                theirs="`svyrecvar(influence, ...)`, `ids = ~county`",
                ours='cluster="county"',
                golden="counties",
            ),
        ),
    ),
    "multinomial_stata": Block(
        folder="anes96_stata",
        program="Stata",
        call='ps.multinomial("PID ~ logpopul + selfLR + age + educ + income", d, base=0',
        term="age",
        outcome="1",
        # half a unit of the last digit that Stata printed, for one error a whole one
        rtol=5e-8,
        atol=5e-9,
        decimals={"estimate": 8, "std_error": 10},
        read=_election,
        rows=(
            Row(what="coefficient", theirs="`mlogit`", **_ESTIMATE),
            Row(what="model-based", theirs="`mlogit`"),
            Row(
                what="log-likelihood",
                theirs="`e(ll)`",
                golden="loglik",
                column="loglik",
                file="expected_fit.csv",
            ),
            Row(what="AIC", theirs="`estat ic`", golden="aic", column="aic", file="expected_fit.csv"),
        ),
    ),
    "design_linear": Block(
        **_DESIGNED, call='ps.linear("log(wage) ~ age + state", d', rows=_designs("linear", "fit({})")
    ),
    "design_logistic": Block(
        **_DESIGNED,
        call='ps.logistic("employed ~ age + state", d',
        rows=_designs("logistic", "tight({})"),
        shown=False,
    ),
    "design_multinomial": Block(
        **_DESIGNED,
        call='ps.multinomial("job ~ age + state", d, base="not working"',
        outcome="peer",
        rows=_designs("multinomial", "multi({})"),
        shown=False,
    ),
    "margins_multinomial": Block(
        folder="margins_emmeans",
        call='ps.multinomial("job ~ age + log(wage) + state * sex", d, base="none")'
        '.adjusted_means("state", grid="balanced"',
        term="PA",
        outcome="peer",
        rtol=1e-6,  # nnet stops short of the maximum
        rows=_emmeans("multinomial", 'emmeans(m, "state", by = "job", mode = "prob"{})'),
    ),
    "margins_linear": Block(
        folder="margins_emmeans",
        call='ps.linear("score ~ age + log(wage) + state * sex", d, '
        'weights="copies", weight_kind="precision")'
        '.adjusted_means("state", grid="balanced"',
        term="PA",
        rows=_emmeans("linear", 'emmeans(m, "state"{})'),
    ),
    "mixed_logistic": Block(
        folder="mixed_logistic_lme4",
        call='ps.mixed_logistic("y ~ age + college + wage + years + rural", d, group="group"',
        term="age",
        read=_counties,
        rtol=3e-6,
        rows=(
            _lme4("parameters", _QUADRATURE, "coefficient", "fixef(m)", without=("sigma",), **_ESTIMATE),
            _lme4("parameters", _QUADRATURE, "its error", "vcov(m)", without=("sigma",), rtol=1e-5),
            _lme4(
                "parameters",
                {**_QUADRATURE, "term": "sigma"},
                "SD of counties",
                'getME(m, "theta")',
                golden="estimate",
                column="group_sd",
            ),
            _lme4(
                "fits",
                {"set": "counties", "quantity": "glmer_15_loglik"},
                "log-likelihood",
                "logLik(m)",
                golden="value",
                column="loglik",
                rtol=1e-8,
            ),
        ),
    ),
    "ordinal": Block(
        folder="ordinal_polr",
        call='ps.ordinal("satisfaction ~ age + state + veteran", d, levels=levels',
        term="age",
        rtol=1e-8,
        before=_SATISFACTION,
        rows=(
            _fit("plain", "coefficient", "`coef(m)`, polished", "", **_ESTIMATE),
            _fit("plain", "log-likelihood", "`logLik(m)`", "", golden="loglik", column="loglik"),
            _fit("plain", "model-based", "observed information", ""),
            _fit("plain HC0", "HC0", "by definition", 'variance="HC0"'),
            _fit("plain CR1", "CR1", "by definition", 'cluster="psu"'),
            _fit("offset", "offset: coefficient", "`offset(hours)`", 'offset="hours"', **_ESTIMATE),
            _fit("copies", "copies: coefficient", "`weights = copies`", _FREQUENCY, **_ESTIMATE),
            _fit("copies", "copies: model-based", "observed information", _FREQUENCY),
            _fit("design", "design: coefficient", "`svyolr(f, des)`, polished", "design=des", **_ESTIMATE),
            _fit("design", "strata, PSUs", "`svyrecvar` on influence values", "design=des"),
            _fit("svyolr", "the same", "`svyolr(f, des)`", "design=des", rtol=1e-3),
        ),
    ),
    "mixed_linear": Block(
        folder="mixed_linear_lme4",
        call='ps.mixed_linear("score ~ wave + x + trained", d, group="person"',
        term="trained",
        read=_waves,
        rtol=3e-8,
        rows=(
            _lme4("parameters", _REML, "coefficient", "fixef(m)", **_ESTIMATE),
            _lme4("parameters", _REML, "its error", "vcov(m)"),
            *(
                _lme4("fits", {**_REML, "quantity": quantity}, what, theirs, golden="value", column=column)
                for what, theirs, quantity, column in (
                    ("SD of people", "VarCorr(m)", "sd_person", "group_sd"),
                    ("SD within people", "sigma(m)", "sd_row", "sigma"),
                    ("REML log-likelihood", "logLik(m)", "loglik", "loglik"),
                )
            ),
        ),
    ),
    "table_one": Block(
        folder="table_one_survey",
        call='ps.table_one(d, ["age", "wage", "tenure", "gender", "veteran"], by="place", design=des',
        before='des = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")\n',
        term="",
        rtol=1e-8,
        rows=(
            _described("mean of `wage`", "svymean(~wage, des, na.rm = TRUE)", "mean", ("wage", "", "all")),
            _described("its SD", "sqrt(svyvar(~wage, des, na.rm = TRUE))", "sd", ("wage", "", "all")),
            _described(
                "share of women", "svymean(~gender, des)", "share", ("gender", "woman", "all"), "share"
            ),
        ),
    ),
    "table_one_tests": Block(
        folder="table_one_survey",
        call='ps.table_one(d, ["age", "wage", "tenure"], by="place", smd=True, design=des',
        before='des = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")\n',
        term="",
        rtol=1e-8,
        shown=False,
        rows=(
            _described(
                "F of `wage`", "regTermTest(m, ~place)", "mean_statistic", ("wage", "", ""), "statistic"
            ),
            _described("its p", "regTermTest(m, ~place)", "mean_p", ("wage", "", ""), "p_value"),
            _described("SMD, mean of the pairs", "by definition", "smd_mean", ("wage", "", ""), "smd"),
        ),
    ),
    "table_one_levels": Block(
        folder="table_one_survey",
        call='ps.table_one(d, ["gender", "veteran"], by="place", smd=True, design=des',
        before='des = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")\n',
        term="",
        rtol=1e-8,
        shown=False,
        rows=(
            _described(
                "Rao-Scott F of `gender`",
                "svychisq(~gender + place, des)",
                "share_statistic",
                ("gender", "", ""),
                "statistic",
            ),
            _described("its p", "svychisq(~gender + place, des)", "share_p", ("gender", "", ""), "p_value"),
            _described("SMD, mean of the pairs", "by definition", "smd_mean", ("gender", "", ""), "smd"),
        ),
    ),
    "table_one_published": Block(
        folder="table_one_pbc",
        program="tableone",
        call="ps.table_one(\n"
        '    d,\n    ["time", "age", "bili", "sex", "hepato"],\n    by="trt",\n    smd=True,\n'
        '    continuous={"bili": "median_iqr"},\n    correction=True,\n    equal_var=True,\n',
        term="",
        read=_arms,
        rtol=0,
        atol=0.000501,  # printed with three decimals
        decimals={"p_value": 3, "smd": 3},
        rows=(
            *_published("time", "`oneway.test(var.equal = TRUE)`"),
            *_published("age", "`oneway.test(var.equal = TRUE)`"),
            *_published("bili", "`kruskal.test`"),
            *_published("sex", "`chisq.test(correct = TRUE)`"),
            *_published("hepato", "`chisq.test(correct = TRUE)`"),
        ),
    ),
}


def _plain(term: pd.Series) -> pd.Series:
    """Name terms alike: those of R as a formula does here, and interactions in one order."""
    term = term.replace({"(Intercept)": "Intercept", "log(wage)": "np.log(wage)"})
    term = term.str.replace(r"^state([A-Z]{2})", r"state[T.\1]", regex=True)
    return term.map(lambda name: ":".join(sorted(name.split(":"))))


def _by_term(frame: pd.DataFrame, column: str) -> dict[tuple[str, str], float]:
    outcome = frame["outcome"].astype(str) if "outcome" in frame else [""] * len(frame)
    names = _plain(frame["term"]) if "term" in frame else frame["level"]
    return dict(zip(zip(outcome, names, strict=True), frame[column].astype(float), strict=True))


def _characteristics(
    expected: pd.DataFrame, row: Row, tidy: pd.DataFrame
) -> tuple[dict[Any, float], dict[Any, float]]:
    """Return theirs and ours by column, level and group; what compares groups has neither of these."""
    expected = expected.assign(group=expected.get("group", "")).astype(object)
    expected = expected.where(expected.notna(), "")
    expected = expected[expected["column"].isin(set(tidy["column"])) & (expected[row.golden] != "")]
    tidy = tidy.assign(level=tidy["level"].fillna("").replace({"yes": "1"}))
    if (expected["group"] == "").all():
        expected = expected.drop_duplicates("column").assign(level="")
        tidy = tidy.drop_duplicates("column").assign(level="", group="")
    keys = ["column", "level", "group"]
    theirs, ours = (
        each.set_index(keys)[name].astype(float).to_dict()
        for each, name in ((expected, row.golden), (tidy, row.column))
    )
    # the golden table has the other level of truth values too
    return {key: value for key, value in theirs.items() if key[1] != "0"}, {
        key: value for key, value in ours.items() if key in theirs
    }


def _both(block: Block, row: Row, result: Any) -> tuple[float, float]:
    """Check every value of a row and return the one that is shown, theirs and ours."""
    expected = pd.read_csv(GOLDEN / block.folder / row.file)
    for name, value in row.fit.items():
        expected = expected[expected[name] == value]
    if row.shown is not None:
        theirs, ours = _characteristics(expected, row, result.tidy())
        _check(block, row, theirs, ours)
        return theirs[row.shown], ours[row.shown]
    expected = expected[~expected.get("term", expected.index.to_series()).isin(row.without)]
    if "outcome" in expected and expected["outcome"].isna().all():
        expected = expected.drop(columns="outcome")
    if row.column in result.glance() and row.column not in result.tidy():
        theirs = {("", ""): float(expected[row.golden].iloc[0])}
        ours = {("", ""): float(result.glance()[row.column].iloc[0])}
        shown = ("", "")
    else:
        theirs, ours = _by_term(expected, row.golden), _by_term(result.tidy(), row.column)
        if "outcome" not in expected:  # one equation
            ours = {("", term): value for (_, term), value in ours.items()}
        shown = (block.outcome, block.term)
    _check(block, row, theirs, ours)
    return theirs[shown], ours[shown]


def _check(block: Block, row: Row, theirs: Mapping[Any, float], ours: Mapping[Any, float]) -> None:
    """Stop where a number is farther away than is allowed."""
    if set(theirs) != set(ours):
        raise ValueError(f"{block.folder}, {row.what}: terms {sorted(theirs)} and {sorted(ours)}")
    np.testing.assert_allclose(
        [ours[key] for key in theirs],
        list(theirs.values()),
        rtol=block.rtol if row.rtol is None else row.rtol,
        atol=block.atol,
        err_msg=f"{block.folder}, {row.what}",
    )


def _digits(value: float, decimals: int | None) -> str:
    if decimals is None:  # nine digits, never an exponent
        return np.format_float_positional(value, precision=9, fractional=False, trim="k")
    return f"{value:.{decimals}f}"


def block_table(block: Block) -> str:
    """Return our call and the table of a block.

    Raises
    ------
    AssertionError
        If any coefficient is farther away than the block allows.
    """
    data = block.read(GOLDEN / block.folder)
    names: dict[str, Any] = {"ps": ps, "d": data}
    exec(block.before, names)  # noqa: S102  (our own lines, as the page shows them)
    results: dict[str, Any] = {}
    lines = []
    for row in block.rows:
        code = f"{block.call}{', ' if row.ours else ''}{row.ours})"
        if code not in results:
            results[code] = eval(code, names)  # noqa: S307  (our own lines, as the page shows them)
        decimals = block.decimals.get(row.golden)
        values = [_digits(value, decimals) for value in _both(block, row, results[code])]
        lines.append((row.what, row.theirs, f"`{row.ours}`" if row.ours else "", *values))
    shown = f"`{block.term}`" + (f" for `{block.outcome}`" if block.outcome else "")
    before = block.before if block.shown else ""
    of = f"(coefficient, standard errors and df are those of {shown}):" if block.term else ":"
    if any(row.ours for row in block.rows):
        head = ["", f"line in {block.program}", "arguments here", block.program, "peerstats"]
        return (
            f"Here, with the arguments of the third column {of}\n\n"
            f"```python\n{before}{block.call}, ...)\n```\n\n" + table(head, lines, numbers_from=3)
        )
    head = ["", f"line in {block.program}", block.program, "peerstats"]
    lines = [(what, theirs, *values) for what, theirs, _, *values in lines]
    return f"Here{of if of == ':' else f' {of}'}\n\n```python\n{before}{block.call})\n```\n\n" + table(
        head, lines, numbers_from=2
    )


def rewritten(text: str) -> str:
    """Return a page with its tables written anew; a table stands between two comments."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{block_table(BLOCKS[found[2]])}\n{found[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
