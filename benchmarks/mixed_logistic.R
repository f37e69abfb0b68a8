# Random-intercept logit by lme4, by default and by nloptwrap: fixed effects, standard deviation, standard errors.
source("_peer.R")
f <- y ~ x1 + x2 + x3 + x4 + x5 + (1 | county)
numbers <- function(m) c(fixef(m), getME(m, "theta"), sqrt(diag(as.matrix(vcov(m)))))
serve(list(
  glmer = list(package = "lme4", run = function(d, ...) function() numbers(glmer(f, d, binomial, nAGQ = 15))),
  nloptwrap = list(package = "lme4", run = function(d, ...)
    function() numbers(glmer(f, d, binomial, nAGQ = 15, control = glmerControl("nloptwrap"))))
))
