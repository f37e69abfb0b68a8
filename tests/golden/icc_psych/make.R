# Intraclass correlations with F-based limits by psych::ICC(lmer = FALSE).
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
# Tables: Shrout and Fleiss (1979), table 2; three simulated ones: stable scores with a shift between waves,
# scores that share nothing, and two waves of 250.
suppressMessages(library(psych))
set.seed(20260801)

long <- function(name, m) data.frame(
  table = name, subject = rep(seq_len(nrow(m)), ncol(m)), time = rep(seq_len(ncol(m)), each = nrow(m)),
  score = as.vector(m))
simulated <- function(n, shifts, between, within) {
  m <- outer(rnorm(n, 0, between), shifts, "+") + matrix(rnorm(n * length(shifts), 0, within), n)
  round(m + 50, 3)
}
tables <- list(
  shrout_fleiss = matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7),
                         ncol = 4, byrow = TRUE),
  shifted_simulated = simulated(60, c(0, 4, 9), 8, 5),
  unrelated_simulated = simulated(40, c(0, 0, 0, 0), 0, 10),
  two_waves_simulated = simulated(250, c(0, -1), 12, 6))
write.csv(do.call(rbind, Map(long, names(tables), tables)), "input_simulated.csv", row.names = FALSE)

one <- function(name, m, level) {
  r <- ICC(m, lmer = FALSE, alpha = 1 - level)$results
  data.frame(table = name, conf_level = level, type = r$type, estimate = r$ICC, statistic = r$F,
             df_numerator = r$df1, df_denominator = r$df2, p_value = r$p,
             conf_low = r[["lower bound"]], conf_high = r[["upper bound"]])
}
out <- do.call(rbind, c(Map(one, names(tables), tables, .95), Map(one, names(tables), tables, .9)))
for (v in names(out)[4:10]) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("psych", packageVersion("psych"))), "session.txt")
