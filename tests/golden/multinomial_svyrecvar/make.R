# Multinomial logit with sampling weights: the weighted maximum by Newton steps from nnet::multinom, its
# Taylor-linearised errors by survey::svyrecvar on the influence values, with and without clusters.
#   Rscript make.R    (in this folder; reads ../multinomial_nnet/input_simulated.csv; writes input_simulated.csv,
#   expected.csv, session.txt)
suppressMessages({library(nnet); library(survey)})
set.seed(20260713)
d <- read.csv("../multinomial_nnet/input_simulated.csv")[c("age", "wage", "state", "county", "job")]
d$weight <- round(exp(rnorm(nrow(d), 0, .5)), 4)
write.csv(d, "input_simulated.csv", row.names = FALSE)

d$y <- relevel(factor(d$job), ref = "other")
f <- y ~ age + log(wage) + state
w <- d$weight
m <- multinom(f, d, weights = w, maxit = 5000, reltol = 1e-15, abstol = 1e-15, trace = FALSE)
X <- model.matrix(f, d); B <- t(coef(m)); k <- nrow(B); q <- ncol(B)
Y <- sapply(levels(d$y)[-1], function(l) as.numeric(d$y == l))
for (step in 1:6) {
  E <- exp(X %*% B); P <- E / (1 + rowSums(E))
  U <- X[, rep(1:k, q)] * (w * (Y - P))[, rep(1:q, each = k)]
  H <- matrix(0, k * q, k * q)
  for (a in 1:q) for (b in 1:q)
    H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
  B <- B + matrix(solve(H, colSums(U)), k, q)
}
influence <- U %*% solve(H)
se <- function(ids) {
  design <- svydesign(ids = ids, weights = ~weight, data = d)
  sqrt(diag(svyrecvar(influence, design$cluster, design$strata, design$fpc)))
}
out <- data.frame(outcome = rep(colnames(Y), each = k), term = rep(rownames(B), q), estimate = as.vector(B),
                  linearized = se(~1), counties = se(~county))
for (v in c("estimate", "linearized", "counties")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("nnet", packageVersion("nnet")), paste("survey", packageVersion("survey"))), "session.txt")
