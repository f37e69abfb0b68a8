# Tests of models by R: regTermTest (Wald, LRT), AIC and BIC of svyglm on a stratified clustered design and on clusters
# alone; likelihood ratio and Rao's test of glm; likelihood ratio and Wald of nnet::multinom; Wald of a weighted
# multinomial whose Taylor covariance is svyrecvar's on influence values.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages({library(survey); library(nnet); library(lme4)})
set.seed(20261127)
strata <- 5
d <- do.call(rbind, lapply(1:strata, function(h) do.call(rbind, lapply(1:5, function(i) {
  m <- sample(10:24, 1)
  data.frame(stratum = h, psu = i, effect = rnorm(1, 0, .5), age = round(rnorm(m, 44, 11)),
             state = sample(c("NC", "OR", "PA"), m, TRUE), veteran = rbinom(m, 1, .3))
}))))
n <- nrow(d)
d$weight <- round(runif(n, .5, 4) * (1 + d$stratum / 4), 3)
d$wage <- round(exp(2.8 + .004 * (d$age - 44) + .1 * (d$state == "PA") + d$effect / 5 + rnorm(n, 0, .25)), 2)
e1 <- .3 + .02 * (d$age - 44) + .5 * (d$state == "PA") + d$effect
e2 <- -.2 - .02 * (d$age - 44) + .4 * d$veteran - d$effect
p <- cbind(1, exp(e1), exp(e2)); u <- runif(n) * rowSums(p)
d$job <- c("none", "other", "peer")[1 + (u > p[, 1]) + (u > p[, 1] + p[, 2])]
d$employed <- as.integer(d$job != "none")
d$unit <- 10 * d$stratum + d$psu
d$effect <- NULL
write.csv(d, "input_simulated.csv", row.names = FALSE)
d <- read.csv("input_simulated.csv")

out <- NULL
add <- function(fit, what, statistic, df, ddf, p) out <<- rbind(out, data.frame(fit = fit, what = what,
  statistic = sprintf("%.15g", statistic), df = df, ddf = ddf, p = sprintf("%.15g", p)))
terms <- list(state = ~state, veteran = ~veteran, age = ~age, "age + state" = ~age + state)
designs <- list(strata = svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE),
                weights = svydesign(ids = ~1, weights = ~weight, data = d))
