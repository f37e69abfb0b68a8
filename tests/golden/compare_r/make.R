# Sign tests, order statistics, limits of shares, goodness of fit and design-based tests by base R and survey.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages(library(survey))
set.seed(20261126)
options(warn = -1)

# 3 strata of 8 PSUs; wages rounded to quarters of a dollar, so that some equal the benchmark's percentiles
n <- 240
d <- data.frame(stratum = rep(c("a", "b", "c"), each = n / 3), psu = rep(1:24, each = n / 24))
effect <- rnorm(24, 0, 1)
d$wage <- round(4 * exp(rnorm(n, log(17) + effect[d$psu] / 25, .25))) / 4
d$weight <- round(c(a = 30, b = 12, c = 55)[d$stratum] * exp(rnorm(n, 0, .4)), 3)
d$copies <- sample(1:3, n, TRUE)
d$part <- as.integer(runif(n) < plogis(-1 + effect[d$psu] / 2))
d$tenure <- pmin(round(rexp(n, 1 / 5)), 40)
d$group <- sample(c("x", "y"), n, TRUE, c(.7, .3))
d$wage[sample(n, 9)] <- NA
write.csv(d, "input_simulated.csv", row.names = FALSE, na = "")
d <- read.csv("input_simulated.csv")

out <- list()
put <- function(name, value) out[[length(out) + 1]] <<- data.frame(name = name, value = sprintf("%.15g", unname(value)))
x <- d$wage[!is.na(d$wage)]
B <- 17.25

# sign test, ties dropped
put("sign_above", sum(x > B)); put("sign_ties", sum(x == B))
put("sign_p", binom.test(sum(x > B), sum(x != B), 0.5)$p.value)
many <- rep(d$wage, d$copies); many <- many[!is.na(many)]
put("sign_copies_p", binom.test(sum(many > B), sum(many != B), 0.5)$p.value)
put("sign_copies_n", length(many))
# order statistics of the median with at least 95 %
for (level in c(.95, .90)) {
  k <- qbinom((1 - level) / 2, length(x), .5)
  s <- sort(x)
  put(sprintf("median_low_%g", level), s[k]); put(sprintf("median_high_%g", level), s[length(x) + 1 - k])
  put(sprintf("median_level_%g", level), 1 - 2 * pbinom(k - 1, length(x), .5))
}
put("median", median(x))

# shares below percentiles
cuts <- c("10" = 12, "25" = 14.25, "50" = 17.25, "75" = 21.5, "90" = 26.5)
for (p in names(cuts)) {
  hits <- sum(x < cuts[[p]]) + sum(x == cuts[[p]]) / 2
  put(paste0("hits_", p), hits)
  if (hits == round(hits)) {
    a <- prop.test(hits, length(x), as.numeric(p) / 100, correct = FALSE)
    put(paste0("wilson_low_", p), a$conf.int[1]); put(paste0("wilson_high_", p), a$conf.int[2])
    put(paste0("score_p_", p), a$p.value)
    b <- binom.test(hits, length(x), as.numeric(p) / 100)
    put(paste0("exact_low_", p), b$conf.int[1]); put(paste0("exact_high_", p), b$conf.int[2])
    put(paste0("exact_p_", p), b$p.value)
  }
}
share <- c(.10, .15, .25, .25, .15, .10)
bins <- function(v) {
  below <- sapply(cuts, function(c) (v < c) + (v == c) / 2)
  t(apply(cbind(0, below, 1), 1, diff))
}
counts <- colSums(bins(x))
put("bins_chisq", sum((counts - length(x) * share)^2 / (length(x) * share)))
put("bins_p", pchisq(sum((counts - length(x) * share)^2 / (length(x) * share)), 5, lower.tail = FALSE))

# proportions
binom <- binom.test(sum(d$part), n, .25)
put("part_exact_p", binom$p.value); put("part_exact_low", binom$conf.int[1]); put("part_exact_high", binom$conf.int[2])
put("part_z", (mean(d$part) - .25) / sqrt(mean(d$part) * (1 - mean(d$part)) / n + .02^2))

