# Replicate weights of survey::as.svrepdesign and the variances of two means that come of them.
#   Rscript make.R    (in this folder; writes input_simulated.csv, weights_*.csv, expected.csv, session.txt)
suppressMessages(library(survey))
set.seed(20260714)

psus <- data.frame(stratum = rep(c("north", "south", "west"), c(5, 4, 7)), psu = 1:16)
d <- psus[rep(1:16, sample(2:6, 16, TRUE)), ]
n <- nrow(d)
d$weight <- round(exp(rnorm(n, 0, .5)), 4)
shift <- rnorm(16, 0, 1)
d$wage <- round(17 + shift[d$psu] + rnorm(n, 0, 3), 2)
d$hours <- round(34 + 2 * shift[d$psu] + rnorm(n, 0, 6))
write.csv(d, "input_simulated.csv", row.names = FALSE)

design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
plain <- svydesign(ids = ~psu, weights = ~weight, data = d)
designs <- list(
  subbootstrap = as.svrepdesign(design, type = "subbootstrap", replicates = 40, mse = FALSE),
  JKn = as.svrepdesign(design, type = "JKn"), JK1 = as.svrepdesign(plain, type = "JK1"))
out <- NULL
for (kind in names(designs)) for (mse in c(FALSE, TRUE)) {
  r <- designs[[kind]]; r$mse <- mse
  write.csv(weights(r, type = "analysis"), sprintf("weights_%s.csv", kind), row.names = FALSE)
  V <- vcov(svymean(~wage + hours, r))
  out <- rbind(out, data.frame(kind = kind, mse = mse, wage = V[1, 1], both = V[1, 2], hours = V[2, 2]))
}
V <- vcov(svytotal(~wage + hours, design))
out <- rbind(out, data.frame(kind = "linearised total", mse = FALSE, wage = V[1, 1], both = V[1, 2], hours = V[2, 2]))
for (v in c("wage", "both", "hours")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
