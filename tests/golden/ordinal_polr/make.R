# Proportional odds: MASS::polr to the end of its digits, errors from the analytic observed information (written out
# below, checked against numDeriv), sandwiches of the analytic scores, survey::svyolr under a design.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages({library(MASS); library(survey); library(numDeriv)})
set.seed(20261127)
n <- 600
d <- data.frame(stratum = rep(1:6, each = 100), psu = rep(1:60, each = 10))
d$age <- round(rnorm(n, 44, 11)); d$state <- sample(c("NC", "OR", "PA"), n, TRUE); d$veteran <- rbinom(n, 1, .25)
d$hours <- round(rnorm(n, 0, .3), 2); d$weight <- round(runif(n, .4, 3), 3); d$copies <- sample(1:4, n, TRUE)
eta <- .03 * (d$age - 44) + .6 * (d$state == "PA") - .5 * d$veteran + d$hours + rnorm(60, 0, .5)[d$psu]
d$satisfaction <- c("very low", "low", "mid", "high", "very high")[findInterval(eta + rlogis(n), c(-2.2, -.8, .7, 2.4)) + 1]
write.csv(d, "input_simulated.csv", row.names = FALSE)
d <- read.csv("input_simulated.csv")
d$y <- factor(d$satisfaction, c("very low", "low", "mid", "high", "very high"), ordered = TRUE)

F <- plogis; f <- dlogis; g <- function(z) ifelse(is.infinite(z), 0, dlogis(z) * (1 - 2 * plogis(z)))
f <- function(z) ifelse(is.infinite(z), 0, dlogis(z))
ends <- function(th, X, y, off) {
  k <- ncol(X); cuts <- c(-Inf, th[-(1:k)], Inf); e <- drop(X %*% th[1:k]) + off
  list(u = cuts[y + 1] - e, l = cuts[y] - e)
}
loglik <- function(th, X, y, w, off) { z <- ends(th, X, y, off); sum(w * log(F(z$u) - F(z$l))) }
pieces <- function(th, X, y, off) {          # derivatives of u and l by the parameters
  k <- ncol(X); q <- length(th) - k
  Du <- cbind(-X, outer(y, 1:q, "==") * 1); Dl <- cbind(-X, outer(y - 1, 1:q, "==") * 1)
  z <- ends(th, X, y, off); p <- F(z$u) - F(z$l)
  list(Du = Du, Dl = Dl, p = p, fu = f(z$u), fl = f(z$l), gu = g(z$u), gl = g(z$l))
}
scores <- function(th, X, y, off) { a <- pieces(th, X, y, off); (a$Du * a$fu - a$Dl * a$fl) / a$p }
information <- function(th, X, y, w, off) {
  a <- pieces(th, X, y, off); S <- (a$Du * a$fu - a$Dl * a$fl) / a$p
  crossprod(S, w * S) - crossprod(a$Du, w * a$gu / a$p * a$Du) + crossprod(a$Dl, w * a$gl / a$p * a$Dl)
}

out <- NULL
add <- function(fit, term, estimate, se, loglik = NA) out <<- rbind(out, data.frame(fit = fit, term = term,
  estimate = sprintf("%.15g", estimate), std_error = sprintf("%.15g", se), loglik = sprintf("%.15g", loglik)))
fit <- function(name, formula, data, w = rep(1, nrow(data)), off = rep(0, nrow(data)), sandwich = TRUE) {
  data$w <- w; data$off <- off
  m <- polr(update(formula, . ~ . + offset(off)), data, weights = w, method = "logistic", Hess = TRUE, control = list(reltol = 1e-16, maxit = 5000))
  th <- c(coef(m), m$zeta); X <- model.matrix(formula, data)[, -1, drop = FALSE]; y <- as.integer(model.response(model.frame(formula, data)))
  # BFGS leaves the last digits: Newton steps on the same likelihood
  for (i in 1:5) th <- th + solve(information(th, X, y, w, off), colSums(w * scores(th, X, y, off)))
  stopifnot(max(abs(th - c(coef(m), m$zeta))) < 1e-5)
  I <- information(th, X, y, w, off)
  stopifnot(max(abs(I + hessian(loglik, th, X = X, y = y, w = w, off = off))) < 1e-4 * max(abs(I)))
  stopifnot(max(abs(unname(sqrt(diag(vcov(m)))) / unname(sqrt(diag(solve(I)))) - 1)) < 1e-3)
  B <- solve(I); S <- scores(th, X, y, off); N <- nrow(data)
  add(name, names(th), th, sqrt(diag(B)), loglik(th, X, y, w, off))
  if (sandwich) {
    U <- w * S
    add(paste0(name, " HC0"), names(th), th, sqrt(diag(B %*% crossprod(U) %*% B)))
    G <- rowsum(U, data$psu)
    add(paste0(name, " CR1"), names(th), th, sqrt(diag(B %*% crossprod(G) %*% B) * nrow(G) / (nrow(G) - 1)))
  }
}
fit("plain", y ~ age + state + veteran, d)
fit("interaction", y ~ age * state + veteran, d, sandwich = FALSE)
fit("offset", y ~ age + state + veteran, d, off = d$hours)
fit("copies", y ~ age + state + veteran, d, w = d$copies, sandwich = FALSE)
fit("weighted", y ~ age + state + veteran, d, w = d$weight)
d3 <- d; d3$y <- factor(c("low", "low", "mid", "high", "high")[as.integer(d$y)], c("low", "mid", "high"), ordered = TRUE)
fit("three levels", y ~ age + state + veteran, d3, sandwich = FALSE)

design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d)
s <- svyolr(y ~ age + state + veteran, design, control = list(reltol = 1e-16, maxit = 5000))
add("svyolr", names(coef(s)), coef(s), SE(s))
# the same with the analytic information: svyrecvar on influence values
X <- model.matrix(~ age + state + veteran, d)[, -1]; y <- as.integer(d$y); th <- coef(s); off <- rep(0, n)
for (i in 1:5) th <- th + solve(information(th, X, y, d$weight, off), colSums(d$weight * scores(th, X, y, off)))
V <- svyrecvar((d$weight * scores(th, X, y, off)) %*% solve(information(th, X, y, d$weight, off)),
               design$cluster, design$strata, design$fpc)
add("design", names(coef(s)), th, sqrt(diag(V)))
write.csv(out, "expected.csv", row.names = FALSE)
v <- function(p) paste(p, as.character(packageVersion(p)))
writeLines(c(R.version.string, v("MASS"), v("survey"), v("numDeriv")), "session.txt")
