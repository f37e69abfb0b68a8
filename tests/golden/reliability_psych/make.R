# Alpha, standardised alpha, item statistics and Feldt's limits by psych::alpha; lambda-2 by psych::splitHalf;
# omega total from the one-factor model of lavaan::cfa.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, items.csv, session.txt)
suppressMessages({library(psych); library(lavaan)})
set.seed(20260713)

n <- 240; m <- 9
factor <- rnorm(n)
x <- sapply(1:m, function(j) pmin(pmax(round(1.5 + (.3 + .12 * j) * factor + rnorm(n)), 0), 6))
x[, 4] <- 6 - x[, 4]
colnames(x) <- paste0("q", 1:m)
x[sample(n, 12), 3] <- NA
group <- sample(c("peer", "other"), n, TRUE)
write.csv(data.frame(x, group), "input_simulated.csv", row.names = FALSE)

value <- function(set, name, v) data.frame(set = set, name = name, value = sprintf("%.15g", v))
items <- list()
one <- function(set, y) {
  a <- suppressWarnings(psych::alpha(y, warnings = FALSE))
  f <- psych::alpha.ci(a$total$raw_alpha, nrow(y), ncol(y))
  h <- psych::splitHalf(y, covar = TRUE, check.keys = FALSE)
  fit <- cfa(paste("f =~", paste(names(y), collapse = " + ")), y, std.lv = TRUE, likelihood = "normal",
    optim.method = "nlminb", control = list(rel.tol = 1e-15, abs.tol = 1e-15, x.tol = 1e-13, iter.max = 1e4))
  est <- lavInspect(fit, "est")
  omega <- sum(est$lambda)^2 / (sum(est$lambda)^2 + sum(diag(est$theta)))
  r <- cor(y)[lower.tri(cor(y))]
  items[[set]] <<- data.frame(set = set, item = colnames(y), mean = a$item.stats$mean, sd = a$item.stats$sd,
    item_rest = a$item.stats$r.drop, alpha_dropped = a$alpha.drop$raw_alpha)
  rbind(value(set, "alpha", a$total$raw_alpha), value(set, "standardised_alpha", a$total$std.alpha),
    value(set, "lambda_2", h$lambda2), value(set, "omega", omega), value(set, "conf_low", f$lower.ci), value(set, "conf_high", f$upper.ci),
    value(set, "mean", a$total$mean), value(set, "sd", a$total$sd),
    value(set, "inter_item_low", min(r)), value(set, "inter_item_mean", mean(r)), value(set, "inter_item_high", max(r)))
}
turned <- x; turned[, 4] <- 6 - x[, 4]
full <- complete.cases(x)
out <- rbind(one("keyed", as.data.frame(turned[full, ])), one("unkeyed", as.data.frame(x[full, ])),
  one("peer", as.data.frame(turned[full & group == "peer", ])), one("other", as.data.frame(turned[full & group == "other", ])),
  value("keyed", "lambda_2_of_correlations", psych::guttman(as.data.frame(turned[full, ]))$lambda.2))
write.csv(out, "expected.csv", row.names = FALSE)
items <- do.call(rbind, items)
for (v in c("mean", "sd", "item_rest", "alpha_dropped")) items[[v]] <- sprintf("%.15g", items[[v]])
write.csv(items, "items.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("psych", packageVersion("psych")), paste("lavaan", packageVersion("lavaan"))), "session.txt")
