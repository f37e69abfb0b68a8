# Sums of R's own iris by species, for iris.sas7bdat.gz.
sums <- aggregate(. ~ Species, iris, sum)
names(sums) <- gsub(".", "_", names(sums), fixed = TRUE)
sums[-1] <- lapply(sums[-1], sprintf, fmt = "%.15g")
write.csv(sums, "expected.csv", row.names = FALSE, quote = FALSE)
