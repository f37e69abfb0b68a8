# Firth's penalised likelihood of logistic and multinomial logits: glm(method = brglmFit) and brmultinom of brglm2, on
# overlapping and on separated data, unweighted and with copies. Tests and limits by the profile of the penalised
# likelihood are computed by its definition (optim over the other coefficients, uniroot over the one).
#   Rscript make.R    (in this folder; writes *_simulated.csv, expected.csv, session.txt)
suppressMessages({library(brglm2)})
set.seed(20260915)

draw <- function(n) data.frame(
  age = round(rnorm(n, 44, 11)),
  state = sample(c("NC", "OR", "PA"), n, TRUE),
  trained = rbinom(n, 1, .3),
  copies = sample(1:3, n, TRUE)
)
job <- function(d) {
  p <- cbind(1, exp(.3 + .03 * (d$age - 44)), exp(-.4 + .6 * (d$state == "PA") + .8 * d$trained))
  u <- runif(nrow(d)) * rowSums(p)
  c("none", "other", "peer")[1 + (u > p[, 1]) + (u > p[, 1] + p[, 2])]
}
overlap <- draw(90)
overlap$job <- job(overlap)
separated <- draw(70)
separated$job <- job(separated)
# no trained person has another job: quasi-complete separation of two outcomes and of three
separated$job[separated$trained == 1 & separated$job == "other"] <- "peer"
write.csv(overlap, "overlap_simulated.csv", row.names = FALSE)
write.csv(separated, "separated_simulated.csv", row.names = FALSE)

f <- ~ age + state + trained
penalised <- function(B, X, Y, w) {
  # l + log|I| / 2; B is (k, J-1), Y the indicators of the outcomes other than the base; the plain l beside it
  k <- ncol(X); q <- ncol(B)
  eta <- X %*% B; m <- pmax(0, apply(eta, 1, max))
  P <- exp(eta - m) / (exp(-m) + rowSums(exp(eta - m)))
  H <- matrix(0, k * q, k * q)
  for (a in 1:q) for (b in 1:q)
    H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
  l <- sum(w * (rowSums(Y * eta) - m - log(exp(-m) + rowSums(exp(eta - m)))))
  c(l + as.numeric(determinant(H)$modulus) / 2, l)
}

profiles <- function(B, V, X, Y, w) {
  # statistic and limits of each coefficient
  top <- penalised(B, X, Y, w)[1]
  k <- nrow(B); b <- as.vector(B); se <- sqrt(diag(V))
  L <- t(chol(V))
  q <- length(b) - 1
  far <- lapply(1:6, function(i) rnorm(q, 0, 2))  # where else to begin: a restricted fit may have several hills
  one <- function(j) {
    # coordinates z: b + L z with row j of L z held; an orthonormal basis of what leaves coefficient j alone
    basis <- qr.Q(qr(cbind(L[j, ])), complete = TRUE)
    last <- rep(0, q)
    fall <- function(v) {
      z0 <- basis[, 1] * (v - b[j]) / sum(basis[, 1] * L[j, ])
      value <- function(u) {
        beta <- b + as.vector(L %*% (z0 + basis[, -1] %*% u))
        -penalised(matrix(beta, k), X, Y, w)[1]
      }
      tried <- lapply(c(list(last), far), function(u) optim(u, value, method = "BFGS", control = list(maxit = 300)))
      o <- tried[[which.min(sapply(tried, function(t) t$value))]]
      for (again in 1:4) o <- optim(o$par, value, method = "BFGS",
        control = list(reltol = 1e-15, maxit = 1000, ndeps = rep(1e-5, q)))
      last <<- o$par
      2 * (top + o$value)
    }
    root <- function(side) {
      last <<- 0 * last
      uniroot(function(v) fall(v) - qchisq(.95, 1), b[j] + side * se[j] * c(.5, 5), extendInt = "yes", tol = 1e-9)$root
    }
    low <- root(-1); high <- root(1); last <<- 0 * last
    c(fall(0), low, high)
  }
  t(sapply(seq_along(b), one))
}

fit <- function(name, d, levels, w, copies) {
  d <- d[d$job %in% levels, ]; w <- if (copies) d$copies else rep(1, nrow(d))
  d$y <- factor(d$job, levels = levels); d$w <- w
  X <- model.matrix(f, d)
  Y <- sapply(levels[-1], function(l) as.numeric(d$y == l))
  if (length(levels) == 2) {
    m <- glm(update(f, y ~ .), binomial, d, weights = w, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 5000)
    B <- cbind(coef(m)); V <- vcov(m)
  } else {
    m <- brmultinom(update(f, y ~ .), d, weights = w, ref = 1, type = "AS_mean", epsilon = 1e-12, maxit = 5000)
    B <- t(coef(m)); V <- vcov(m)
  }
  stopifnot(max(abs(m$iter)) < 5000)
  tests <- profiles(B, V, X, Y, w)
  l <- penalised(B, X, Y, w)
  data.frame(fit = name, outcome = rep(levels[-1], each = nrow(B)), term = rep(colnames(X), ncol(B)),
    estimate = as.vector(B), std_error = sqrt(diag(V)), lr = tests[, 1], conf_low = tests[, 2], conf_high = tests[, 3],
    loglik = l[2], loglik_penalized = l[1])
}
two <- c("other", "peer"); three <- c("none", "other", "peer")
out <- rbind(
  fit("overlap, two", overlap, two, w, FALSE), fit("overlap, two, copies", overlap, two, w, TRUE),
  fit("overlap, three", overlap, three, w, FALSE), fit("overlap, three, copies", overlap, three, w, TRUE),
  fit("separated, two", separated, two, w, FALSE), fit("separated, two, copies", separated, two, w, TRUE),
  fit("separated, three", separated, three, w, FALSE), fit("separated, three, copies", separated, three, w, TRUE))
for (v in names(out)) if (is.numeric(out[[v]])) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("brglm2", packageVersion("brglm2"))), "session.txt")
