# A regression-adjusted gap of two simulated surveys by survey::svyglm and svymean.
#   Rscript make.R    (in this folder; writes two input_*_simulated.csv, expected.csv, session.txt)
suppressMessages(library(survey))
set.seed(20261126)
make <- function(n, shift) {
  age <- round(runif(n, 18, 80)); educ <- sample(c("degree", "none", "school"), n, TRUE, c(.3, .2, .5))
  data.frame(age, educ, score = round(40 + .15 * age + 6 * (educ == "degree") - 4 * (educ == "none") + shift +
                                      rnorm(n, 0, 9), 2),
             w = round(runif(n, .3, 3), 3), psu = sample(seq_len(n %/% 8), n, TRUE))
}
nation <- make(400, 0); people <- make(90, -3)
write.csv(nation, "input_nation_simulated.csv", row.names = FALSE)
write.csv(people, "input_people_simulated.csv", row.names = FALSE)
one <- function(name, dn, dp) {
  f <- svyglm(score ~ age + educ, dn)
  p <- dp$variables; x <- model.matrix(~ age + educ, p)
  b <- coef(f); v <- vcov(f); w <- weights(dp); xbar <- colSums(x * w) / sum(w)
  dp <- update(dp, apart = p$score - as.vector(x %*% b))
  m <- svymean(~apart, dp)
  data.frame(design = name, difference = coef(m)[[1]], own = SE(m)[[1]],
             benchmark_value = sum(xbar * b), benchmark_std_error = sqrt(drop(t(xbar) %*% v %*% xbar)))
}
out <- rbind(
  one("weights", svydesign(~1, weights = ~w, data = nation), svydesign(~1, weights = ~w, data = people)),
  one("clusters", svydesign(~psu, weights = ~w, data = nation), svydesign(~psu, weights = ~w, data = people)))
for (v in names(out)[-1]) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
