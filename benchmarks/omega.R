# 200 bootstrap omegas of 600 x 16 answers in R: psych's own bootstrap, and a loop over factanal. Reads the answers from a
# file without a header, prints one line a call with its median seconds.
#
#     Rscript benchmarks/omega.R answers.csv 200 3
suppressPackageStartupMessages(library(psych))
options(warn = -1, mc.cores = 1)
args <- commandArgs(trailingOnly = TRUE)
x <- read.csv(args[1], header = FALSE)
replicates <- as.integer(args[2])
rounds <- as.integer(args[3])
set.seed(1)
one <- function(x) {
  S <- cov(x)
  f <- factanal(covmat = S, factors = 1)
  load <- f$loadings[, 1] * sqrt(diag(S))
  unique <- f$uniquenesses * diag(S)
  sum(load)^2 / (sum(load)^2 + sum(unique))
}
calls <- list(
  "psych::omega(x, nfactors = 1, n.iter)" = function()
    invisible(capture.output(suppressMessages(omega(x, nfactors = 1, n.iter = replicates, plot = FALSE)))),
  "a loop over factanal" = function()
    quantile(replicate(replicates, one(x[sample(nrow(x), replace = TRUE), ])), c(.025, .975))
)
for (name in names(calls)) {
  seconds <- median(replicate(rounds, system.time(calls[[name]]())[["elapsed"]]))
  cat(name, "\t", seconds, "\n", sep = "")
}
