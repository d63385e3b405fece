"""Bodies that problems of several groups are made of."""


def horner(*coefficients):
    """A polynomial, its highest power first."""

    def body(m, x):
        result = coefficients[0] + 0 * x
        for a in coefficients[1:]:
            result = result * x + a
        return result

    return body


def partial_sum(term, first, last):
    """The sum of term(m, x, k) from k = first to last."""

    def body(m, x):
        total = term(m, x, first)
        for k in range(first + 1, last + 1):
            total = total + term(m, x, k)
        return total

    return body


def exponential_sum(m, x):
    """exp(x) by 25 terms of its series at 0."""
    total = term = 1 + 0 * x
    for k in range(1, 25):
        term = term * x / k
        total = total + term
    return total
