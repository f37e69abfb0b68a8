# Means, totals, shares, ratios, quantiles, design effects and tests of tables by R's survey package.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages(library(survey))
set.seed(20261127)
options(survey.replicates.mse = FALSE, warn = -1)

# 5 strata of 4 to 7 PSUs whose labels start again in each stratum; 12 people a PSU on average
sizes <- c(north = 4, south = 5, west = 7, east = 4, lake = 6)
psus <- do.call(rbind, lapply(names(sizes), function(s) data.frame(stratum = s, psu = seq_len(sizes[[s]]))))
psus$effect <- rnorm(nrow(psus))
psus$fpc <- sizes[psus$stratum] * c(north = 3, south = 4, west = 10, east = 2, lake = 6)[psus$stratum]
d <- psus[rep(seq_len(nrow(psus)), sample(8:16, nrow(psus), TRUE)), ]
n <- nrow(d)
d$weight <- round(c(north = 20, south = 35, west = 60, east = 8, lake = 40)[d$stratum] * exp(rnorm(n, 0, .4)), 3)
d$gender <- sample(c("woman", "man"), n, TRUE, c(.65, .35))
d$region <- sample(c("urban", "suburban", "rural"), n, TRUE, c(.5, .3, .2))
d$job <- ifelse(runif(n) < plogis(.3 + d$effect / 2 - .5 * (d$gender == "man")), "peer",
                sample(c("other", "none"), n, TRUE))
d$certified <- as.integer(runif(n) < plogis(-.4 + d$effect / 2))
d$wage <- round(17 + d$effect + (d$gender == "man") + rnorm(n, 0, 3), 6)
d$hours <- round(34 + 2 * d$effect + rnorm(n, 0, 6))
d$hours[sample(n, 25)] <- NA
d$member <- as.integer(d$region != "rural" & runif(n) < .8)
d$effect <- NULL
row.names(d) <- NULL
write.csv(d, "input_simulated.csv", row.names = FALSE, na = "")
d <- read.csv("input_simulated.csv", stringsAsFactors = TRUE)

plan <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, fpc = ~fpc, data = d)
boot <- as.svrepdesign(svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d),
                       type = "subbootstrap", replicates = 40)
columns <- as.matrix(weights(boot, type = "analysis")); colnames(columns) <- paste0("boot_", seq_len(ncol(columns)))
file <- cbind(d, format(as.data.frame(columns), digits = 15, trim = TRUE))
write.csv(file, "input_simulated.csv", row.names = FALSE, quote = FALSE, na = "")
d <- read.csv("input_simulated.csv", stringsAsFactors = TRUE)
plan <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, fpc = ~fpc, data = d)
tight <- list(maxit = 1000, epsilon = 1e-13)
margins <- list(data.frame(gender = c("man", "woman"), Freq = c(4500, 7500)),
                data.frame(region = c("rural", "suburban", "urban"), Freq = c(2500, 3500, 6000)))
designs <- list(
  plan = plan,
  weights = svydesign(ids = ~1, weights = ~weight, data = d),
  unweighted = svydesign(ids = ~1, weights = ~rep(1, n), data = d),
  JKn = as.svrepdesign(svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d), type = "JKn"),
  bootstrap = svrepdesign(data = d, weights = ~weight, repweights = "^boot_", type = "bootstrap"),
  raked = rake(plan, list(~gender, ~region), margins, control = tight))

