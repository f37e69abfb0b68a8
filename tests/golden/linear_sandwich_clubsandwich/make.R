# Linear regression: model and HC errors by lm and sandwich::vcovHC, clustered errors with Satterthwaite degrees of
# freedom by clubSandwich::vcovCR and coef_test. Three kinds of weights:
#   unweighted
#   precision   lm weights; clubSandwich with inverse_var = TRUE, the target variance is 1 / weight
#   sampling    lm weights; clubSandwich's default, the target variance is constant
# "one county" has a dummy of one county, whose I - H is singular: CR2 takes its Moore-Penrose root, CR3 does not exist.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, expected_fit.csv, session.txt)
suppressMessages({library(sandwich); library(clubSandwich)})
set.seed(20261126)

sizes <- c(rep(1, 6), rep(2, 4), 3, 4, 5, 6, rep(8, 8), rep(12, 8), rep(16, 6), 24, 24, 30, 34)
county <- sample(rep(sprintf("county_%02d", seq_along(sizes)), sizes))
n <- length(county)
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  college = rbinom(n, 1, .4),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE, c(.4, .3, .2, .1)),
  county = county,
  weight = round(exp(rnorm(n, 0, .6)), 4)
)
effect <- rnorm(length(sizes), 0, 1.5)[as.integer(factor(d$county))]
d$wage <- round(17 + .08 * (d$age - 44) + 2 * d$college + .05 * d$college * (d$age - 44) +
  1.2 * (d$state == "TX") + effect + rnorm(n) * (2 + .05 * d$age), 2)
d$lone <- as.numeric(d$county == "county_31")
write.csv(d, "input_simulated.csv", row.names = FALSE)

formulas <- list("main" = wage ~ age * college + state, "one county" = wage ~ age + college + lone)
out <- NULL; fits <- NULL
one <- function(V, df) data.frame(term = names(b), estimate = b, std_error = sqrt(diag(V)), df = df)
for (name in names(formulas)) for (kind in c("unweighted", "precision", "sampling")) {
  m <- if (kind == "unweighted") lm(formulas[[name]], d) else lm(formulas[[name]], d, weights = weight)
  b <- coef(m)
  add <- function(variance, table) out <<- rbind(out, cbind(formula = name, weights = kind, variance = variance, table))
  if (kind != "sampling") {
    add("model", one(vcov(m), df.residual(m)))
    for (type in c("HC0", "HC1", "HC2", "HC3")) add(type, one(vcovHC(m, type), df.residual(m)))
    s <- summary(m)
    fits <- rbind(fits, data.frame(formula = name, weights = kind, n = nobs(m), r_squared = s$r.squared,
      adj_r_squared = s$adj.r.squared, sigma = s$sigma, df_residual = df.residual(m), loglik = as.numeric(logLik(m)),
      aic = AIC(m), bic = BIC(m)))
  }
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3")) {
    if (type == "CR3" && name == "one county") next
    V <- if (kind == "precision") vcovCR(m, d$county, type, inverse_var = TRUE) else vcovCR(m, d$county, type)
    add(type, one(V, coef_test(m, V, test = "Satterthwaite")$df_Satt))
  }
}
for (v in c("estimate", "std_error", "df")) out[[v]] <- sprintf("%.15g", out[[v]])
for (v in c("r_squared", "adj_r_squared", "sigma", "loglik", "aic", "bic")) fits[[v]] <- sprintf("%.15g", fits[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
write.csv(fits, "expected_fit.csv", row.names = FALSE)
packages <- sapply(c("sandwich", "clubSandwich"), function(p) paste(p, packageVersion(p)))
writeLines(c(R.version.string, packages), "session.txt")
