# psych's scoreItems on simulated MBI-GS answers: one line a call, with its median seconds.
#
#     Rscript benchmarks/scoring.R 100000
suppressPackageStartupMessages(library(psych))
options(warn = -1)
n <- as.integer(commandArgs(trailingOnly = TRUE)[1])
set.seed(1)
x <- matrix(sample(0:6, n * 16, replace = TRUE), n, 16)
x[matrix(runif(n * 16) < 0.02, n, 16)] <- NA
colnames(x) <- paste0("mbi_", 1:16)
x <- as.data.frame(x)
keys <- list(
  exhaustion = paste0("mbi_", c(1, 2, 3, 4, 6)),
  cynicism = paste0("mbi_", c(8, 9, 13, 14, 15)),
  professional_efficacy = paste0("mbi_", c(5, 7, 10, 11, 12, 16))
)
seconds <- function(call) median(replicate(5, system.time(call())[["elapsed"]]))
calls <- list(
  "scoreItems(keys, x)" = function() scoreItems(keys, x),
  "scoreItems(keys, x, impute = 'none', min = 0, max = 6)" =
    function() scoreItems(keys, x, impute = "none", min = 0, max = 6)
)
invisible(calls[[1]]())
for (name in names(calls)) cat(name, "\t", seconds(calls[[name]]), "\n", sep = "")
