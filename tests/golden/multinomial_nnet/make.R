# Weighted and unweighted multinomial logit by nnet::multinom, polished by Newton steps, and its HC0, HC1, CR0, CR1
# and CR1S errors by their definitions.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
library(nnet)
set.seed(20260711)

n <- 900
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  wage = round(exp(rnorm(n, 2.8, 0.35)), 2),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE, c(.35, .15, .3, .2)),
  veteran = rbinom(n, 1, .2),
  county = sample(sprintf("county_%02d", 1:45), n, TRUE),
  copies = sample(0:4, n, TRUE, c(.05, .5, .25, .15, .05))
)
effect <- rnorm(45, 0, .5)[as.integer(factor(d$county))]
e1 <- .4 + .02 * (d$age - 44) + .5 * (d$state == "PA") + effect
e2 <- -.6 - .03 * (d$age - 44) + .9 * log(d$wage / 16) - .4 * d$veteran
p <- cbind(1, exp(e1), exp(e2))
u <- runif(n) * rowSums(p)
d$job <- c("not employed", "peer", "other")[1 + (u > p[, 1]) + (u > p[, 1] + p[, 2])]
write.csv(d, "input_simulated.csv", row.names = FALSE)

polish <- function(X, Y, w, B) {
  # Newton on the weighted log-likelihood; B is (k, J-1), Y the indicators of the outcomes other than the base
  k <- ncol(X); q <- ncol(B)
  for (step in 1:6) {
    E <- exp(X %*% B); P <- E / (1 + rowSums(E))
    U <- X[, rep(1:k, q)] * (w * (Y - P))[, rep(1:q, each = k)]
    H <- matrix(0, k * q, k * q)
    for (a in 1:q) for (b in 1:q)
      H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
    B <- B + matrix(solve(H, colSums(U)), k, q)
  }
  E <- exp(X %*% B); P <- E / (1 + rowSums(E))
  one <- X[, rep(1:k, q)] * (Y - P)[, rep(1:q, each = k)]
  list(B = B, bread = solve(H), one = one, w = w,
       loglik = sum(w * log(rowSums(cbind(1 - rowSums(Y), Y) * cbind(1 - rowSums(P), P)))))
}

fit <- function(name, w, ref) {
  use <- w > 0
  dd <- d[use, ]; w <- w[use]
  dd$y <- relevel(factor(dd$job), ref = ref)
  f <- y ~ age + log(wage) + state * veteran
  m <- multinom(f, dd, weights = w, maxit = 5000, reltol = 1e-15, abstol = 1e-15, trace = FALSE)
  X <- model.matrix(f, dd)
  Y <- sapply(levels(dd$y)[-1], function(l) as.numeric(dd$y == l))
  g <- polish(X, Y, w, t(coef(m)))
  stopifnot(max(abs(g$B - t(coef(m)))) < 1e-3)
  N <- sum(w); kq <- length(g$B); G <- length(unique(dd$county))
  V0 <- g$bread %*% crossprod(g$one * sqrt(w)) %*% g$bread
  S <- rowsum(g$one * w, dd$county)
  C0 <- g$bread %*% crossprod(S) %*% g$bread
  se <- function(V) sqrt(diag(V))
  data.frame(fit = name, outcome = rep(levels(dd$y)[-1], each = nrow(g$B)), term = rep(rownames(g$B), ncol(g$B)),
    estimate = as.vector(g$B), model = se(g$bread), HC0 = se(V0), HC1 = se(V0 * N / (N - kq)),
    CR0 = se(C0), CR1 = se(C0 * G / (G - 1)), CR1S = se(C0 * G / (G - 1) * (N - 1) / (N - kq)),
    loglik = g$loglik, loglik_null = sum(w * log((tapply(w, dd$y, sum) / N)[as.character(dd$y)])))
}

out <- rbind(fit("unweighted", rep(1, n), "not employed"), fit("frequency", d$copies, "peer"))
for (v in names(out)) if (is.numeric(out[[v]])) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("nnet", packageVersion("nnet"))), "session.txt")
