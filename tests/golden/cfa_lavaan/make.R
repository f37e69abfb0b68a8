# Confirmatory factor models by lavaan: three factors and one, normal-theory maximum likelihood with divisor n, the
# Satorra-Bentler test beside it, frequency weights as repeated rows, and sampling weights as lavaan.survey does them:
# weighted moments and their covariance by linearisation, handed to lavaan as NACOV.
# lavaan's own limits of RMSEA stop at about 1e-6, so they are solved again here; a Heywood case is factanal's.
#   Rscript make.R    (in this folder; writes input_simulated.csv, parameters.csv, fit.csv, heywood_simulated.csv,
#   session.txt)
suppressMessages(library(lavaan))
set.seed(20261101)

n <- 420
loading <- c(.82, .78, .85, .70, .66, .75, .80, .62, .71, .58, .64, .70, .55, .76, .60, .68)
on <- c(1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3)
Phi <- matrix(c(1, .55, -.3, .55, 1, -.4, -.3, -.4, 1), 3)
eta <- matrix(rnorm(3 * n), n) %*% chol(Phi)
latent <- sapply(1:16, function(j) loading[j] * eta[, on[j]] + sqrt(1 - loading[j]^2) * rnorm(n))
latent[, 2] <- latent[, 2] + .35 * rnorm(n)
cuts <- list(c(-.9, -.2, .3, .8, 1.3, 1.8), c(-.2, .4, .8, 1.2, 1.6, 2.1), c(-2.2, -1.6, -1.1, -.7, -.2, .5))
d <- as.data.frame(sapply(1:16, function(j) findInterval(latent[, j], cuts[[on[j]]])))
names(d) <- paste0("q", 1:16)
d$copies <- sample(0:3, n, TRUE, c(.1, .5, .3, .1))
d$weight <- round(exp(rnorm(n, 0, .5)), 4)
write.csv(d, "input_simulated.csv", row.names = FALSE)

q <- names(d)[1:16]
three <- paste("exhaustion =~ ", paste(q[1:5], collapse = " + "), "\n cynicism =~ ", paste(q[6:10], collapse = " + "),
               "\n efficacy =~ ", paste(q[11:16], collapse = " + "))
one <- paste("exhaustion =~ ", paste(q[1:5], collapse = " + "))
all16 <- paste("general =~ ", paste(q, collapse = " + "))
# lavaan's search stops at about 1e-6: scoring steps with its own information and gradient finish it
fit <- function(model, ..., sample.nobs = NULL, data = NULL) {
  run <- function(...) cfa(model, ..., data = data, sample.nobs = sample.nobs, std.lv = TRUE)
  f <- run(...)
  for (step in 1:20) {
    free <- partable(f)$free
    move <- as.vector(solve(lavTech(f, "information.expected"), lavTech(f, "gradient.logl")))
    table <- partable(f)
    table$est[free > 0] <- table$est[free > 0] + move[free[free > 0]]
    f <- suppressWarnings(run(..., start = table, optim.method = "none", optim.force.converged = TRUE))
  }
  stopifnot(max(abs(move)) < 1e-9)
  f
}
go <- function(model, ...) fit(model, likelihood = "normal", ...)

weighted <- function(x, w) {
  # linearised: normalised weights, moments with divisor sum(w), NACOV from their influence values
  w <- w * nrow(x) / sum(w)
  m <- colSums(w * x) / sum(w); z <- sweep(as.matrix(x), 2, m)
  S <- crossprod(z * sqrt(w)) / sum(w)
  low <- lower.tri(S, TRUE)
  dev <- t(apply(z, 1, function(r) tcrossprod(r)[low] - S[low]))
  cross <- cbind(z, dev) * w
  list(S = S, m = m, G = crossprod(cross) / nrow(x))
}

measures <- c("chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper",
              "rmsea.pvalue", "srmr_bentler", "logl", "aic", "bic", "npar")
scaled <- c("chisq.scaled", "pvalue.scaled", "chisq.scaling.factor", "baseline.chisq.scaled", "baseline.chisq.scaling.factor",
            "cfi.scaled", "tli.scaled", "rmsea.scaled", "cfi.robust", "tli.robust", "rmsea.robust", "rmsea.ci.lower.robust", "rmsea.ci.upper.robust")
