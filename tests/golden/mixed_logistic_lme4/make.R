# Random-intercept logistic regression by lme4::glmer (adaptive Gauss-Hermite quadrature), and the true marginal
# log-likelihood by stats::integrate.
#   Rscript make.R    (in this folder; writes *_simulated.csv, parameters.csv, fits.csv, modes.csv, session.txt)
suppressMessages({library(lme4); library(numDeriv)})
set.seed(20261126)
g15 <- function(x) sprintf("%.15g", x)

# 1. People in counties: 572 in 166, many counties with one person.
size <- c(rep(1, 70), rep(2, 36), rep(3, 20), rep(4, 14), 5 + (0:25) %% 10)
size[166] <- size[166] + 572 - sum(size)
n <- sum(size); stopifnot(n == 572, all(size > 0))
counties <- data.frame(group = sample(rep(seq_len(166), size)), age = round(rnorm(n, 0, 1), 2),
  college = rbinom(n, 1, .4), wage = round(rnorm(n, 0, 1), 2), years = rpois(n, 3), rural = NA)
counties$rural <- rbinom(166, 1, .4)[counties$group]
counties$y <- rbinom(n, 1, plogis(-.6 + .4 * counties$age + .5 * counties$college - .3 * counties$wage +
  .1 * counties$years + .3 * counties$rural + .9 * rnorm(166)[counties$group]))
# 2. Waves in people: 3 waves of 220 people, some waves missed, a large spread.
waves <- expand.grid(wave = 0:2, group = 1:220)
waves$x <- round(rnorm(660), 2); waves$trained <- rbinom(220, 1, .5)[waves$group]
waves$y <- rbinom(660, 1, plogis(.3 + .4 * waves$wave - .8 * waves$x + .7 * waves$trained +
  2.2 * rnorm(220)[waves$group]))
waves <- waves[runif(660) > .12, c("group", "wave", "x", "trained", "y")]
# 3. Groups more alike than chance: the variance is at its boundary.
boundary <- data.frame(group = rep(1:40, each = 6), x = round(rnorm(240), 2))
boundary$y <- as.vector(replicate(40, sample(rep(0:1, 3))))
flip <- runif(240) < .25 * plogis(boundary$x)
boundary$y[flip] <- 1
# 4. A very large spread.
steep <- data.frame(group = rep(1:60, each = 8), x = round(rnorm(480), 2))
steep$y <- rbinom(480, 1, plogis(.5 + 1.2 * steep$x + 5 * rnorm(60)[steep$group]))
data <- list(counties = counties, waves = waves, boundary = boundary, steep = steep)
formulas <- list(counties = y ~ age + college + wage + years + rural + (1 | group),
  waves = y ~ wave + x + trained + (1 | group), boundary = y ~ x + (1 | group), steep = y ~ x + (1 | group))
for (s in names(data)) write.csv(data[[s]], paste0(s, "_simulated.csv"), row.names = FALSE)

# The marginal log-likelihood: each group's integral in four parts about its posterior mode. The log integrand is
# at least as curved as the standard normal's, so 10 to either side leaves out less than exp(-50) of it.
modes_of <- function(eta, sigma, y, g) {
  u <- numeric(max(g))
  for (step in 1:500) {
    p <- plogis(eta + sigma * u[g])
    curve <- 1 + sigma^2 * drop(rowsum(p * (1 - p), g))
    move <- (sigma * drop(rowsum(y - p, g)) - u) / curve
    u <- u + pmax(-.5, pmin(.5, move)); if (max(abs(move)) < 1e-12) break
  }
  list(u = unname(u), s = unname(1 / sqrt(curve)))
}
marginal <- function(par, X, y, g) {
  k <- ncol(X); eta <- drop(X %*% par[1:k]); sigma <- par[k + 1]; at <- modes_of(eta, sigma, y, g)
  rows <- split(seq_along(y), g)
  sum(vapply(seq_along(rows), function(j) {
    i <- rows[[j]]; e <- eta[i]; sgn <- 2 * y[i] - 1
    h <- function(u) colSums(plogis(sgn * (e + sigma * rep(1, length(i)) %o% u), log.p = TRUE)) - u^2 / 2
    top <- h(at$u[j]); cuts <- at$u[j] + c(-10, -3 * at$s[j], 0, 3 * at$s[j], 10)
    top + log(sum(vapply(1:4, function(c) integrate(function(u) exp(h(u) - top), cuts[c], cuts[c + 1],
      rel.tol = 1e-11, subdivisions = 1000)$value, 0))) - log(2 * pi) / 2
  }, 0))
}
# The same by adaptive Gauss-Hermite with 181 points (nodes as eigenvalues, weights by the sum of the squared
# orthonormal polynomials), with its score, for Hessian and profile: `integrate` confirms it at the maximum and at
# the limits.
Q <- 181
z <- eigen(local({ J <- matrix(0, Q, Q); i <- 1:(Q - 1); J[cbind(i, i + 1)] <- J[cbind(i + 1, i)] <- sqrt(i); J }),
  TRUE, only.values = TRUE)$values
logw <- local({ a <- 0 * z; b <- exp(-z^2 / 4); total <- b^2
  for (i in 1:(Q - 1)) { p <- (z * b - sqrt(i - 1) * a) / sqrt(i); a <- b; b <- p; total <- total + b^2 }
  -log(total) })  # with exp(z^2 / 2) in it
