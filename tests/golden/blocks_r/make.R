# Blocks of predictors by anova(), and standardised coefficients by scale(), on simulated workers.
# Rscript make.R, in this folder.
data <- read.csv("input_simulated.csv", stringsAsFactors = TRUE)
num <- function(x) sprintf("%.15g", x)
small <- lm(exhaustion ~ age + state, data)
large <- lm(exhaustion ~ age + state + workload + hours, data)
test <- anova(small, large)
glm_small <- glm(peer ~ age, binomial, data, epsilon = 1e-14)
glm_large <- glm(peer ~ age + state + workload, binomial, data, epsilon = 1e-14)
lr <- anova(glm_small, glm_large, test = "LRT")
scaled <- data
for (name in c("exhaustion", "age", "workload", "hours")) scaled[[name]] <- as.numeric(scale(data[[name]]))
beta <- coef(summary(lm(exhaustion ~ age + state + workload + hours, scaled)))
out <- rbind(
  data.frame(what = "small_r2", value = num(summary(small)$r.squared)),
  data.frame(what = "small_adj", value = num(summary(small)$adj.r.squared)),
  data.frame(what = "large_r2", value = num(summary(large)$r.squared)),
  data.frame(what = "large_adj", value = num(summary(large)$adj.r.squared)),
  data.frame(what = "f", value = num(test$F[2])),
  data.frame(what = "f_p", value = num(test$`Pr(>F)`[2])),
  data.frame(what = "lr", value = num(lr$Deviance[2])),
  data.frame(what = "lr_p", value = num(lr$`Pr(>Chi)`[2])),
  data.frame(what = paste0("beta_", rownames(beta)[-1]), value = num(beta[-1, 1])),
  data.frame(what = paste0("beta_se_", rownames(beta)[-1]), value = num(beta[-1, 2]))
)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string), "session.txt")
