# Diagnostics of linear, logistic and multinomial fits: stats (influence), survey (residuals by group, psrsq,
# linktest refit), nnet, and the formulas of Hosmer-Lemeshow, Fagerland-Hosmer-Bofin, Archer-Lemeshow,
# Fox-Monette and DeLong written out. Run in this folder: Rscript make.R
suppressMessages({library(survey); library(nnet)})
set.seed(20261126)
n <- 240
d <- data.frame(age = round(rnorm(n, 45, 10), 2), state = sample(c("NC", "OR", "PA"), n, TRUE),
                county = rep(1:30, each = 8), weight = round(runif(n, 0.5, 3), 3))
d$stratum <- ifelse(d$county <= 15, "a", "b")
d$years <- round(pmax(0, d$age - 20 + rnorm(n, 0, 6)) / 3, 2)
d$peer <- rbinom(n, 1, plogis(-2 + 0.04 * d$age + 0.5 * (d$state == "PA") + rnorm(30, 0, 0.5)[d$county]))
eta <- cbind(0, -1 + 0.02 * d$age, 0.5 - 0.01 * d$age + 0.6 * (d$state == "OR"))
d$job <- apply(exp(eta) / rowSums(exp(eta)), 1, function(p) sample(c("none", "other", "peer"), 1, prob = p))
d$wage <- round(exp(2.5 + 0.01 * d$age + 0.02 * d$years + rnorm(n, 0, 0.2 + 0.004 * d$age)), 2)
write.csv(d, "input_simulated.csv", row.names = FALSE)
d <- read.csv("input_simulated.csv"); d$state <- factor(d$state)

out <- list()
put <- function(name, values) out[[length(out) + 1]] <<- data.frame(
  name = name, i = seq_along(values) - 1, value = sprintf("%.15g", as.numeric(values)))

groups <- function(p, w, g) {           # a cut is the smallest p at which the weight reaches k / g
  o <- order(p); reached <- cumsum(w[o]); cuts <- (1:(g - 1)) / g * sum(w) * (1 - 1e-12)
  at <- unique(p[o][sapply(cuts, function(x) which(reached >= x)[1])])
  as.integer(factor(findInterval(p, at, left.open = TRUE)))
}
hl <- function(P, y, w, g) {            # P: one column an outcome, y from 1
  k <- groups(1 - P[, 1], w, g); G <- max(k); x <- 0
  for (j in seq_len(ncol(P))) for (a in seq_len(G)) {
    O <- sum(w[k == a & y == j]); E <- sum((w * P[, j])[k == a]); x <- x + (O - E)^2 / E }
  df <- (G - 2) * (ncol(P) - 1)
  c(x, df, pchisq(x, df, lower.tail = FALSE))
}
one <- rep(1, n)
m <- glm(peer ~ age + state + years, binomial, d, epsilon = 1e-14, maxit = 50)
p <- fitted(m)
put("hosmer_lemeshow", hl(cbind(1 - p, p), d$peer + 1, one, 10))
put("hosmer_lemeshow_5", hl(cbind(1 - p, p), d$peer + 1, one, 5))
mn <- multinom(job ~ age + state, d, trace = FALSE, reltol = 1e-15, abstol = 1e-12, maxit = 2000)
put("fagerland", hl(fitted(mn), as.integer(factor(d$job)), one, 10))

