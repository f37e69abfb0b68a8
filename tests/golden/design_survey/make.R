# Means, totals and ratios with their errors by R's survey package: linearised, replicate, raked.
#   Rscript make.R    (in this folder; writes input_simulated.csv, replicates_simulated.csv, expected.csv,
#                      raked_weights.csv, session.txt)
suppressMessages(library(survey))
set.seed(20261126)
options(survey.replicates.mse = FALSE)

# 7 strata of 2 to 5 PSUs whose labels start again in each stratum
sizes <- c(north = 2, south = 3, west = 4, east = 2, lake = 5, hill = 3, plain = 4)
psus <- do.call(rbind, lapply(names(sizes), function(s) data.frame(stratum = s, psu = seq_len(sizes[[s]]))))
psus$psu_id <- seq_len(nrow(psus))
psus$effect <- rnorm(nrow(psus))
psus$fpc <- sizes[psus$stratum] * c(north = 3, south = 4, west = 10, east = 1, lake = 6, hill = 2.5, plain = 8)[psus$stratum]
d <- psus[rep(seq_len(nrow(psus)), sample(3:8, nrow(psus), TRUE)), ]
n <- nrow(d)
d$fpc <- ceiling(d$fpc)
d$share <- sizes[d$stratum] / d$fpc
d$weight <- round(c(north = 20, south = 35, west = 60, east = 8, lake = 40, hill = 15, plain = 50)[d$stratum] * exp(rnorm(n, 0, .4)), 3)
d$sex <- sample(c("woman", "man"), n, TRUE, c(.65, .35))
d$age <- sample(c("18-34", "35-54", "55+"), n, TRUE, c(.3, .45, .25))
d$wage <- round(17 + d$effect + (d$sex == "man") + (d$age == "55+") * 1.5 + rnorm(n, 0, 3), 2)
d$hours <- round(34 + 2 * d$effect - 2 * (d$age == "55+") + rnorm(n, 0, 6))
# a subpopulation with nobody in stratum hill and in one PSU only of stratum lake
d$member <- as.integer(d$age != "18-34" & d$stratum != "hill" & !(d$stratum == "lake" & d$psu != 2))
# PSU 1 of west is alone in a stratum of its own
d$lone <- ifelse(d$stratum == "west" & d$psu == 1, "west one", d$stratum)
d$lone_fpc <- ifelse(d$lone == "west one", 10, ifelse(d$lone == "west", 30, d$fpc))
# pairs of PSUs for balanced replicates: 7 strata of two
d$pair <- d$stratum
d$half <- 1 + d$psu %% 2
d$effect <- NULL
row.names(d) <- NULL
write.csv(d, "input_simulated.csv", row.names = FALSE)
d <- read.csv("input_simulated.csv")

out <- NULL
put <- function(case, design, mse = FALSE, psus = NULL) {
  rows <- if (is.null(psus)) rep(TRUE, nrow(design$variables)) else psus
  m <- svymean(~wage + hours, design); t <- svytotal(~wage + hours, design)
  r <- svyratio(~wage, ~hours, design)
  V <- vcov(m); W <- vcov(t)
  one <- c(mean_wage = coef(m)[[1]], mean_hours = coef(m)[[2]], total_wage = coef(t)[[1]], ratio = coef(r)[[1]],
           var_mean_wage = V[1, 1], cov_means = V[1, 2], var_mean_hours = V[2, 2],
           var_total_wage = W[1, 1], cov_totals = W[1, 2], var_ratio = vcov(r)[1, 1], df = degf(design))
  out <<- rbind(out, data.frame(case = case, quantity = names(one), value = sprintf("%.15g", one)))
}

plan <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d)
fpc <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, fpc = ~fpc, data = d)
share <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, fpc = ~share, data = d)
put("weights", svydesign(ids = ~1, weights = ~weight, data = d))
put("clusters", svydesign(ids = ~psu_id, weights = ~weight, data = d))
put("strata", svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = d))
put("plan", plan)
put("plan fpc", fpc)
put("plan share", share)
put("fpc alone", svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, fpc = ~fpc, data = d))
put("plan member", subset(plan, member == 1))
put("plan fpc member", subset(fpc, member == 1))
for (rule in c("adjust", "average", "certainty")) {
  options(survey.lonely.psu = rule)
  lone <- svydesign(ids = ~psu, strata = ~lone, weights = ~weight, nest = TRUE, data = d)
  lone_fpc <- svydesign(ids = ~psu, strata = ~lone, weights = ~weight, nest = TRUE, fpc = ~lone_fpc, data = d)
  put(paste("lonely", rule), lone)
  put(paste("lonely", rule, "fpc"), lone_fpc)
  put(paste("lonely", rule, "member"), subset(lone, member == 1))
  if (rule == "certainty") put("JKn lonely certainty", as.svrepdesign(lone, type = "JKn"))
}
options(survey.lonely.psu = "fail")