limits <- function(t, df, n) {
  one <- function(tail) if (pchisq(t, df) < tail) 0 else
    sqrt(uniroot(function(l) pchisq(t, df, l) - tail, c(0, 10 * t + 100), tol = 1e-13)$root / (n * df))
  c(one(.95), one(.05))
}
rows <- list(); fits <- list()
add <- function(name, ml, mlm) {
  p <- parameterEstimates(ml); s <- standardizedSolution(ml); r <- parameterEstimates(mlm); rs <- standardizedSolution(mlm)
  keep <- p$op %in% c("=~", "~~")
  at <- function(t) match(paste(p$lhs, p$op, p$rhs), paste(t$lhs, t$op, t$rhs))
  rows[[name]] <<- data.frame(fit = name, lhs = p$lhs, op = p$op, rhs = p$rhs, estimate = p$est, std_error = p$se,
    robust_std_error = r$se[at(r)], standardised = s$est.std[at(s)], standardised_std_error = s$se[at(s)],
    standardised_robust_std_error = rs$se[at(rs)])[keep, ]
  a <- fitMeasures(ml); b <- fitMeasures(mlm)
  own <- limits(a["chisq"], a["df"], a["ntotal"])
  stopifnot(max(abs(own - a[c("rmsea.ci.lower", "rmsea.ci.upper")])) < 1e-5)
  a[c("rmsea.ci.lower", "rmsea.ci.upper")] <- own
  own <- limits(b["chisq.scaled"], a["df"], a["ntotal"]) * sqrt(b["chisq.scaling.factor"])
  stopifnot(max(abs(own - b[c("rmsea.ci.lower.robust", "rmsea.ci.upper.robust")])) < 1e-5)
  b[c("rmsea.ci.lower.robust", "rmsea.ci.upper.robust")] <- own
  fits[[name]] <<- data.frame(fit = name, measure = c(measures, scaled), value = as.numeric(c(a[measures], b[scaled])))
}
add("three factors", go(three, data = d), fit(three, data = d, estimator = "MLM"))
add("one factor", go(one, data = d), fit(one, data = d, estimator = "MLM"))
add("general factor", go(all16, data = d), fit(all16, data = d, estimator = "MLM"))
dd <- d[rep(1:n, d$copies), ]
add("frequency", go(three, data = dd), fit(three, data = dd, estimator = "MLM"))
W <- weighted(d[q], d$weight)
dimnames(W$S) <- list(q, q); names(W$m) <- q
add("sampling", go(three, sample.cov = W$S, sample.nobs = n, sample.cov.rescale = FALSE),
    fit(three, sample.cov = W$S, sample.mean = W$m, sample.nobs = n, NACOV = W$G, estimator = "MLM",
        sample.cov.rescale = FALSE))
p <- do.call(rbind, rows); f <- do.call(rbind, fits)
for (v in names(p)) if (is.numeric(p[[v]])) p[[v]] <- sprintf("%.15g", p[[v]])
f$value <- sprintf("%.15g", f$value)
write.csv(p, "parameters.csv", row.names = FALSE)
write.csv(f, "fit.csv", row.names = FALSE)
set.seed(20261103)
g <- rnorm(120)
h <- as.data.frame(cbind(a = g + .05 * rnorm(120), b = g + rnorm(120), c = g + 1.5 * rnorm(120), d = .5 * g + rnorm(120)))
h$b <- h$b + .8 * (h$a - g) * 10; h$c <- h$c - .4 * (h$a - g) * 10
fa <- factanal(h, 1, control = list(opt = list(factr = 1, pgtol = 0, maxit = 10000), nstart = 5))
h$uniqueness <- c(sprintf("%.15g", fa$uniquenesses), rep("", 116))
h$loading <- c(sprintf("%.15g", abs(fa$loadings[, 1])), rep("", 116))
write.csv(h, "heywood_simulated.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("lavaan", packageVersion("lavaan"))), "session.txt")
