# Two published Brant tests, with every digit from Brant's (1990) formula in base R; and one on simulated ratings.
# The R package brant (0.3-0) is not in Debian: its documented example prints Omnibus 3.28 on 4 df, p 0.51; SexMale 1.58
# on 2, 0.45; Height 0.02 on 2, 0.99 (https://rdrr.io/cran/brant/man/brant.html). Lydersen, Laake and Fagerland's
# postoperative nausea: T = 1.668 on 2 df, P = 0.43422 (contingencytables::Brant_test_2xc).
#   Rscript make.R    (in this folder; writes smoking.csv, nausea.csv, expected.csv, session.txt)
suppressMessages(library(MASS))
s <- na.omit(survey[, c("Smoke", "Sex", "Height")]); write.csv(s, "smoking.csv", row.names = FALSE)
s <- read.csv("smoking.csv"); s$y <- as.integer(factor(s$Smoke, c("Never", "Occas", "Regul", "Heavy")))
people <- data.frame(arm = rep(c("a", "b"), each = 4), nausea = rep(0:3, 2), people = c(14, 10, 3, 2, 11, 7, 8, 4))
write.csv(people, "nausea.csv", row.names = FALSE)
nausea <- people[rep(1:8, people$people), ]; nausea$y <- nausea$nausea + 1
ratings <- read.csv("../ordinal_polr/input_simulated.csv")
ratings$y <- as.integer(factor(ratings$satisfaction, c("very low", "low", "mid", "high", "very high")))

out <- NULL
brant <- function(name, formula, d, terms = NULL) {
  J <- max(d$y); K <- NULL; b <- list(); p <- list(); B <- list()
  for (j in 1:(J - 1)) {
    d$z <- as.integer(d$y > j)
    m <- glm(update(formula, z ~ .), binomial, d, epsilon = 1e-15, maxit = 100)
    b[[j]] <- coef(m)[-1]; p[[j]] <- fitted(m); X <- model.matrix(m)
    B[[j]] <- solve(crossprod(X, X * (p[[j]] * (1 - p[[j]]))))
  }
  K <- length(b[[1]]); V <- matrix(NA, (J - 1) * K, (J - 1) * K)
  for (m in 1:(J - 1)) for (l in m:(J - 1)) {
    C <- (B[[m]] %*% crossprod(X, X * (p[[l]] - p[[m]] * p[[l]])) %*% B[[l]])[-1, -1, drop = FALSE]
    r <- (m - 1) * K + 1:K; s <- (l - 1) * K + 1:K; V[r, s] <- C; V[s, r] <- t(C)
  }
  test <- function(term, which) {
    D <- do.call(rbind, lapply(2:(J - 1), function(j) { M <- matrix(0, length(which), (J - 1) * K)
      for (i in seq_along(which)) { M[i, which[i]] <- 1; M[i, (j - 1) * K + which[i]] <- -1 }; M }))
    x <- drop(D %*% unlist(b)); T <- drop(x %*% solve(D %*% V %*% t(D), x))
    out <<- rbind(out, data.frame(example = name, term = term, statistic = sprintf("%.15g", T), df = length(x),
      p_value = sprintf("%.15g", pchisq(T, length(x), lower.tail = FALSE))))
  }
  test("all", 1:K)
  for (k in 1:K) test(names(b[[1]])[k], k)
  for (t in names(terms)) test(t, terms[[t]])
}
brant("smoking", y ~ Sex + Height, s)
brant("nausea", y ~ arm, nausea)
brant("ratings", y ~ age + state + veteran, ratings, list(state = 2:3))
write.csv(out, "expected.csv", row.names = FALSE)
writeLines(c(R.version.string, paste("MASS", as.character(packageVersion("MASS")))), "session.txt")
