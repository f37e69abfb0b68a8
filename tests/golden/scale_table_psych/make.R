# What a table of scales prints, by R: psych::describe (skew type 3), alpha with Feldt's limits, omega total of a
# one-factor model by factanal, cor.test; with sampling weights svymean, svyvar and svycontrast of survey.
#   Rscript make.R    (in this folder; writes input_simulated.csv and the expected_*.csv, session.txt)
# Simulated answers 0-6 to the 16 items of mbi_gs (one number each, no wording), some missing; two groups; weights.
suppressMessages({library(psych); library(survey)})
set.seed(20260815)
n <- 240
scales <- list(exhaustion = c(1, 2, 3, 4, 6), cynicism = c(8, 9, 13, 14, 15),
               professional_efficacy = c(5, 7, 10, 11, 12, 16))
f <- matrix(rnorm(3 * n), n) %*% chol(matrix(c(1, .5, -.3, .5, 1, -.4, -.3, -.4, 1), 3))
x <- matrix(NA_real_, n, 16)
for (s in 1:3) for (i in scales[[s]])
  x[, i] <- pmin(6, pmax(0, round(c(1.6, 1.1, 4.9)[s] + 1.2 * f[, s] + rnorm(n, 0, 1.1))))
x[cbind(sample(n, 30), sample(16, 30, TRUE))] <- NA
colnames(x) <- paste0("mbi_", 1:16)
d <- data.frame(x, group = sample(c("peer", "other"), n, TRUE), weight = round(rlnorm(n, 0, .6), 3),
                count = sample(1:3, n, TRUE))
write.csv(d, "input_simulated.csv", row.names = FALSE, na = "")

score <- function(d) as.data.frame(sapply(scales, function(i) rowMeans(d[paste0("mbi_", i)])))
omega_total <- function(y) {  # maximum likelihood of one factor does not ask for the items' units
  fit <- factanal(y, 1, control = list(opt = list(factr = 1, pgtol = 0, maxit = 10000), nstart = 5))
  l <- fit$loadings[, 1] * sapply(y, sd); t <- fit$uniquenesses * sapply(y, var)
  sum(l)^2 / (sum(l)^2 + sum(t))
}
one <- function(d, group) do.call(rbind, lapply(names(scales), function(s) {
  y <- na.omit(d[paste0("mbi_", scales[[s]])])
  e <- describe(score(d)[[s]], type = 3)
  a <- suppressWarnings(alpha(y, check.keys = FALSE, warnings = FALSE))$total$raw_alpha
  k <- ncol(y); m <- nrow(y)   # Feldt
  data.frame(group = group, scale = s, n = e$n, mean = e$mean, sd = e$sd, minimum = e$min, maximum = e$max,
             skew = e$skew, alpha = a, alpha_low = 1 - (1 - a) * qf(.975, m - 1, (m - 1) * (k - 1)),
             alpha_high = 1 - (1 - a) * qf(.025, m - 1, (m - 1) * (k - 1)), omega = omega_total(y))
}))
pairs <- combn(names(scales), 2, simplify = FALSE)
correlate <- function(d, group) do.call(rbind, lapply(pairs, function(p) {
  s <- score(d); t <- cor.test(s[[p[1]]], s[[p[2]]])
  data.frame(group = group, scale = p[1], other_scale = p[2], n = t$parameter + 2, estimate = t$estimate,
             conf_low = t$conf.int[1], conf_high = t$conf.int[2])
}))
# psych's own limits are those of cor.test
s <- score(d)
stopifnot(all.equal(unname(corr.test(s, adjust = "none")$ci[, c("lower", "upper")]),
                    unname(correlate(d, "all")[, c("conf_low", "conf_high")]), check.attributes = FALSE))

weighted_one <- function(des, group) do.call(rbind, lapply(names(scales), function(s) {
  here <- subset(des, !is.na(des$variables[[s]])); y <- here$variables[[s]]; w <- weights(here)
  m <- coef(svymean(as.formula(paste("~", s)), here)); v <- coef(svyvar(as.formula(paste("~", s)), here))
  data.frame(group = group, scale = s, n = length(y), mean = m, sd = sqrt(v),
             skew = sum(w * (y - m)^3) / sum(w) / v^1.5)
}))
weighted_correlate <- function(des, group) do.call(rbind, lapply(pairs, function(p) {
  des <- update(des, x = get(p[1]), y = get(p[2]), xx = x^2, yy = y^2, xy = x * y)
  here <- subset(des, !is.na(x) & !is.na(y))
  r <- svycontrast(svymean(~x + y + xx + yy + xy, here), quote((xy - x * y) / sqrt((xx - x^2) * (yy - y^2))))
  reach <- qnorm(.975) * SE(r) / (1 - coef(r)^2)
  data.frame(group = group, scale = p[1], other_scale = p[2], n = nrow(here), estimate = coef(r),
             conf_low = tanh(atanh(coef(r)) - reach), conf_high = tanh(atanh(coef(r)) + reach))
}))
des <- svydesign(~1, weights = ~weight, data = cbind(d, score(d)))
parts <- list(all = rep(TRUE, n), peer = d$group == "peer", other = d$group == "other")
plain <- function(f) do.call(rbind, lapply(names(parts), function(g) f(d[parts[[g]], ], g)))
designed <- function(f) do.call(rbind, lapply(names(parts), function(g) f(subset(des, parts[[g]]), g)))
write <- function(out, file) {
  for (v in names(out)) if (is.numeric(out[[v]])) out[[v]] <- sprintf("%.15g", out[[v]])
  write.csv(out, file, row.names = FALSE)
}
write(plain(one), "expected_scales.csv")
write(plain(correlate), "expected_correlations.csv")
write(designed(weighted_one), "expected_scales_weighted.csv")
write(designed(weighted_correlate), "expected_correlations_weighted.csv")
writeLines(c(R.version.string, sapply(c("psych", "survey"),
  function(p) paste(p, packageVersion(p)))), "session.txt")
