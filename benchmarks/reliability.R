# 2,000 bootstrap alphas by psych; called by reliability.py.
#   Rscript reliability.R answers_simulated.csv replicates    (prints the seconds of the call, and its limits)
suppressMessages(library(psych))
given <- commandArgs(TRUE)
x <- read.csv(given[1])
time <- system.time(found <- psych::alpha(x, n.iter = as.integer(given[2])))
cat(sprintf("%.6f %.6f %.6f\n", time[["elapsed"]], found$boot.ci[[1]], found$boot.ci[[3]]))
