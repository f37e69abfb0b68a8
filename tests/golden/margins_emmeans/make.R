# Means on a balanced grid and their pairwise contrasts by emmeans: nnet::multinom and MASS::polr with mode = "prob", a
# logistic glm regridded to the response, a linear model with precision weights.
#   Rscript make.R    (in this folder; writes input_simulated.csv, expected_*.csv, session.txt)
suppressMessages({library(emmeans); library(nnet); library(MASS)})
set.seed(20261201)

n <- 700
d <- data.frame(
  age = round(rnorm(n, 44, 11)),
  wage = round(exp(rnorm(n, 2.8, 0.35)), 2),
  state = sample(c("NC", "OR", "PA", "TX"), n, TRUE, c(.35, .15, .3, .2)),
  sex = sample(c("female", "male"), n, TRUE, c(.65, .35)),
  copies = sample(1:4, n, TRUE, c(.5, .3, .15, .05))
)
e1 <- .4 + .02 * (d$age - 44) + .5 * (d$state == "PA") - .4 * (d$sex == "male") * (d$state == "TX")
e2 <- -.6 - .03 * (d$age - 44) + .9 * log(d$wage / 16) - .4 * (d$sex == "male")
p <- cbind(1, exp(e1), exp(e2))
u <- runif(n) * rowSums(p)
d$job <- c("none", "peer", "other")[1 + (u > p[, 1]) + (u > p[, 1] + p[, 2])]
d$health <- c("a poor", "b fair", "c good", "d very good")[findInterval(e1 + e2 + rlogis(n), c(-1.5, 0, 1.2)) + 1]
d$score <- round(3 + .5 * e1 - .2 * e2 + rnorm(n), 3)
write.csv(d, "input_simulated.csv", row.names = FALSE)
for (v in c("state", "sex")) d[[v]] <- factor(d[[v]])
d$job <- relevel(factor(d$job), ref = "none")
d$health <- factor(d$health, ordered = TRUE)
d$peer <- as.numeric(d$job == "peer")

f <- ~ age + log(wage) + state * sex
fits <- list(
  multinomial = multinom(update(f, job ~ .), d, maxit = 5000, reltol = 1e-15, abstol = 1e-15, trace = FALSE),
  "multinomial, copies" = multinom(update(f, job ~ .), d, weights = copies, maxit = 5000, reltol = 1e-15,
    abstol = 1e-15, trace = FALSE),
  logistic = glm(update(f, peer ~ .), binomial, d, epsilon = 1e-14),
  linear = lm(update(f, score ~ .), d, weights = copies),
  ordinal = polr(update(f, health ~ .), d, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
)
grid <- function(name, specs, at = NULL) {
  m <- fits[[name]]
  if (grepl("multinomial", name)) emmeans(m, specs, by = "job", mode = "prob", at = at)
  else if (name == "ordinal") emmeans(m, specs, by = "health", mode = "prob", at = at)
  else if (grepl("logistic", name)) emmeans(m, specs, regrid = "response", at = at)
  else emmeans(m, specs, at = at)
}
text <- function(x) sprintf("%.15g", x)
means <- pairs <- NULL
for (name in names(fits)) for (specs in c("state", "sex")) for (young in c(FALSE, TRUE)) {
  e <- as.data.frame(summary(grid(name, specs, if (young) list(age = 30))))
  outcome <- if ("job" %in% names(e)) e$job else if ("health" %in% names(e)) e$health else ""
  value <- e[[intersect(c("prob", "emmean", "response"), names(e))[1]]]
  means <- rbind(means, data.frame(fit = name, variable = specs, age = if (young) "30" else "mean", outcome = outcome,
    level = e[[specs]], estimate = text(value), std_error = text(e$SE)))
}
for (name in c("logistic", "linear")) for (adjust in c("none", "holm", "fdr", "sidak", "mvt")) {
  set.seed(1)
  g <- grid(name, "state")
  s <- as.data.frame(summary(contrast(g, "pairwise", by = NULL, adjust = adjust), infer = TRUE))
  bounds <- s[, grepl("\\.CL|LCL|UCL", names(s))]
  pairs <- rbind(pairs, data.frame(fit = name, adjust = adjust, contrast = s$contrast, estimate = text(s$estimate),
    std_error = text(s$SE), p_adjusted = text(s$p.value), low = text(bounds[, 1]), high = text(bounds[, 2]), df = s$df))
}
write.csv(means, "expected_means.csv", row.names = FALSE)
write.csv(pairs, "expected_contrasts.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("emmeans", packageVersion("emmeans")), paste("mvtnorm", packageVersion("mvtnorm")),
  paste("nnet", packageVersion("nnet")), paste("MASS", packageVersion("MASS"))), "session.txt")
