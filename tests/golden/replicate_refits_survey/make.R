# A multinomial logit, a logistic and a linear model refitted under the replicate weights of survey's
# as.svrepdesign (JK1 and JKn, clusters dropped), their variances by withReplicates and svyglm, and the degrees of
# freedom (rank of the weights less 1) of these and other designs.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, degrees_of_freedom.csv,
#   weights_BRR.csv, session.txt)
suppressMessages(library(survey))
set.seed(20260716)

G <- 14
psus <- data.frame(stratum = rep(c("north", "south", "west"), c(5, 4, 5)), psu = 1:G)
d <- psus[rep(1:G, sample(18:30, G, TRUE)), ]
n <- nrow(d)
d$weight <- round(exp(rnorm(n, 0, .5)), 4)
d$age <- round(rnorm(n, 42, 11))
d$urban <- rbinom(n, 1, .4)
shift <- rnorm(G, 0, .3)
eta <- cbind(0, .3 + .02 * (d$age - 42) + shift[d$psu], -.2 + .5 * d$urban - shift[d$psu])
d$job <- apply(exp(eta), 1, function(e) sample(0:2, 1, prob = e))
d$wage <- round(17 + .05 * d$age + 2 * shift[d$psu] + rnorm(n, 0, 3), 2)
write.csv(d, "input_simulated.csv", row.names = FALSE)

X <- model.matrix(~ age + urban, d)
newton <- function(w, y) {  # the weighted multinomial maximum, first category 0, outcomes slowest
  q <- max(y); k <- ncol(X); B <- matrix(0, k, q); Y <- outer(y, 1:q, "==") * 1
  for (step in 1:25) {
    E <- exp(X %*% B); P <- E / (1 + rowSums(E))
    U <- X[, rep(1:k, q)] * (w * (Y - P))[, rep(1:q, each = k)]
    H <- matrix(0, k * q, k * q)
    for (a in 1:q) for (b in 1:q)
      H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
    B <- B + matrix(solve(H, colSums(U)), k, q)
  }
  as.vector(B)
}
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
plain <- svydesign(ids = ~psu, weights = ~weight, data = d)
designs <- list(JK1 = as.svrepdesign(plain, type = "JK1"), JKn = as.svrepdesign(design, type = "JKn"))
out <- NULL
keep <- function(kind, model, estimate, V) {
  out <<- rbind(out, data.frame(kind = kind, model = model, i = seq_along(estimate), estimate = sprintf("%.15g", estimate),
                                variance = sprintf("%.15g", diag(V)), with_first = sprintf("%.15g", V[1, ])))
}
for (kind in names(designs)) {
  r <- designs[[kind]]
  m <- withReplicates(r, function(w, data) newton(w, d$job))
  keep(kind, "multinomial", as.vector(coef(m)), vcov(m))
  r <- update(r, peer = as.numeric(job == 2))
  m <- svyglm(peer ~ age + urban, r, family = quasibinomial(), epsilon = 1e-14, maxit = 100)
  keep(kind, "logistic", coef(m), vcov(m))
  m <- svyglm(wage ~ age + urban, r)
  keep(kind, "linear", coef(m), vcov(m))
}
write.csv(out, "expected.csv", row.names = FALSE)

half <- svydesign(ids = ~psu, strata = ~pair, weights = ~weight, data = transform(d[d$psu <= 12, ], pair = (psu + 1) %/% 2))
reps <- c(designs, list(
  subbootstrap_50 = as.svrepdesign(design, type = "subbootstrap", replicates = 50),
  subbootstrap_6 = as.svrepdesign(design, type = "subbootstrap", replicates = 6),
  BRR = as.svrepdesign(half, type = "BRR"), Fay = as.svrepdesign(half, type = "Fay", fay.rho = .3)))
write.csv(weights(reps$BRR, type = "analysis"), "weights_BRR.csv", row.names = FALSE)
degf_of <- function(r) { r$degf <- NULL; degf(r) }
write.csv(data.frame(kind = names(reps), df = sapply(reps, degf_of)), "degrees_of_freedom.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