al <- function(formula, design, g) {
  s <- svyglm(formula, design, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
  f <- degf(design)
  design <- update(design, r = s$y - fitted(s), k = factor(groups(fitted(s), weights(design), g)))
  b <- svyby(~r, ~k, design, svymean, covmat = TRUE)
  M <- coef(b); V <- vcov(b); G <- length(M)
  W <- as.numeric(t(M) %*% solve(V) %*% M); F <- (f - G + 2) / (f * G) * W
  c(F, G - 1, f - G + 2, pf(F, G - 1, f - G + 2, lower.tail = FALSE))
}
strat <- svydesign(~county, strata = ~stratum, weights = ~weight, data = d)
put("archer_lemeshow_design", al(peer ~ age + state, strat, 10))
put("archer_lemeshow_weights", al(peer ~ age + state, svydesign(~1, weights = ~weight, data = d), 10))
put("archer_lemeshow_clusters", al(peer ~ age + state, svydesign(~county, weights = ~1, data = d), 5))

vif <- function(m) {
  v <- vcov(m)[-1, -1]; assign <- attr(model.matrix(m), "assign")[-1]; R <- cov2cor(v)
  t(sapply(unique(assign), function(a) { s <- which(assign == a)
    c(det(R[s, s, drop = FALSE]) * det(R[-s, -s, drop = FALSE]) / det(R), length(s)) }))
}
lin <- lm(log(wage) ~ age + state + years, d)
put("vif_linear", vif(lin)[, 1]); put("vif_logistic", vif(m)[, 1])
put("vif_svyglm", vif(svyglm(peer ~ age + state + years, strat, family = quasibinomial(),
                             control = glm.control(epsilon = 1e-14)))[, 1])

z <- predict(m); l <- glm(d$peer ~ z + I(z^2), binomial, epsilon = 1e-14, maxit = 50)
put("link_test", summary(l)$coefficients[3, 1:3])
sv <- svyglm(peer ~ age + state, strat, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
strat$variables$z <- as.numeric(predict(sv))
sl <- svyglm(peer ~ z + I(z^2), strat, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
put("link_test_design", summary(sl)$coefficients[3, 1:3])
raw <- svyglm(peer ~ age + state, strat, family = quasibinomial(), rescale = FALSE)
put("psrsq_design", c(psrsq(raw, "Cox-Snell"), psrsq(raw, "Nagelkerke")))

delong <- function(s, y) {
  a <- s[y == 1]; b <- s[y == 0]; K <- outer(a, b, function(i, j) (i > j) + (i == j) / 2)
  c(mean(K), sqrt(var(rowMeans(K)) / length(a) + var(colMeans(K)) / length(b)))
}
put("delong", delong(round(p, 2), d$peer)); put("auc", delong(p, d$peer))

put("glm_leverage", hatvalues(m)); put("glm_cooks", cooks.distance(m))
put("glm_pearson", residuals(m, "pearson")); put("glm_deviance", residuals(m, "deviance"))
put("glm_standardised", rstandard(m, type = "pearson")); 
# one Newton step (Pregibon); dfbeta.glm of this R takes deviance residuals instead
put("glm_dfbeta_age", (model.matrix(m) %*% vcov(m)[, "age"]) * (d$peer - p) / (1 - hatvalues(m)))
for (w in c("none", "precision")) {
  x <- if (w == "none") lin else lm(log(wage) ~ age + state + years, d, weights = weight)
  put(paste0("lm_leverage_", w), hatvalues(x)); put(paste0("lm_cooks_", w), cooks.distance(x))
  put(paste0("lm_standardised_", w), rstandard(x)); put(paste0("lm_dfbetas_years_", w), dfbetas(x)[, "years"])
  put(paste0("lm_dfbeta_years_", w), dfbeta(x)[, "years"])
}
d$f <- fitted(lin)
a <- anova(lin, lm(log(wage) ~ age + state + years + I(f^2) + I(f^3), d))
put("reset", c(a$F[2], a$Df[2], a$Res.Df[2], a$`Pr(>F)`[2]))
e2 <- resid(lin)^2; bp <- n * summary(lm(e2 ~ age + state + years, d))$r.squared
put("breusch_pagan", c(bp, 4, pchisq(bp, 4, lower.tail = FALSE)))
write.csv(do.call(rbind, out), "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, sapply(c("survey", "nnet"), function(p) paste(p, packageVersion(p)))), "session.txt")
