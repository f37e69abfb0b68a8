# Two shares by stats::prop.test, chisq.test and fisher.test; one share by binom.test.
#   Rscript make.R    (in this folder; writes expected.csv, session.txt; input.csv is read)
# input.csv: counts of the peer-workforce abstracts (325/448 against 175/279; 53/78 against 266/494), small
# tables, and tables with an empty cell. Odds ratio and relative risk: Wald limits of glm, link logit and log.
d <- read.csv("input.csv")
one <- function(a, n, c, m, share) {
  x <- matrix(c(a, c, n - a, m - c), 2)
  chi <- suppressWarnings(chisq.test(x, correct = FALSE))
  wilson <- suppressWarnings(prop.test(a, n, correct = FALSE))$conf.int
  other <- suppressWarnings(prop.test(c, m, correct = FALSE))$conf.int
  exact <- binom.test(a, n, share)
  p <- a / n; q <- c / m
  out <- c(chi_square = unname(chi$statistic), chi_p = chi$p.value, fisher_p = fisher.test(x)$p.value,
           wilson_low = wilson[1], wilson_high = wilson[2],
           exact_low = exact$conf.int[1], exact_high = exact$conf.int[2], binomial_p = exact$p.value,
           newcombe_low = p - q - sqrt((p - wilson[1])^2 + (other[2] - q)^2),
           newcombe_high = p - q + sqrt((wilson[2] - p)^2 + (q - other[1])^2))
  ratios <- rep(NA_real_, 6)
  if (all(x > 0)) {
    g <- c(1, 0); y <- cbind(c(a, c), c(n - a, m - c))
    for (k in 1:2) {
      f <- glm(y ~ g, family = binomial(c("logit", "log")[k]), epsilon = 1e-12, maxit = 100,
               start = if (k == 2) c(log(q), log(p / q)) else NULL)
      s <- coef(summary(f))["g", ]
      ratios[3 * k - 2:0] <- exp(s[1] + c(0, -1, 1) * qnorm(.975) * s[2])
    }
  }
  c(out, odds_ratio = ratios[1], odds_low = ratios[2], odds_high = ratios[3],
    risk = ratios[4], risk_low = ratios[5], risk_high = ratios[6])
}
out <- t(mapply(one, d$count, d$n, d$other_count, d$other_n, d$share))
write.csv(apply(out, 2, function(v) ifelse(is.na(v), "", sprintf("%.15g", v))), "expected.csv",
          row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("stats", packageVersion("stats"))), "session.txt")
