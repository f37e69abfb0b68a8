# Bootstrap omegas of one factor: psych's own, and a loop over factanal; the interval of the loop.
source("_peer.R")
one <- function(x) {
  S <- cov(x)
  f <- factanal(covmat = S, factors = 1)
  load <- f$loadings[, 1] * sqrt(diag(S))
  unique <- f$uniquenesses * diag(S)
  sum(load)^2 / (sum(load)^2 + sum(unique))
}
serve(list(
  psych = list(package = "psych", run = function(d, replicates) function()
    omega(d, nfactors = 1, n.iter = replicates, plot = FALSE)$omega.tot),
  factanal = list(package = "stats", run = function(d, replicates) function()
    quantile(replicate(replicates, one(d[sample(nrow(d), replace = TRUE), ])), c(.025, .975)))
))
