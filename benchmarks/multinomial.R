# Times nnet::multinom on the rows that multinomial.py wrote, errors included; prints seconds.
#   Rscript multinomial.R rows.csv
suppressMessages(library(nnet))
d <- read.csv(commandArgs(TRUE)[1])
d$job <- factor(d$job)
f <- as.formula(paste("job ~", paste(setdiff(names(d), "job"), collapse = " + ")))
t <- system.time({m <- multinom(f, d, maxit = 1000, trace = FALSE, Hess = TRUE); s <- sqrt(diag(solve(m$Hessian)))})
cat(t[["elapsed"]], "\n")
