# What a weighted Table 1 prints, by R's survey: svymean, svyvar, svyquantile, svyttest, regTermTest, svyranktest,
# svychisq by group; standardised differences by their formulas on the weighted means, variances and shares.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
# Simulated people in 40 PSUs of 4 strata; two and three groups; some wages and veterans missing.
suppressMessages({library(survey); library(MASS)})
set.seed(20260902)
n <- 320
d <- data.frame(stratum = rep(1:4, each = 80), psu = rep(1:40, each = 8))
d$weight <- round(rlnorm(n, 0, .5), 3)
d$sector <- ifelse(runif(n) < .45, "public", "private")
d$place <- sample(c("rural", "suburban", "urban"), n, TRUE, c(.3, .4, .3))
u <- rnorm(40)[d$psu]
d$age <- round(48 + 3 * u + 10 * rnorm(n) + 2 * (d$sector == "public"), 4)
d$wage <- round(exp(2.8 + .1 * u + .3 * rnorm(n) + .05 * (d$place == "urban")), 8)
d$wage[sample(n, 25)] <- NA
d$tenure <- round(rexp(n, 1 / (2 + (d$sector == "public"))), 6)
d$gender <- sample(c("man", "other", "woman"), n, TRUE, c(.35, .1, .55))
d$veteran <- rbinom(n, 1, plogis(-1.2 + .5 * u + .4 * (d$sector == "public")))
d$veteran[sample(n, 12)] <- NA
stopifnot(!anyDuplicated(d$age), !anyDuplicated(na.omit(d$wage)), !anyDuplicated(d$tenure))   # ranks without ties
write.csv(d, "input_simulated.csv", row.names = FALSE, na = "")

numbers <- c("age", "wage", "tenure"); levels_ <- c("gender", "veteran")
out <- list()
put <- function(...) out[[length(out) + 1]] <<- data.frame(...)
designs <- list(weights = svydesign(~1, weights = ~weight, data = d),
                clusters = svydesign(~psu, strata = ~stratum, weights = ~weight, data = d))
f <- function(...) as.formula(paste0(...))
yang_dalton <- function(p, q) {   # shares of all levels but the first
  S <- (diag(p, length(p)) - outer(p, p) + diag(q, length(q)) - outer(q, q)) / 2
  sqrt(drop(t(p - q) %*% ginv(S) %*% (p - q)))
}
for (dn in names(designs)) for (by in c("sector", "place")) {
  des <- designs[[dn]]
  groups <- sort(unique(d[[by]]))
  parts <- c(list(all = des), setNames(lapply(groups, function(g) des[d[[by]] == g, ]), groups))
  pairs <- combn(length(groups), 2, simplify = FALSE)
  for (v in numbers) {
    m <- s2 <- c()
    for (g in names(parts)) {
      here <- subset(parts[[g]], !is.na(parts[[g]]$variables[[v]]))
      m[g] <- coef(svymean(f("~", v), here)); s2[g] <- coef(svyvar(f("~", v), here))
      q <- as.numeric(coef(svyquantile(f("~", v), here, c(.25, .5, .75), qrule = "hf7", ci = FALSE)))
      put(design = dn, by = by, column = v, level = "", group = g,
          quantity = c("n", "mean", "sd", "q1", "median", "q3"),
          value = c(nrow(here), m[g], sqrt(s2[g]), q))
    }
    e <- sapply(pairs, function(p) {i <- groups[p[1]]; j <- groups[p[2]]; abs(m[i] - m[j]) / sqrt((s2[i] + s2[j]) / 2)})
    put(design = dn, by = by, column = v, level = "", group = "", quantity = c("smd_mean", "smd_max"), value = c(mean(e), max(e)))
    if (v == "wage" && dn == "weights") next   # R's degf counts the respondents with a value, peerstats the design's
    if (length(groups) == 2) {
      t <- svyttest(f(v, " ~ ", by), des); r <- svyranktest(f(v, " ~ ", by), des)
      put(design = dn, by = by, column = v, level = "", group = "",
          quantity = c("mean_statistic", "mean_df", "mean_p", "rank_statistic", "rank_df", "rank_p"),
          value = c(-t$statistic, t$parameter, t$p.value, -r$statistic, r$parameter, r$p.value))  # first minus second
    } else {
      t <- regTermTest(svyglm(f(v, " ~ ", by), des), f("~", by)); r <- svyranktest(f(v, " ~ ", by), des)
      put(design = dn, by = by, column = v, level = "", group = "",
          quantity = c("mean_statistic", "mean_df", "mean_df_denominator", "mean_p", "rank_statistic", "rank_df",
                       "rank_df_denominator", "rank_p"),
          value = c(t$Ftest, t$df, t$ddf, t$p, r$parameter / r$statistic, r$statistic, r$ddf, r$p.value))  # named the other way round
    }
  }
  for (v in levels_) {
    shares <- sapply(names(parts), function(g) {
      here <- subset(parts[[g]], !is.na(parts[[g]]$variables[[v]]))
      coef(svymean(f("~factor(", v, ")"), here))
    })
    words <- sort(unique(na.omit(d[[v]])))
    for (g in names(parts)) {
      count <- table(factor(parts[[g]]$variables[[v]], words))
      put(design = dn, by = by, column = v, level = rep(as.character(words), 2), group = g,
          quantity = rep(c("share", "count"), each = length(words)), value = c(shares[, g], count))
    }
    e <- sapply(pairs, function(p) yang_dalton(shares[-1, groups[p[1]]], shares[-1, groups[p[2]]]))
    put(design = dn, by = by, column = v, level = "", group = "", quantity = c("smd_mean", "smd_max"), value = c(mean(e), max(e)))
    if (v == "veteran" && dn == "weights") next
    x <- svychisq(f("~", v, " + ", by), subset(des, !is.na(d[[v]])), statistic = "F")
    put(design = dn, by = by, column = v, level = "", group = "",
        quantity = c("share_statistic", "share_df", "share_df_denominator", "share_p"),
        value = c(x$statistic, x$parameter, x$p.value))
  }
}
out <- do.call(rbind, out)
out$value <- sprintf("%.15g", out$value)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste(c("survey", "MASS"), c(packageVersion("survey"), packageVersion("MASS")))), "session.txt")