quadrature <- function(par, X, y, g) {
  k <- ncol(X); eta <- drop(X %*% par[1:k]); sigma <- par[k + 1]; at <- modes_of(eta, sigma, y, g)
  u <- at$u + at$s %o% z; ur <- u[g, ]; lin <- eta + sigma * ur
  h <- rowsum(plogis((2 * y - 1) * lin, log.p = TRUE), g) - u^2 / 2 + rep(logw, each = nrow(u))
  top <- apply(h, 1, max); share <- exp(h - top); total <- rowSums(share); share <- share / total
  r <- (y - plogis(lin)) * share[g, ]
  list(value = sum(top + log(total * at$s)), score = c(crossprod(X, rowSums(r)), sum(r * ur)))
}
parameters <- list(); fits <- list(); modes <- list()
keep <- function(...) parameters[[length(parameters) + 1]] <<- data.frame(...)
fact <- function(set, quantity, value) fits[[length(fits) + 1]] <<- data.frame(set = set, quantity = quantity, value = value)
for (s in names(data)) {
  d <- data[[s]]; f <- formulas[[s]]
  tight <- glmerControl("bobyqa", optCtrl = list(rhobeg = 1e-3, rhoend = 1e-9, maxfun = 1e5))
  for (q in c(15, 25)) {
    first <- suppressMessages(suppressWarnings(glmer(f, d, binomial, nAGQ = q)))
    m <- suppressMessages(suppressWarnings(glmer(f, d, binomial, nAGQ = q, control = tight,
      start = list(theta = getME(first, "theta"), fixef = fixef(first)))))
    name <- paste0("glmer_", q)
    keep(set = s, by = name, term = c(names(fixef(m)), "sigma"), estimate = c(fixef(m), getME(m, "theta")),
      std_error = c(sqrt(diag(as.matrix(vcov(m)))), NA))
    fact(s, paste0(name, "_loglik"), as.numeric(logLik(m)))
    fact(s, paste0(name, "_singular"), as.numeric(isSingular(m)))
    if (q == 25) {
      r <- as.data.frame(ranef(m, condVar = TRUE))
      modes[[s]] <- data.frame(set = s, group = as.integer(as.character(r$grp)), mode = r$condval, sd = r$condsd)
    }
  }
  X <- getME(m, "X"); y <- d$y; g <- as.integer(factor(d$group)); k <- ncol(X)
  at <- unname(c(fixef(m), getME(m, "theta")))
  score <- function(p) quadrature(p, X, y, g)$score
  plain <- glm(nobars(f), binomial, d, epsilon = 1e-14)
  fact(s, "plain_loglik", as.numeric(logLik(plain)))
  if (at[k + 1] < 1e-4) at <- c(unname(coef(plain)), 0) else {
    for (step in 1:3) at <- at - drop(solve(jacobian(score, at), score(at)))
    H <- jacobian(score, at)
    keep(set = s, by = "integrate", term = c(colnames(X), "sigma"), estimate = at, std_error = sqrt(diag(solve(-H))))
  }
  best <- marginal(at, X, y, g)
  fact(s, "integrate_loglik", best)
  stopifnot(abs(best - quadrature(at, X, y, g)$value) < 1e-7)
  beta <- at[1:k]
  root <- function(sigma) {
    o <- nlminb(beta, function(b) -quadrature(c(b, sigma), X, y, g)$value,
      gradient = function(b) -quadrature(c(b, sigma), X, y, g)$score[1:k], control = list(rel.tol = 1e-14, x.tol = 1e-12))
    last <<- c(o$par, sigma)
    2 * (best + o$objective) - qchisq(.95, 1)
  }
  low <- 0
  if (2 * (best - as.numeric(logLik(plain))) > qchisq(.95, 1)) {
    low <- uniroot(root, c(.02, at[k + 1]), tol = 1e-8)$root; root(low)
    stopifnot(abs(2 * (best - marginal(last, X, y, g)) - qchisq(.95, 1)) < 1e-5)
  }
  high <- uniroot(root, c(at[k + 1] + .01, 3 * at[k + 1] + 1), tol = 1e-8)$root; root(high)
  stopifnot(abs(2 * (best - marginal(last, X, y, g)) - qchisq(.95, 1)) < 1e-5)
  fact(s, "profile_low", low); fact(s, "profile_high", high)
  ci <- tryCatch(suppressMessages(suppressWarnings(confint(m, "theta_", method = "profile"))), error = function(e) NULL)
  if (!is.null(ci)) { fact(s, "lme4_profile_low", ci[1]); fact(s, "lme4_profile_high", ci[2]) }
  cat(s, "done\n")
}
out <- do.call(rbind, parameters); for (v in c("estimate", "std_error")) out[[v]] <- g15(out[[v]])
write.csv(out, "parameters.csv", row.names = FALSE)
out <- do.call(rbind, fits); out$value <- g15(out$value); write.csv(out, "fits.csv", row.names = FALSE)
out <- do.call(rbind, modes); for (v in c("mode", "sd")) out[[v]] <- g15(out[[v]])
write.csv(out, "modes.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("numDeriv", packageVersion("numDeriv"))), "session.txt")