# the design
plan <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
known <- subset(plan, !is.na(wage))
df <- degf(plan)
m <- svymean(~wage, known)
put("design_mean", coef(m)); put("design_mean_se", SE(m))
t <- svyttest(I(wage - B) ~ 0, known)
put("design_t", t$statistic); put("design_t_df", t$parameter); put("design_t_p", t$p.value)
q <- svyquantile(~wage, known, .5, ci = TRUE, interval.type = "mean", qrule = "school", df = df)
put("woodruff_median", q$wage[1, "quantile"]); put("woodruff_low", q$wage[1, "ci.2.5"])
put("woodruff_high", q$wage[1, "ci.97.5"]); put("woodruff_se", q$wage[1, "se"])
half <- svyttest(I((wage < B) + (wage == B) / 2 - .5) ~ 0, known)
put("design_half_t", half$statistic); put("design_half_p", half$p.value)
for (p in names(cuts)) {
  known <- update(known, below = (wage < cuts[[p]]) + (wage == cuts[[p]]) / 2)
  a <- svymean(~below, known)
  put(paste0("design_share_", p), coef(a)); put(paste0("design_share_se_", p), SE(a))
  tt <- (coef(a) - as.numeric(p) / 100) / SE(a)
  put(paste0("design_share_p_", p), 2 * pt(-abs(tt), df))
}
for (how in c("logit", "beta")) {
  ci <- svyciprop(~part, plan, method = how, df = df)
  put(paste0("part_", how, "_low"), confint(ci)[1]); put(paste0("part_", how, "_high"), confint(ci)[2])
}
pm <- svymean(~part, plan)
put("part_design", coef(pm)); put("part_design_se", SE(pm))
put("part_design_t", (coef(pm) - .25) / SE(pm))
put("part_design_p", 2 * pt(-abs((coef(pm) - .25) / SE(pm)), df))

# Rao and Scott (1981) on the six bins, by the definition: eigenvalues of n D^-1 V without the null one
cols <- bins(ifelse(is.na(d$wage), 0, d$wage)); colnames(cols) <- paste0("b", 1:6)
whole <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = cbind(d, cols))
v <- svymean(~b1 + b2 + b3 + b4 + b5 + b6, subset(whole, !is.na(wage)))
V <- vcov(v); p <- coef(v)
x2 <- length(x) * sum((p - share)^2 / share)
E <- (diag(share) - share %o% share)[1:5, 1:5] / length(x)
delta <- Re(eigen(solve(E) %*% V[1:5, 1:5])$values)
put("rs_chisq", x2); put("rs_first", x2 / mean(delta))
put("rs_first_p", pchisq(x2 / mean(delta), 5, lower.tail = FALSE))
nu <- sum(delta)^2 / sum(delta^2)
put("rs_f", x2 / sum(delta)); put("rs_f_df", nu); put("rs_f_p", pf(x2 / sum(delta), nu, nu * df, lower.tail = FALSE))

# grouped median of whole years, x for x - 1/2 to x + 1/2
years <- function(v, w, p) {
  tab <- tapply(w, v, sum); at <- as.numeric(names(tab))
  cum <- cumsum(tab) / sum(tab); k <- which(cum >= p)[1]
  before <- if (k > 1) cum[[k - 1]] else 0
  low <- max(at[k] - .5, 0); high <- at[k] + .5
  low + (p - before) / (cum[[k]] - before) * (high - low)
}
put("tenure_median", years(d$tenure, rep(1, n), .5))
put("tenure_weighted", years(d$tenure, d$weight, .5))
cell <- function(v, b) pmin(pmax((b - pmax(v - .5, 0)) / (v + .5 - pmax(v - .5, 0)), 0), 1)
ten <- svyttest(I(cell(tenure, 4.1) - .5) ~ 0, plan)
put("tenure_t", ten$statistic); put("tenure_p", ten$p.value)
one <- t.test(cell(d$tenure, 4.1) - .5)
put("tenure_plain_t", one$statistic); put("tenure_plain_p", one$p.value)

# families
p <- c(.004, .03, .021, .2)
for (how in c("holm", "BH")) for (i in 1:4) put(paste0(how, "_", i), p.adjust(p, how)[i])
write.csv(do.call(rbind, out), "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
