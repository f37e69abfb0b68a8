# Which coefficients of the endometrial cancer study are infinite, by how the errors of R glm grow with its steps
# (Lesaffre and Albert 1989).
#   Rscript make.R    (in this folder; writes input.csv, expected.csv, session.txt)
# Data: 79 women, Heinze and Schemper (2002), as in brglm2 and Agresti (2015): histology grade (HG) by
# neovasculation (NV), pulsatility index of arteria uterina (PI) and endometrium height (EH).
data("endometrial", package = "brglm2")
d <- endometrial
write.csv(d, "input.csv", row.names = FALSE)
errors <- function(steps) {
  fit <- suppressWarnings(glm(HG ~ NV + PI + EH, binomial, d, control = list(maxit = steps, epsilon = 1e-300)))
  list(se = sqrt(diag(vcov(fit))), b = coef(fit))
}
early <- errors(8); late <- errors(20)
out <- data.frame(term = names(late$b), ratio = late$se / early$se, estimate = late$b)
# rows without neovasculation: what is left of the likelihood, whose maximum the finite coefficients have
rest <- glm(HG ~ PI + EH, binomial, d[d$NV == 0, ], control = list(epsilon = 1e-14))
out$limit <- c(coef(rest)[1], Inf, coef(rest)[-1])
for (v in names(out)[-1]) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("brglm2", packageVersion("brglm2"), "(data only)")), "session.txt")
