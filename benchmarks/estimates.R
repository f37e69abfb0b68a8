# Means by group and a logit by survey, the plan's object made under the clock: estimates, then standard errors.
source("_peer.R")
plan <- function(d) svydesign(~psu, strata = ~stratum, weights = ~weight, data = d)
serve(list(
  means = list(package = "survey", run = function(d, ...) function() {
    m <- svyby(~ wage + hours + score, ~job, plan(d), svymean)
    c(t(as.matrix(m[, c("wage", "hours", "score")])), t(as.matrix(SE(m))))
  }),
  logit = list(package = "survey", run = function(d, ...) function() {
    m <- svyglm(employed ~ job + wage + hours + score, plan(d), family = quasibinomial())
    c(coef(m), sqrt(diag(vcov(m))))
  })
))
