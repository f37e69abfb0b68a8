# Models with a stratified clustered design, subpopulations and replicate weights, by survey: svyglm for linear and
# logistic; the multinomial by Newton steps on the weighted likelihood, its Taylor errors by svyrecvar on influence
# values and its replicate errors by refits.
#   Rscript make.R    (in this folder; writes input_simulated.csv, replicates_simulated.csv, expected.csv, session.txt)
suppressMessages({library(survey); library(nnet)})
set.seed(20261126)
options(survey.lonely.psu = "fail")

strata <- 6
psus <- c(4, 3, 5, 2, 4, 6)
d <- do.call(rbind, lapply(1:strata, function(h) do.call(rbind, lapply(1:psus[h], function(i) {
  m <- sample(12:30, 1)
  data.frame(stratum = h, psu = i, pop = 3 * psus[h] + h, effect = rnorm(1, 0, .5),
             age = round(rnorm(m, 44, 11)), state = sample(c("NC", "OR", "PA"), m, TRUE),
             veteran = rbinom(m, 1, .25))
}))))
n <- nrow(d)
d$weight <- round(runif(n, .5, 4) * (1 + d$stratum / 4), 3)
d$wage <- round(exp(2.8 + .004 * (d$age - 44) + .08 * (d$state == "PA") + d$effect / 5 + rnorm(n, 0, .25)), 2)
e1 <- .3 + .02 * (d$age - 44) + .5 * (d$state == "PA") + d$effect
e2 <- -.5 - .02 * (d$age - 44) + .4 * d$veteran - d$effect
p <- cbind(1, exp(e1), exp(e2)); u <- runif(n) * rowSums(p)
d$job <- c("not working", "peer", "other")[1 + (u > p[, 1]) + (u > p[, 1] + p[, 2])]
d$employed <- as.integer(d$job != "not working")
# strata 5 and 6 have members in some PSUs only, stratum 2 none
d$inside <- as.integer((d$stratum != 2) & !(d$stratum == 5 & d$psu == 1) & (d$age < 60))
d$effect <- NULL
write.csv(d, "input_simulated.csv", row.names = FALSE)
d <- read.csv("input_simulated.csv")

plain <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
finite <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~pop, data = d, nest = TRUE)
jkn <- as.svrepdesign(plain, type = "JKn")
boot <- as.svrepdesign(plain, type = "subbootstrap", replicates = 60)
w <- weights(boot, "analysis"); write.csv(as.data.frame(unclass(w)), "replicates_simulated.csv", row.names = FALSE)
supplied <- svrepdesign(data = d, weights = ~weight, repweights = w, type = "bootstrap", combined.weights = TRUE)
margin <- data.frame(state = c("NC", "OR", "PA"), Freq = c(700, 500, 650))
margin2 <- data.frame(veteran = 0:1, Freq = c(1350, 500))
raked <- rake(plain, list(~state, ~veteran), list(margin, margin2), control = list(maxit = 200, epsilon = 1e-12, verbose = FALSE))

newton <- function(X, Y, w, B) {
  k <- ncol(X); q <- ncol(B)
  for (step in 1:30) {
    E <- exp(X %*% B); P <- E / (1 + rowSums(E))
    U <- X[, rep(1:k, q)] * (w * (Y - P))[, rep(1:q, each = k)]
    H <- matrix(0, k * q, k * q)
    for (a in 1:q) for (b in 1:q)
      H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
    move <- solve(H, colSums(U)); B <- B + matrix(move, k, q)
    if (max(abs(move)) < 1e-13) break
  }
  list(B = B, H = H, U = U)
}

multi <- function(design, rep = FALSE) {
  dd <- design$variables; use <- (if (rep) weights(design, "sampling") else weights(design)) > 0
  y <- relevel(factor(dd$job), ref = "not working")
  X <- model.matrix(~ age + state, dd); Y <- sapply(levels(y)[-1], function(l) as.numeric(y == l))
  ww <- if (rep) weights(design, "sampling") else weights(design)
  g <- newton(X, Y, ww, matrix(0, ncol(X), 2))
  if (rep) {
    W <- weights(design, "analysis")
    th <- t(apply(W, 2, function(v) as.vector(newton(X, Y, v, g$B)$B)))
    V <- svrVar(th, design$scale, design$rscales, mse = design$mse, coef = as.vector(g$B))
  } else V <- svyrecvar(g$U %*% solve(g$H), design$cluster, design$strata, design$fpc, postStrata = design$postStrata)
  list(outcome = rep(levels(y)[-1], each = ncol(X)), term = rep(colnames(X), 2), estimate = as.vector(g$B),
       se = sqrt(diag(V)), df = degf(design))
}

glmrow <- function(design, f, family) {
  m <- svyglm(f, design, family = family, epsilon = 1e-14, maxit = 100)
  list(outcome = "", term = names(coef(m)), estimate = unname(coef(m)), se = unname(SE(m)), df = m$df.residual)
}

out <- NULL
add <- function(fit, model, r, replicate = FALSE) out <<- rbind(out, data.frame(fit = fit, model = model,
  outcome = r$outcome, term = r$term, estimate = sprintf("%.15g", r$estimate), std_error = sprintf("%.15g", r$se), df = r$df))
designs <- list(strata = plain, fpc = finite, raked = raked, JKn = jkn, supplied = supplied)
for (name in names(designs)) {
  de <- designs[[name]]; rep <- name %in% c("JKn", "supplied")
  add(name, "linear", glmrow(de, log(wage) ~ age + state, gaussian()))
  add(name, "logistic", glmrow(de, employed ~ age + state, quasibinomial()))
  add(name, "multinomial", multi(de, rep))
  sub <- subset(de, inside == 1)
  if (name != "raked") {
    add(paste0(name, ", inside"), "linear", glmrow(sub, log(wage) ~ age + state, gaussian()))
    add(paste0(name, ", inside"), "logistic", glmrow(sub, employed ~ age + state, quasibinomial()))
    if (!rep) {
      # the whole design stays: scores of zero outside
      use <- d$inside == 1
      y <- relevel(factor(d$job), ref = "not working")
      X <- model.matrix(~ age + state, d); Y <- sapply(levels(y)[-1], function(l) as.numeric(y == l))
      g <- newton(X[use, ], Y[use, ], d$weight[use], matrix(0, ncol(X), 2))
      U <- matrix(0, nrow(d), length(g$B)); U[use, ] <- g$U
      V <- svyrecvar(U %*% solve(g$H), de$cluster, de$strata, de$fpc)
      add(paste0(name, ", inside"), "multinomial", list(outcome = rep(levels(y)[-1], each = ncol(X)),
        term = rep(colnames(X), 2), estimate = as.vector(g$B), se = sqrt(diag(V)), df = degf(sub)))
    }
  }
}
# one PSU left in stratum 4, under each rule
single <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d[!(d$stratum == 4 & d$psu == 2), ], nest = TRUE)
for (rule in c("adjust", "average", "certainty")) {
  options(survey.lonely.psu = rule)
  add(paste("lonely", rule), "linear", glmrow(single, log(wage) ~ age + state, gaussian()))
  add(paste("lonely", rule), "logistic", glmrow(single, employed ~ age + state, quasibinomial()))
}
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