designs$JKn <- as.svrepdesign(designs$strata, type = "JKn")
for (name in names(designs)) {
  full <- svyglm(employed ~ age + state + veteran, designs[[name]], family = quasibinomial(), epsilon = 1e-14, maxit = 100)
  wage <- svyglm(log(wage) ~ age + state + veteran, designs[[name]])
  for (t in names(terms)) {
    for (m in c("logistic", "linear")) {
      fit <- if (m == "logistic") full else wage
      r <- regTermTest(fit, terms[[t]])
      add(paste(name, m), paste("wald", t), r$Ftest, r$df, r$ddf, r$p)
      for (a in c("saddlepoint", "satterthwaite")) {
        r <- regTermTest(fit, terms[[t]], method = "LRT", lrt.approximation = a)
        # of a linear model the statistic is in squares of the outcome: over the weighted residual variance
        scale <- if (m == "logistic") 1 else sum(fit$prior.weights * resid(fit, "response")^2) / (n - length(coef(fit)))
        add(paste(name, m), paste(a, t), r$chisq / scale, r$df, r$ddf, r$p)
      }
      add(paste(name, m), paste("deff", t), mean(r$lambda) / scale, r$df, r$ddf, NA)
    }
  }
  small <- svyglm(employed ~ age, designs[[name]], family = quasibinomial(), epsilon = 1e-14, maxit = 100)
  for (f in list(small, full)) {
    a <- AIC(f); k <- length(coef(f))
    add(paste(name, "logistic"), paste("daic", k), a[["AIC"]], NA, NA, NA)
    add(paste(name, "logistic"), paste("eff", k), a[["eff.p"]], NA, NA, NA)
    if (name != "JKn") {
      b <- survey:::dBIC(f, full)
      add(paste(name, "logistic"), paste("dbic", k), b[["BIC"]], NA, NA, NA)
    }
  }
}
# frequencies of nothing: model-based
full <- glm(employed ~ age + state + veteran, binomial, d, epsilon = 1e-14)
for (t in c("state", "veteran")) {
  less <- update(full, as.formula(paste(". ~ . -", t)))
  for (k in c("LRT", "Rao")) {
    a <- anova(less, full, test = k)
    add("plain logistic", paste(k, t), if (k == "LRT") a$Deviance[2] else a$Rao[2], a$Df[2], Inf, a[["Pr(>Chi)"]][2])
  }
}
wage <- lm(log(wage) ~ age + state + veteran, d)
a <- anova(update(wage, . ~ . - state), wage)
add("plain linear", "wald state", a$F[2], a$Df[2], a$Res.Df[2], a[["Pr(>F)"]][2])
d$y <- relevel(factor(d$job), ref = "none")
big <- multinom(y ~ age + state + veteran, d, trace = FALSE, reltol = 1e-15, maxit = 1000)
less <- multinom(y ~ age + veteran, d, trace = FALSE, reltol = 1e-15, maxit = 1000)
a <- anova(less, big)
add("plain multinomial", "LRT state", a[["LR stat."]][2], a[["   Df"]][2], Inf, a[["Pr(Chi)"]][2])
# other and peer merged: log-likelihood of two outcomes, and of the shares within them
two <- glm(I(y == "none") ~ age + state + veteran, binomial, d, epsilon = 1e-14)
count <- table(d$job)[c("other", "peer")]
l0 <- as.numeric(logLik(two)) + sum(count * log(count / sum(count)))
s <- 2 * (as.numeric(logLik(big)) - l0)
add("plain multinomial", "LRT other = peer", s, 4, Inf, pchisq(s, 4, lower.tail = FALSE))
mixed <- lmer(log(wage) ~ age + state + veteran + (1 | unit), d, REML = FALSE)
a <- anova(update(mixed, . ~ . - state), mixed)
add("mixed linear", "LRT state", a$Chisq[2], a$Df[2], Inf, a[["Pr(>Chisq)"]][2])

# weighted multinomial with the Taylor covariance
X <- model.matrix(~ age + state + veteran, d); k <- ncol(X); w <- d$weight
Y <- sapply(levels(d$y)[-1], function(l) as.numeric(d$y == l)); B <- matrix(0, k, 2)
for (step in 1:40) {
  E <- exp(X %*% B); P <- E / (1 + rowSums(E))
  U <- X[, rep(1:k, 2)] * (w * (Y - P))[, rep(1:2, each = k)]
  H <- matrix(0, 2 * k, 2 * k)
  for (a in 1:2) for (b in 1:2)
    H[(a - 1) * k + 1:k, (b - 1) * k + 1:k] <- crossprod(X, X * (w * P[, a] * ((a == b) - P[, b])))
  move <- solve(H, colSums(U)); B <- B + matrix(move, k, 2)
  if (max(abs(move)) < 1e-13) break
}
de <- designs$strata
V <- svyrecvar(U %*% solve(H), de$cluster, de$strata, de$fpc)
wald <- function(what, C) {
  b <- C %*% as.vector(B); q <- nrow(C); ddf <- degf(de)
  W <- as.numeric(t(b) %*% solve(C %*% V %*% t(C), b))
  add("strata multinomial", paste("wald", what), W / q, q, ddf, pf(W / q, q, ddf, lower.tail = FALSE))
  f <- W * (ddf - q + 1) / (ddf * q)   # Stata's svy: test
  add("strata multinomial", paste("adjusted", what), f, q, ddf - q + 1, pf(f, q, ddf - q + 1, lower.tail = FALSE))
}
I2 <- diag(2 * k)
wald("state", I2[c(3, 4, k + 3, k + 4), ])
wald("other = peer", I2[2:k, ] - I2[k + 2:k, ])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, sapply(c("survey", "nnet", "lme4"), function(p) paste(p, packageVersion(p)))), "session.txt")
