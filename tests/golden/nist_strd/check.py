"""Solve every set in exact rational arithmetic and compare with every digit that NIST prints.

    python check.py

A certified value may differ from the exact one by at most half a unit of its last printed digit.
"""

import csv
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

getcontext().prec = 60
HERE = Path(__file__).parent


def rows(name):
    with (HERE / name).open() as file:
        return list(csv.DictReader(file))


def column(term, data):
    if term == "Intercept":
        return [Fraction(1)] * len(data)
    if term.startswith("I("):
        return [Fraction(row["x"]) ** int(term[7:-1]) for row in data]
    return [Fraction(row[term]) for row in data]


def dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def inverse(A):
    """Invert by Gauss-Jordan elimination, exactly."""
    p = len(A)
    M = [list(row) + [Fraction(int(i == j)) for j in range(p)] for i, row in enumerate(A)]
    for i in range(p):
        pivot = next(j for j in range(i, p) if M[j][i])
        M[i], M[pivot] = M[pivot], M[i]
        M[i] = [value / M[i][i] for value in M[i]]
        for j in range(p):
            if j != i:
                M[j] = [a - M[j][i] * b for a, b in zip(M[j], M[i], strict=True)]
    return [row[p:] for row in M]


def decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def units(exact, printed):
    """Distance in units of the last printed digit."""
    printed = Decimal(printed)
    return abs(exact - printed) / Decimal(1).scaleb(printed.as_tuple().exponent)


def check(fit, certified):
    data = rows(f"{fit['set']}.csv")
    X = [column(row["term"], data) for row in certified]
    y = [Fraction(row["y"]) for row in data]
    n, p = len(y), len(X)
    bread = inverse([[dot(a, b) for b in X] for a in X])
    Xy = [dot(a, y) for a in X]
    beta = [dot(row, Xy) for row in bread]
    residuals = [value - dot(beta, x) for value, x in zip(y, zip(*X, strict=True), strict=True)]
    rss = dot(residuals, residuals)
    centre = sum(y) / n if certified[0]["term"] == "Intercept" else Fraction(0)
    tss = sum((value - centre) ** 2 for value in y)
    pairs = [
        (decimal(rss / (n - p)).sqrt(), fit["residual_sd"]),
        (decimal(1 - rss / tss), fit["r_squared"]),
    ]
    for row, b, j in zip(certified, beta, range(p), strict=True):
        pairs += [
            (decimal(b), row["estimate"]),
            (decimal(bread[j][j] * rss / (n - p)).sqrt(), row["std_error"]),
        ]
    return n == int(fit["n"]), max(units(*pair) for pair in pairs), len(pairs)


if __name__ == "__main__":
    CERTIFIED = rows("certified.csv")
    for fit in rows("certified_fit.csv"):
        same, worst, count = check(fit, [row for row in CERTIFIED if row["set"] == fit["set"]])
        print(f"{fit['set']:9s} {count:3d} values, worst {worst:.3f} units of the last printed digit")  # noqa: T201
        assert same and worst <= Decimal("0.5000001"), fit["set"]  # noqa: PT018
