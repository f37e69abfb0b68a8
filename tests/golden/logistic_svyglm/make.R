# Logistic regression with sampling weights, with clusters and in a subpopulation by survey::svyglm;
# HC and clustered errors of the unweighted fit by sandwich.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected.csv, session.txt)
suppressMessages({library(survey); library(sandwich)})
set.seed(20260712)

n <- 700
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE),
  college = rbinom(n, 1, .4),
  county = sample(sprintf("county_%02d", 1:38), n, TRUE),
  weight = round(exp(rnorm(n, 0, .6)), 4)
)
effect <- rnorm(38, 0, .6)[as.integer(factor(d$county))]
d$employed <- ifelse(runif(n) < plogis(-.3 + .03 * (d$age - 44) + .6 * d$college + effect), "yes", "no")
d$rural <- rbinom(n, 1, .45)
write.csv(d, "input_simulated.csv", row.names = FALSE)

d$y <- as.numeric(d$employed == "yes")
f <- y ~ age + state + college:age
tight <- function(design) svyglm(f, design, family = quasibinomial(), epsilon = 1e-14, maxit = 100)
one <- function(name, b, V) data.frame(fit = name, term = names(b), estimate = b, std_error = sqrt(diag(V)))
plain <- svydesign(ids = ~1, weights = ~weight, data = d)
counties <- svydesign(ids = ~county, weights = ~weight, data = d)
w <- tight(plain); c <- tight(counties)
s <- tight(subset(plain, rural == 1)); sc <- tight(subset(counties, rural == 1))
g <- glm(f, binomial, d, epsilon = 1e-14, maxit = 100)
out <- rbind(
  one("weights", coef(w), vcov(w)), one("weights, counties", coef(c), vcov(c)),
  one("weights, rural", coef(s), vcov(s)), one("weights, counties, rural", coef(sc), vcov(sc)),
  one("model", coef(g), vcov(g)),
  one("HC0", coef(g), vcovHC(g, "HC0")), one("HC1", coef(g), vcovHC(g, "HC1")),
  one("CR0", coef(g), vcovCL(g, ~county, type = "HC0", cadjust = FALSE)),
  one("CR1", coef(g), vcovCL(g, ~county, type = "HC0", cadjust = TRUE)),
  one("CR1S", coef(g), vcovCL(g, ~county, type = "HC1", cadjust = TRUE)))
for (v in c("estimate", "std_error")) out[[v]] <- sprintf("%.15g", out[[v]])
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey")), paste("sandwich", packageVersion("sandwich"))), "session.txt")
