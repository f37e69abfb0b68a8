# Logistic regression with an offset (log odds known beforehand, whose coefficient is one): glm unweighted, with HC and
# clustered errors of sandwich; survey::svyglm with sampling weights, alone and with counties.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages({library(survey); library(sandwich)})
set.seed(20261129)

n <- 500
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  state = sample(c("NC", "OR", "PA"), n, TRUE),
  county = sample(sprintf("county_%02d", 1:30), n, TRUE),
  weight = round(exp(rnorm(n, 0, .6)), 4),
  known = round(rnorm(n, -.2, .8), 4)
)
effect <- rnorm(30, 0, .4)[as.integer(factor(d$county))]
d$employed <- ifelse(runif(n) < plogis(.3 + .03 * (d$age - 44) + d$known + effect), "yes", "no")
write.csv(d, "input_simulated.csv", row.names = FALSE)

d$y <- as.numeric(d$employed == "yes")
f <- y ~ age + state + offset(known)
# glm takes its covariance from the weights before its last step: start a second time from where the first ended
fit <- function(start = NULL) glm(f, binomial, d, epsilon = 1e-14, maxit = 100, start = start)
g <- fit(coef(fit()))
tight <- function(design) {
  one <- function(start = NULL) svyglm(f, design, family = quasibinomial(), epsilon = 1e-14, maxit = 100, start = start)
  one(coef(one()))
}
w <- tight(svydesign(ids = ~1, weights = ~weight, data = d))
c <- tight(svydesign(ids = ~county, weights = ~weight, data = d))
one <- function(name, m, V, logliks = c(NA, NA)) data.frame(fit = name, term = names(coef(m)), estimate = coef(m),
  std_error = sqrt(diag(V)), loglik = logliks[1], loglik_null = logliks[2])
logliks <- c(as.numeric(logLik(g)), -g$null.deviance / 2)  # the null model keeps the offset
out <- rbind(
  one("model", g, vcov(g), logliks), one("HC0", g, vcovHC(g, "HC0"), logliks),
  one("CR1", g, vcovCL(g, ~county, type = "HC0", cadjust = TRUE), logliks),
  one("weights", w, vcov(w)), one("weights, counties", c, vcov(c)))
for (v in c("estimate", "std_error", "loglik", "loglik_null")) {
  out[[v]] <- ifelse(is.na(out[[v]]), NA, sprintf("%.15g", out[[v]]))
}
write.csv(out, "expected.csv", row.names = FALSE, na = "")
packages <- sapply(c("survey", "sandwich"), function(p) paste(p, packageVersion(p)))
writeLines(c(R.version.string, packages), "session.txt")
