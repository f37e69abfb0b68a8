# Random-intercept logit by lme4; called by mixed_logistic.py.
#   Rscript mixed_logistic.R people_simulated.csv
# Prints the median seconds of 5 calls by default and of 5 by nloptwrap, then estimates, sigma, standard errors.
suppressMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1])
f <- y ~ x1 + x2 + x3 + x4 + x5 + (1 | county)
plain <- function() m <<- glmer(f, d, binomial, nAGQ = 15)
quick <- function() m <<- glmer(f, d, binomial, nAGQ = 15, control = glmerControl("nloptwrap"))
seconds <- function(call) { call(); median(replicate(5, system.time(call())[["elapsed"]])) }
fast <- seconds(quick); slow <- seconds(plain)
cat(sprintf("%.12g", c(slow, fast, fixef(m), getME(m, "theta"), sqrt(diag(as.matrix(vcov(m)))))), "\n")
