# What the R scripts beside this file share. One process makes one call, as often as it is asked.
#
#   Rscript SCRIPT.R FOLDER CALL
#
# FOLDER holds columns.tsv (a line a column: its name, then its levels where it is a factor) and a file of
# doubles for each column, 1.bin, 2.bin, ... Each line on standard input asks for one turn; the answer is a
# line of seconds, megabytes above those after the packages were loaded, and the numbers that the call returns.
# Says "ready" before; exits with 3 where the package is not installed.

peak <- function() {
  if (!file.exists("/proc/self/status")) return(NA)
  line <- grep("^VmHWM", readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

read_columns <- function(folder) {
  lines <- strsplit(readLines(file.path(folder, "columns.tsv"), encoding = "UTF-8"), "\t", fixed = TRUE)
  columns <- lapply(seq_along(lines), function(i) {
    file <- file.path(folder, paste0(i, ".bin"))
    x <- readBin(file, "double", file.size(file) / 8)
    levels <- lines[[i]][-1]
    if (length(levels)) factor(levels[x + 1], levels) else x
  })
  names(columns) <- vapply(lines, `[`, "", 1)
  as.data.frame(columns)
}

# calls: for each name a list of `package` and `run`, a function of the data that returns a function
serve <- function(calls) {
  options(warn = -1, mc.cores = 1)
  given <- commandArgs(trailingOnly = TRUE)
  call <- calls[[given[2]]]
  for (package in call$package) {
    found <- suppressWarnings(suppressPackageStartupMessages(require(package, character.only = TRUE, quietly = TRUE)))
    if (!found) quit(status = 3)
  }
  before <- peak()
  run <- call$run(read_columns(given[1]), as.numeric(given[-(1:2)]))
  cat("ready\n")
  flush(stdout())
  input <- file("stdin", "r")
  while (length(readLines(input, 1))) {
    invisible(gc())
    seconds <- system.time(capture.output(value <- suppressMessages(run())))[["elapsed"]]
    cat(sprintf("%.17g", c(seconds, peak() - before, value)), "\n")
    flush(stdout())
  }
}
