# Indices of careless answering written out in base R from their published definitions: rle, sd, cor,
# mahalanobis. The R package careless is not in Debian.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, pairs.csv, session.txt)
# Four scales of 5, 4, 3 and 4 items answered 1-5; the reverse-keyed items are 2, 7 and 13. Rows 1-5 are
# made up (all the same, a repeated pattern, a run at the end, ...), the last 30 rows lack answers.
set.seed(20260802)
n <- 200
sizes <- c(5, 4, 3, 4)
scale <- rep(seq_along(sizes), sizes)
reversed <- c(2, 7, 13)
trait <- matrix(rnorm(n * 4), n) %*% chol(.3 + .7 * diag(4))
x <- sapply(seq_along(scale), function(j) {
  z <- trait[, scale[j]] * .9 + rnorm(n, 0, .45)
  as.integer(cut(if (j %in% reversed) -z else z, c(-Inf, -1.2, -.4, .4, 1.2, Inf)))
})
x[1, ] <- 3
x[2, ] <- rep(1:4, 4)
x[3, 9:16] <- 5
x[4, ] <- c(rep(1, 5), rep(2, 4), rep(3, 3), rep(5, 4))
x[5, ] <- sample(1:5, 16, TRUE)
for (i in (n - 29):n) x[i, sample(16, sample(1:9, 1))] <- NA
x[n, ] <- NA
colnames(x) <- paste0("q", 1:16)
write.csv(x, "input_simulated.csv", row.names = FALSE)

runs <- function(v) { r <- rle(ifelse(is.na(v), -seq_along(v), v)); r$lengths[r$values > 0] }
keyed <- x
keyed[, reversed] <- 6 - keyed[, reversed]
r_rows <- function(a, b) {
  ok <- !is.na(a) & !is.na(b)
  if (sum(ok) < 3) NA else suppressWarnings(cor(a[ok], b[ok]))
}
even_odd <- apply(keyed, 1, function(v) {
  halves <- sapply(split(v, scale), function(s) {
    odd <- seq_along(s) %% 2 == 1
    c(mean(s[odd], na.rm = TRUE), mean(s[!odd], na.rm = TRUE))
  })
  r <- r_rows(halves[1, ], halves[2, ])
  max(2 * r / (1 + r), -1)
})
correlations <- cor(x, use = "pairwise.complete.obs")
pairs <- function(keep) which(keep & upper.tri(correlations), arr.ind = TRUE)
within <- function(p) apply(x, 1, function(v) r_rows(v[p[, 1]], v[p[, 2]]))
synonyms <- pairs(correlations > .6)
antonyms <- pairs(correlations < -.6)
complete <- complete.cases(x)
# each person over the items answered: means of all answers, pairwise covariances
S <- cov(x, use = "pairwise.complete.obs")
centre <- colMeans(x, na.rm = TRUE)
distance <- apply(x, 1, function(v) {
  a <- !is.na(v)
  if (!any(a)) NA else mahalanobis(v[a], centre[a], S[a, a, drop = FALSE])
})
answered <- rowSums(!is.na(x))
out <- data.frame(
  longstring = apply(x, 1, function(v) if (all(is.na(v))) NA else max(runs(v))),
  average_string = apply(x, 1, function(v) if (all(is.na(v))) NA else mean(runs(v))),
  irv = apply(x, 1, sd, na.rm = TRUE),
  even_odd, synonyms = within(synonyms), antonyms = within(antonyms),
  mahalanobis = distance, mahalanobis_p = pchisq(distance, answered, lower.tail = FALSE))
for (v in names(out)) out[[v]] <- ifelse(is.na(out[[v]]), NA, sprintf("%.15g", out[[v]]))
write.csv(out, "expected.csv", row.names = FALSE, na = "")
named <- function(index, p) data.frame(index, item = colnames(x)[p[, 1]], other_item = colnames(x)[p[, 2]],
                                       correlation = sprintf("%.15g", correlations[p]))
write.csv(rbind(named("synonyms", synonyms), named("antonyms", antonyms)), "pairs.csv", row.names = FALSE)
writeLines(R.version.string, "session.txt")
