"""Copy Stata's multinomial fit of the 1996 election study out of the tests of an installed statsmodels.

python make.py    (in this folder; writes expected.csv, expected_fit.csv)
"""

import csv
from pathlib import Path

from statsmodels.discrete.tests.results.results_discrete import Anes

TERMS = ["logpopul", "selfLR", "age", "educ", "income", "Intercept"]
HERE = Path(__file__).parent

stata = Anes.mnlogit_basezero
with (HERE / "expected.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        ["outcome", "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
    )
    for j in range(6):
        for i, term in enumerate(TERMS):
            values = (stata.params[i, j], stata.bse[i, j], stata.z[i, j], stata.pvalues[i, j])
            writer.writerow([j + 1, term, *map(float, values), *map(float, stata.conf_int[j, i])])
with (HERE / "expected_fit.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["n", "loglik", "loglik_null", "lr", "pseudo_r2", "aic", "bic"])
    writer.writerow([stata.nobs, stata.llf, stata.llnull, stata.llr, stata.prsquared, stata.aic, stata.bic])
