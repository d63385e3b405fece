"""Which h? The adaptive method, on everything that is differentiated in the sections before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

import numdiff
from numdiff import DerivativeResult
from numdiff._tour.chain_rule import Composition, compositions
from numdiff._tour.difference_quotient import EXPONENTIAL, POWER, QUOTIENTS, Smooth
from numdiff._tour.differentiation_rules import RULES
from numdiff._tour.examples import SHARP, Example
from numdiff._tour.measured import SAFETY, Measured
from numdiff._tour.partial_derivatives import partial_examples
from numdiff._tour.parts import AdaptiveRow, AdaptiveTable, Part, Section, TextTable


def worked_examples() -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """The examples of the sections before, in groups, each with its heading."""
    smooth = tuple(smooth.example() for smooth in (POWER, EXPONENTIAL))
    combined = tuple(rule.example(0.5) for rule in RULES)
    by_x, by_y, mixed, curve, mapping, linear = partial_examples()
    # the names as above, but short
    mixed = replace(mixed, names=("df/dx1", "df/dx2"))
    return (
        ("The limit of the difference quotient, and the left sides of the rules:", smooth + combined),
        (
            "The partial derivatives, the gradient of f(x1, x2) = x1^2 x2 + x1 x2^3, and the column of the curve:",
            (by_x, by_y, mixed, curve),
        ),
        (
            "The Jacobian of F, and that of the linear map, in which every bound is a matter of rounding:",
            (mapping, linear),
        ),
    )


def _which_step(smooth: Smooth) -> list[tuple[str, ...]]:
    """Errors of the quotients at the best step that theory knows and at numdiff's, and of the adaptive method."""
    exact = smooth.nth(1)
    found = numdiff.derivative(smooth.f, smooth.x, full_output=True)
    own = [
        numdiff.derivative(smooth.f, smooth.x, method=q.method, accuracy=q.accuracy, full_output=True)
        for q in QUOTIENTS
    ]
    best = [f"{smooth.error(q, smooth.best_step(q)):.1e}" for q in QUOTIENTS]
    errors = [f"{abs(result.value - exact):.1e}" for result in (*own, found)]
    return [
        (f"{smooth.name}: error, best h by f^(p+1)", *best, ""),
        (f"{smooth.name}: error, h by numdiff", *errors),
        (f"{smooth.name}: bound of that error", *("none" for _ in QUOTIENTS), f"{found.error:.1e}"),
        (f"{smooth.name}: evaluations of f", *(str(result.nfev) for result in (*own, found))),
    ]


def _product_with_bounds(composition: Composition) -> tuple[AdaptiveRow, ...]:
    """The whole by the adaptive method, and the product of its Jacobians with their bounds carried along."""
    whole = composition.whole
    outer, inner = composition.outer.adaptive(), composition.inner.adaptive()
    product = Measured(outer.value, outer.error) @ Measured(inner.value, inner.error)
    # an entry of the product is as good as the worst that it is made of
    worst = min(outer.status.min(), inner.status.min())
    result = DerivativeResult(
        product.value, product.allowed, np.full(product.value.shape, worst), None, outer.nfev + inner.nfev
    )
    return (
        *whole.called("composition").beside_adaptive(whole.adaptive()),
        *whole.called("product").beside_adaptive(result),
    )


def _groups() -> Iterator[tuple[str, Sequence[AdaptiveRow]]]:
    """The rows of the section, each group under its heading."""
    for heading, examples in worked_examples():
        yield heading, [row for example in examples for row in example.beside_adaptive(example.adaptive())]
    yield (
        "The chain rule, f along the circle, then over the plane: the Jacobian of the composition, and the "
        "product of the Jacobians, the bounds of its factors carried along:",
        [row for composition in compositions() for row in _product_with_bounds(composition)],
    )


def adaptive(groups: Iterable[tuple[str, Sequence[AdaptiveRow]]] | None = None) -> Section:
    """Every derivative of the sections before by the adaptive method, with its bound."""
    errors = tuple(texts for smooth in (POWER, EXPONENTIAL) for texts in _which_step(smooth))
    parts: list[Part] = [
        "Which h? The best one depends on higher derivatives that nobody has, and a fixed step does not say how far "
        "off it is. The adaptive method, numdiff's default, asks f: it looks for the scale on which f varies, takes "
        "differences at several h of that scale, extrapolates them to h = 0 (Richardson), and tests the outcome "
        "at other h. What extrapolations of successive orders differ by, and what rounding can do to them, makes the "
        "bound. Below, the error of each stencil if it is told its best h, and if it is not:",
        TextTable(("", *(q.name for q in QUOTIENTS), "adaptive"), errors),
        "The examples of the sections before; no h, no method, no scale is given. To agree, the error must be at "
        f"most the bound (and {SAFETY:g} eps of the analytic value, which is rounded too), the bound at most "
        f"{SHARP:g} of the largest entry of the derivative, and the status CONVERGED. nfev counts the evaluations of "
        "f; those of a gradient or Jacobian stand on its first line.",
    ]
    rows: list[AdaptiveRow] = []
    for heading, group in _groups() if groups is None else groups:
        rows += group
        parts += [heading, AdaptiveTable(tuple(group))]
    within = sum(row.error <= row.tolerance for row in rows)
    slack = [row.bound / row.error for row in rows if row.error > 0]
    parts.append(
        f"{within} of {len(rows)} errors lie within their bounds. "
        + (f"A bound is {np.median(slack):.0f} times the error in the median: caution has a price. " if slack else "")
        + "It is an estimate, not a proof: what f does between all the points at which it was evaluated is not known "
        "to anybody who can only call it."
    )
    return Section("Which h? The adaptive method and its bounds", tuple(parts))
