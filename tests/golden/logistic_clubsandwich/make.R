# Logistic regression, unweighted: model and HC errors by glm and sandwich::vcovHC, clustered errors with Satterthwaite
# degrees of freedom by clubSandwich::vcovCR and coef_test. clubSandwich works on the linearised model: X is scaled by
# v = mu (1 - mu), the weights are 1 / v, the target variance is v, the residuals are y - mu.
# "one county" has a dummy of one county, whose I - H is singular: CR2 takes its Moore-Penrose root, CR3 does not exist.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages({library(sandwich); library(clubSandwich)})
set.seed(20261127)

sizes <- c(rep(1, 6), rep(2, 4), 3, 4, 5, 6, rep(8, 8), rep(12, 8), rep(16, 6), 24, 24, 30, 34)
county <- sample(rep(sprintf("county_%02d", seq_along(sizes)), sizes))
n <- length(county)
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  college = rbinom(n, 1, .4),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE, c(.4, .3, .2, .1)),
  county = county
)
effect <- rnorm(length(sizes), 0, .6)[as.integer(factor(d$county))]
d$employed <- ifelse(runif(n) < plogis(-.3 + .03 * (d$age - 44) + .6 * d$college + effect), "yes", "no")
d$lone <- as.numeric(d$county == "county_31")
write.csv(d, "input_simulated.csv", row.names = FALSE)

d$y <- as.numeric(d$employed == "yes")
formulas <- list("main" = y ~ age * college + state, "one county" = y ~ age + college + lone)
out <- NULL
for (name in names(formulas)) {
  # glm takes its covariance from the weights before its last step: start a second time from where the first ended
  fit <- function(start = NULL) glm(formulas[[name]], binomial, d, epsilon = 1e-14, maxit = 100, start = start)
  m <- fit(coef(fit()))
  b <- coef(m)
  one <- function(variance, V, df) out <<- rbind(out, data.frame(formula = name, variance = variance, term = names(b),
    estimate = b, std_error = sqrt(diag(V)), df = df, loglik = as.numeric(logLik(m))))
  one("model", vcov(m), Inf)
  for (type in c("HC0", "HC1", "HC2", "HC3")) one(type, vcovHC(m, type), Inf)
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3")) {
    if (type == "CR3" && name == "one county") next
    V <- vcovCR(m, d$county, type)
    one(type, V, coef_test(m, V, test = "Satterthwaite")$df_Satt)
  }
}
for (v in c("estimate", "std_error", "df", "loglik")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
packages <- sapply(c("sandwich", "clubSandwich"), function(p) paste(p, packageVersion(p)))
writeLines(c(R.version.string, packages), "session.txt")