out <- NULL
put <- function(...) {
  x <- list(...)
  row <- data.frame(design = x$design, where = x$where, statistic = x$statistic, column = x$column,
                    group = if (is.null(x$group)) "all" else x$group, level = if (is.null(x$level)) "" else x$level,
                    option = if (is.null(x$option)) "" else x$option, quantity = names(x$values),
                    value = sprintf("%.15g", x$values))
  out <<- rbind(out, row)
}
one_mean <- function(name, where, des, group) {
  for (v in c("wage", "hours")) {
    f <- reformulate(v)
    m <- svymean(f, des, na.rm = TRUE, deff = "replace"); t <- svytotal(f, des, na.rm = TRUE, deff = "replace")
    put(design = name, where = where, group = group, statistic = "mean", column = v,
        values = c(estimate = coef(m)[[1]], std_error = SE(m)[[1]], deff = deff(m)[[1]]))
    put(design = name, where = where, group = group, statistic = "total", column = v,
        values = c(estimate = coef(t)[[1]], std_error = SE(t)[[1]], deff = deff(t)[[1]]))
  }
}
for (name in names(designs)) for (where in c("all", "member")) {
  des <- if (where == "all") designs[[name]] else subset(designs[[name]], member == 1)
  # limits have the degrees of freedom of the whole design: a subset's degf counts PSUs with a member only
  df <- degf(if (inherits(des, "svyrep.design")) des else designs[[name]])
  one_mean(name, where, des, "all")
  for (g in levels(d$gender)) one_mean(name, where, subset(des, gender == g), g)
  # svyby gives the same numbers
  by <- svyby(~wage, ~gender, des, svymean)
  put(design = name, where = where, statistic = "svyby", column = "wage",
      values = c(man = by$wage[1], woman = by$wage[2], se_man = by$se[1], se_woman = by$se[2]))
  p <- svymean(~job, des, deff = "replace"); V <- vcov(p)
  for (k in 1:length(coef(p))) {
    lev <- sub("^job", "", names(coef(p))[k])
    put(design = name, where = where, statistic = "proportion", column = "job", level = lev,
        values = c(estimate = coef(p)[[k]], std_error = SE(p)[[k]]))
  }
  put(design = name, where = where, statistic = "proportion", column = "job", level = "other, peer",
      values = c(covariance = V["jobother", "jobpeer"]))
  for (method in c("logit", "mean", "beta")) {
    ci <- svyciprop(~I(job == "peer"), des, method = method, df = df)
    put(design = name, where = where, statistic = "proportion", column = "job", level = "peer", option = method,
        values = c(estimate = coef(ci)[[1]], conf_low = attr(ci, "ci")[[1]], conf_high = attr(ci, "ci")[[2]],
                   df = df))
  }
  r <- svyratio(~wage, ~hours, des, na.rm = TRUE)
  put(design = name, where = where, statistic = "ratio", column = "wage",
      values = c(estimate = coef(r)[[1]], std_error = SE(r)[[1]]))
  for (rule in c("math", "school", "hf1", "hf2", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")) {
    q <- svyquantile(~wage, des, c(.25, .5, .9), qrule = rule, df = df)[[1]]
    for (k in 1:3) put(design = name, where = where, statistic = "quantile", column = "wage",
                       level = rownames(q)[k], option = paste(rule, "mean"),
                       values = c(estimate = q[k, 1], conf_low = q[k, 2], conf_high = q[k, 3], std_error = q[k, 4],
                                  df = df))
  }
  # with replicates svyquantile takes "mean" for every other word
  kinds <- if (inherits(des, "svyrep.design")) "quantile" else c("xlogit", "beta")
  for (kind in kinds) {
    q <- svyquantile(~wage, des, c(.25, .5, .9), interval.type = kind, df = df)[[1]]
    for (k in 1:3) put(design = name, where = where, statistic = "quantile", column = "wage",
                       level = rownames(q)[k], option = paste("math", kind),
                       values = c(estimate = q[k, 1], conf_low = q[k, 2], conf_high = q[k, 3], std_error = q[k, 4],
                                  df = df))
  }
  for (test in c("F", "Chisq", "Wald")) {
    x <- svychisq(~gender + job, des, statistic = test)
    put(design = name, where = where, statistic = "crosstab", column = "gender by job", option = test,
        values = c(statistic = x$statistic[[1]], df = x$parameter[[1]],
                   ddf = if (length(x$parameter) > 1) x$parameter[[2]] else Inf, p_value = x$p.value[[1]]))
  }
  rows <- svyby(~job, ~gender, des, svymean)
  for (k in 1:3) put(design = name, where = where, statistic = "row share", column = "gender by job", group = "woman",
                     level = sub("^job", "", names(rows)[1 + k]),
                     values = c(estimate = rows["woman", 1 + k], std_error = rows["woman", 4 + k]))
}
# design effects against a sample without replacement
m <- svymean(~wage, plan, deff = TRUE); t <- svytotal(~wage, plan, deff = TRUE)
put(design = "plan", where = "all", statistic = "mean", column = "wage", option = "finite", values = c(deff = deff(m)[[1]]))
put(design = "plan", where = "all", statistic = "total", column = "wage", option = "finite", values = c(deff = deff(t)[[1]]))
counts <- table(d$gender, d$certified)
for (yates in c(FALSE, TRUE)) {
  x <- chisq.test(counts, correct = yates)
  put(design = "none", where = "all", statistic = "crosstab", column = "gender by certified", option = paste("correct", yates),
      values = c(statistic = x$statistic[[1]], df = x$parameter[[1]], p_value = x$p.value))
}
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
