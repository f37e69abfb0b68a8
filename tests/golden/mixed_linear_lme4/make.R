# Random-intercept linear regression by lme4::lmer, REML and ML, waves in people and a variance at its boundary.
#   Rscript make.R    (in this folder; writes *_simulated.csv, parameters.csv, fits.csv, modes.csv, session.txt)
suppressMessages({library(lme4); library(numDeriv)})
set.seed(20261127)
waves <- expand.grid(wave = 0:2, person = 1:180)
waves$x <- round(rnorm(540), 2); waves$trained <- rbinom(180, 1, .5)[waves$person]
waves$score <- round(30 + 1.5 * waves$wave - 2 * waves$x + 3 * waves$trained + 4 * rnorm(180)[waves$person] +
  rnorm(540, 0, 5), 3)
waves <- waves[runif(540) > .15, c("person", "wave", "x", "trained", "score")]
boundary <- data.frame(person = rep(1:50, each = 4), wave = rep(0:3, 50), x = round(rnorm(200), 2))
noise <- rnorm(200); noise <- noise - ave(noise, boundary$person) * .8
boundary$score <- round(10 + .5 * boundary$wave + boundary$x + 2 * noise, 3)
data <- list(waves = waves, boundary = boundary)
formulas <- list(waves = score ~ wave + x + trained + (1 | person), boundary = score ~ wave + x + (1 | person))
parameters <- list(); fits <- list(); modes <- list()
for (s in names(data)) {
  d <- data[[s]]; write.csv(d, paste0(s, "_simulated.csv"), row.names = FALSE)
  for (reml in c(TRUE, FALSE)) {
    m <- lmer(formulas[[s]], d, REML = reml, control = lmerControl("bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5)))
    by <- if (reml) "REML" else "ML"
    sd_group <- attr(VarCorr(m)[[1]], "stddev"); sd_row <- sigma(m)
    parameters[[paste(s, by)]] <- data.frame(set = s, by = by, term = names(fixef(m)), estimate = fixef(m),
      std_error = sqrt(diag(as.matrix(vcov(m)))))
    # errors of the standard deviations: Hessian of the deviance in (sd of person, sd of row), as lme4's
    # devfun2 profiles it, by Richardson extrapolation
    se <- c(NA, NA); ci <- matrix(NA, 2, 2)
    if (sd_group > 1e-4) {
      X <- getME(m, "X"); y <- getME(m, "y"); Z <- as.matrix(getME(m, "Z"))
      twice <- function(p) {
        V <- p[1]^2 * tcrossprod(Z) + diag(p[2]^2, nrow(X)); R <- chol(V)
        A <- backsolve(R, X, transpose = TRUE); b <- backsolve(R, y, transpose = TRUE)
        q <- qr(A); value <- 2 * sum(log(diag(R))) + sum(qr.resid(q, b)^2) + length(y) * log(2 * pi)
        if (reml) value + 2 * sum(log(abs(diag(qr.R(q))))) - ncol(X) * log(2 * pi) else value
      }
      at <- c(sd_group, sd_row)
      stopifnot(abs(twice(at) + 2 * as.numeric(logLik(m))) < 1e-7)
      se <- sqrt(diag(solve(hessian(twice, at) / 2)))
    }
    if (!reml) ci <- suppressWarnings(confint(m, c(".sig01", ".sigma"), method = "profile", devtol = 1e-6, oldNames = TRUE))
    if (sd_group > 1e-4) {
      r <- as.data.frame(ranef(m, condVar = TRUE))
      modes[[paste(s, by)]] <- data.frame(set = s, by = by, person = as.integer(as.character(r$grp)), mode = r$condval, sd = r$condsd)
    }
    fits[[paste(s, by)]] <- data.frame(set = s, by = by, quantity = c("sd_person", "sd_row", "se_sd_person",
      "se_sd_row", "loglik", "icc", "sd_person_low", "sd_person_high", "sd_row_low", "sd_row_high"),
      value = c(sd_group, sd_row, se, as.numeric(logLik(m)), sd_group^2 / (sd_group^2 + sd_row^2), ci[1, ], ci[2, ]))
  }
}
out <- do.call(rbind, parameters); for (v in c("estimate", "std_error")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "parameters.csv", row.names = FALSE)
out <- do.call(rbind, fits); out$value <- sprintf("%.15g", out$value); write.csv(out, "fits.csv", row.names = FALSE)
out <- do.call(rbind, modes); for (v in c("mode", "sd")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "modes.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("numDeriv", packageVersion("numDeriv"))), "session.txt")