# replicates made of the plan
clusters_fpc <- svydesign(ids = ~psu_id, weights = ~weight, fpc = ~I(rep(120, n)), data = d)
jkn <- as.svrepdesign(plan, type = "JKn")
put("JKn", jkn)
put("JKn mse", as.svrepdesign(plan, type = "JKn", mse = TRUE))
put("JKn fpc", as.svrepdesign(fpc, type = "JKn"))
put("JKn member", subset(jkn, member == 1))
put("JK1", as.svrepdesign(svydesign(ids = ~psu_id, weights = ~weight, data = d), type = "JK1"))
put("JK1 fpc", as.svrepdesign(clusters_fpc, type = "JK1"))
pairs <- svydesign(ids = ~half, strata = ~pair, weights = ~weight, nest = TRUE, data = d)
put("pairs", pairs)
brr <- as.svrepdesign(pairs, type = "BRR")
fay <- as.svrepdesign(pairs, type = "Fay", fay.rho = 0.3)
boot <- as.svrepdesign(plan, type = "subbootstrap", replicates = 30)
put("BRR", brr)
put("Fay", fay)

# the same replicates as columns of a file
held <- list(brr = brr, fay = fay, boot = boot, jkn = jkn)
columns <- do.call(cbind, lapply(names(held), function(k) {
  w <- as.matrix(weights(held[[k]], type = "analysis")); colnames(w) <- paste0(k, "_", seq_len(ncol(w))); w }))
factors <- as.matrix(weights(fay, type = "replication")); colnames(factors) <- paste0("fayfactor_", seq_len(ncol(factors)))
write.csv(format(as.data.frame(cbind(columns, factors)), digits = 15, trim = TRUE), "replicates_simulated.csv",
          row.names = FALSE, quote = FALSE)
file <- cbind(d, read.csv("replicates_simulated.csv"))
supplied <- list(
  "supplied BRR" = svrepdesign(data = file, weights = ~weight, repweights = "^brr_", type = "BRR"),
  "supplied Fay" = svrepdesign(data = file, weights = ~weight, repweights = "^fay_", type = "Fay", rho = 0.3),
  "supplied Fay factors" = svrepdesign(data = file, weights = ~weight, repweights = "^fayfactor_", type = "Fay",
                                       rho = 0.3, combined.weights = FALSE),
  "supplied bootstrap" = svrepdesign(data = file, weights = ~weight, repweights = "^boot_", type = "bootstrap"),
  "supplied JKn" = svrepdesign(data = file, weights = ~weight, repweights = "^jkn_", type = "JKn", scale = 1,
                               rscales = jkn$rscales),
  "supplied ACS" = suppressWarnings(svrepdesign(data = file, weights = ~weight, repweights = "^boot_", type = "ACS")),
  "supplied BRR mse" = svrepdesign(data = file, weights = ~weight, repweights = "^brr_", type = "BRR", mse = TRUE))
for (k in names(supplied)) put(k, supplied[[k]])
put("supplied BRR member", subset(supplied[["supplied BRR"]], member == 1))

# raking and post-stratification
sex <- data.frame(sex = c("woman", "man"), Freq = c(2400, 1600))
age <- data.frame(age = c("18-34", "35-54", "55+"), Freq = c(1300, 1700, 1000))
both <- data.frame(sex = rep(c("woman", "man"), each = 3), age = rep(c("18-34", "35-54", "55+"), 2),
                   Freq = c(800, 1000, 600, 500, 700, 400))
tight <- list(maxit = 1000, epsilon = 1e-13)
rake2 <- function(design) rake(design, list(~sex, ~age), list(sex, age), control = tight)
raked <- rake2(plan); raked_fpc <- rake2(fpc)
even <- rake2(svydesign(ids = ~psu, strata = ~stratum, weights = ~I(rep(1, n)), nest = TRUE, data = d))
cal <- calibrate(plan, ~sex + age, calfun = "raking", epsilon = 1e-14, maxit = 1000,
                 population = c(`(Intercept)` = 4000, sexwoman = 2400, `age35-54` = 1700, `age55+` = 1000))
put("raked", raked)
put("raked fpc", raked_fpc)
put("raked even", even)
put("raked member", subset(raked, member == 1))
put("calibrated", cal)
put("calibrated member", subset(cal, member == 1))
post <- postStratify(plan, ~sex, sex)
joint <- postStratify(plan, ~sex + age, both)
put("post-stratified", post)
put("post-stratified jointly", joint)
put("post-stratified member", subset(post, member == 1))
put("raked JKn", rake2(jkn))
put("raked supplied BRR", rake2(supplied[["supplied BRR"]]))
put("raked supplied Fay factors", rake2(supplied[["supplied Fay factors"]]))
put("raked supplied bootstrap", rake2(supplied[["supplied bootstrap"]]))
put("post-stratified JKn", postStratify(jkn, ~sex, sex))
write.csv(data.frame(raked = sprintf("%.15g", weights(raked)), calibrated = sprintf("%.15g", weights(cal)),
                     post = sprintf("%.15g", weights(post)), joint = sprintf("%.15g", weights(joint))),
          "raked_weights.csv", row.names = FALSE, quote = FALSE)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
