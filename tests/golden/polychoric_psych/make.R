# Polychoric correlations by psych (correct = 0), whose search stops at about 1e-4, by lavaan's lavCor, which is tight, and
# psych's alpha of them; smoothing by psych::cor.smooth.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, smooth.csv, session.txt)
suppressMessages({library(psych); library(lavaan)})
set.seed(20261102)
n <- 500
f <- rnorm(n)
loading <- c(.8, .7, .6, .75, -.5, .65)
latent <- sapply(loading, function(l) l * f + sqrt(1 - l^2) * rnorm(n))
cuts <- list(c(-1, -.2, .5, 1.4), c(0, .7, 1.2, 1.9), c(-1.5, -1, -.4, .6), c(-.5, .1, .6, 1.5), c(-1.2, -.3, .4, 1.1), c(.2, .8, 1.3, 2))
d <- as.data.frame(sapply(1:6, function(j) findInterval(latent[, j], cuts[[j]])))
names(d) <- paste0("q", 1:6)
write.csv(d, "input_simulated.csv", row.names = FALSE)
p <- polychoric(d, correct = 0, smooth = FALSE, progress = FALSE)
o <- d; o[] <- lapply(o, ordered)
L <- lavCor(o, ordered = names(o))
class(L) <- "matrix"
th <- unclass(lavCor(o, ordered = names(o), output = "th"))
ij <- which(upper.tri(p$rho), arr.ind = TRUE)
a <- suppressWarnings(alpha(L, check.keys = FALSE))$total$raw_alpha
fa1 <- suppressWarnings(cfa(paste("f =~", paste(names(d), collapse = "+")), sample.cov = L, sample.nobs = n, std.lv = TRUE, optim.force.converged = TRUE,
           control = list(rel.tol = 1e-15, x.tol = 1e-15)))
e <- inspect(fa1, "est")
out <- rbind(
  data.frame(what = "psych", first = names(d)[ij[, 1]], second = names(d)[ij[, 2]], value = p$rho[ij]),
  data.frame(what = "lavaan", first = names(d)[ij[, 1]], second = names(d)[ij[, 2]], value = L[ij]),
  data.frame(what = "threshold", first = sub("[|].*", "", names(th)), second = sub(".*[|]t", "", names(th)), value = as.numeric(th)),
  data.frame(what = "alpha", first = "", second = "", value = a),
  data.frame(what = "omega", first = "", second = "", value = sum(e$lambda)^2 / (sum(e$lambda)^2 + sum(diag(e$theta)))))
out$value <- sprintf("%.15g", out$value)
write.csv(out, "expected.csv", row.names = FALSE)
odd <- matrix(c(1, .9, -.6, .2, .9, 1, .5, .3, -.6, .5, 1, .1, .2, .3, .1, 1), 4)
s <- suppressWarnings(cor.smooth(odd))
write.csv(data.frame(row = rep(1:4, 4), column = rep(1:4, each = 4), before = as.vector(odd), after = sprintf("%.15g", as.vector(s))), "smooth.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("psych", packageVersion("psych")), paste("lavaan", packageVersion("lavaan"))), "session.txt")
