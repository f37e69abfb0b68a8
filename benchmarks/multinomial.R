# nnet and VGAM on the rows of multinomial.py, errors included; coefficients outcome by outcome.
source("_peer.R")
formula_of <- function(d) as.formula(paste("job ~", paste(setdiff(names(d), "job"), collapse = " + ")))
serve(list(
  nnet = list(package = "nnet", run = function(d, ...) {
    f <- formula_of(d)
    function() {
      m <- multinom(f, d, maxit = 1000, trace = FALSE, Hess = TRUE)
      sqrt(diag(solve(m$Hessian)))
      as.vector(t(coef(m)))
    }
  }),
  VGAM = list(package = "VGAM", run = function(d, ...) {
    f <- formula_of(d)
    function() {
      m <- vglm(f, multinomial(refLevel = 1), d)
      sqrt(diag(vcov(m)))
      as.vector(coef(m, matrix = TRUE))
    }
  })
))
