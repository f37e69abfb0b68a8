# Linear regression with sampling weights by survey::svyglm: weights alone, with primary sampling units (counties), in
# a subpopulation (rural). degf counts the counties with a row in the subpopulation; df_residual is what summary() takes
# for p_residual, degf + 1 - p.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages(library(survey))
set.seed(20261128)

n <- 450
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  college = rbinom(n, 1, .4),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE),
  county = sample(sprintf("county_%02d", 1:32), n, TRUE),
  weight = round(exp(rnorm(n, 0, .6)), 4)
)
effect <- rnorm(32, 0, 1.5)[as.integer(factor(d$county))]
d$wage <- round(17 + .08 * (d$age - 44) + 2 * d$college + effect + rnorm(n) * (2 + .05 * d$age), 2)
# five counties have no rural row: they stay in the design, with nothing in the subpopulation
d$rural <- rbinom(n, 1, .45) * !(d$county %in% sprintf("county_%02d", 1:5))
write.csv(d, "input_simulated.csv", row.names = FALSE)

f <- wage ~ age * college + state
plain <- svydesign(ids = ~1, weights = ~weight, data = d)
counties <- svydesign(ids = ~county, weights = ~weight, data = d)
out <- NULL
one <- function(name, design) {
  m <- svyglm(f, design)
  s <- summary(m)$coefficients
  out <<- rbind(out, data.frame(fit = name, term = rownames(s), estimate = s[, 1], std_error = s[, 2],
    p_residual = s[, 4], df_residual = m$df.residual, degf = degf(design)))
}
one("weights", plain)
one("weights, counties", counties)
one("weights, rural", subset(plain, rural == 1))
one("weights, counties, rural", subset(counties, rural == 1))
for (v in c("estimate", "std_error", "p_residual")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "session.txt")
