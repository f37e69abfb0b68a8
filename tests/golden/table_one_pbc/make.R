# Table 1 of the Mayo Clinic's trial in primary biliary cirrhosis, as R's tableone prints it in its vignette, and the
# same numbers unrounded by base R: chisq.test with correction, oneway.test with equal variances, kruskal.test,
# fisher.test, quantile, and tableone's standardised differences by their formulas.
#   Rscript make.R    (in this folder; writes input_counts.csv, expected.csv, session.txt)
# The data are survival::pbc (Fleming and Harrington 1991, Counting Processes and Survival Analysis, appendix D). What is
# kept here are counts: for each column and arm how many patients had each value. No patient can be put together again.
# published.csv holds what the vignette "Introduction to tableone" prints (tableone 0.13, printed with smd = TRUE, the
# seven biomarkers nonnormal and stage exact); it was copied by hand and is not made here.
suppressMessages({library(survival); library(MASS)})
d <- pbc[!is.na(pbc$trt), ]
numbers <- c("time", "age", "bili", "chol", "albumin", "copper", "alk.phos", "ast", "trig", "platelet", "protime")
levels_ <- c("status", "sex", "ascites", "hepato", "spiders", "edema", "stage")
counts <- do.call(rbind, lapply(c(numbers, levels_), function(v) {
  t <- as.data.frame(table(value = ifelse(is.na(d[[v]]), "", as.character(d[[v]])), trt = d$trt), stringsAsFactors = FALSE)
  data.frame(column = v, trt = t$trt, value = t$value, count = t$Freq)[t$Freq > 0, ]
}))
write.csv(counts, "input_counts.csv", row.names = FALSE, quote = FALSE)
out <- list()
put <- function(column, quantity, value) out[[length(out) + 1]] <<- data.frame(column, quantity, value = sprintf("%.15g", value))
for (v in numbers) {
  y <- split(d[[v]], d$trt)
  for (g in names(y)) put(v, paste0(c("mean_", "sd_", "q1_", "median_", "q3_"), g),
                          c(mean(y[[g]], na.rm = TRUE), sd(y[[g]], na.rm = TRUE), quantile(y[[g]], c(.25, .5, .75), na.rm = TRUE)))
  put(v, c("welch_p", "equal_var_p", "rank_p"),
      c(oneway.test(d[[v]] ~ d$trt)$p.value, oneway.test(d[[v]] ~ d$trt, var.equal = TRUE)$p.value,
        kruskal.test(d[[v]], d$trt)$p.value))
  m <- sapply(y, mean, na.rm = TRUE); s2 <- sapply(y, var, na.rm = TRUE)
  put(v, "smd", abs(diff(m)) / sqrt(mean(s2)))
}
for (v in levels_) {
  t <- table(d[[v]], d$trt)
  put(v, c("pearson_p", "corrected_p", "fisher_p"),
      c(suppressWarnings(chisq.test(t, correct = FALSE)$p.value), suppressWarnings(chisq.test(t)$p.value), fisher.test(t)$p.value))
  s <- prop.table(t, 2)[-1, , drop = FALSE]; p <- s[, 1]; q <- s[, 2]
  S <- (diag(p, length(p)) - outer(p, p) + diag(q, length(q)) - outer(q, q)) / 2
  put(v, "smd", sqrt(drop(t(p - q) %*% ginv(S) %*% (p - q))))
}
write.csv(do.call(rbind, out), "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste(c("survival", "MASS"), c(packageVersion("survival"), packageVersion("MASS")))), "session.txt")
