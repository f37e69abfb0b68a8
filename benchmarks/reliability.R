# Bootstrap alphas by psych, over the cores and on one; the raw alpha.
source("_peer.R")
alphas <- function(cores) function(d, replicates) function() {
  options(mc.cores = cores)
  psych::alpha(d, n.iter = replicates)$total$raw_alpha
}
serve(list(
  forking = list(package = "psych", run = alphas(parallel::detectCores())),
  one_core = list(package = "psych", run = alphas(1))
))
