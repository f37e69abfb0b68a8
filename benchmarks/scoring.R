# psych's scoreItems on MBI-GS answers, as it comes and without its imputing.
source("_peer.R")
keys <- list(
  exhaustion = paste0("mbi_", c(1, 2, 3, 4, 6)),
  cynicism = paste0("mbi_", c(8, 9, 13, 14, 15)),
  professional_efficacy = paste0("mbi_", c(5, 7, 10, 11, 12, 16))
)
serve(list(
  plain = list(package = "psych", run = function(d, ...) function() { scoreItems(keys, d); 0 }),
  none = list(package = "psych", run = function(d, ...)
    function() { scoreItems(keys, d, impute = "none", min = 0, max = 6); 0 })
))
