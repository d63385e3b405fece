"""The tour: derivatives of known functions, computed and set beside their analytic values.

A section is a function that computes and returns a `Section`: text, tables and rows, nothing printed. `run` prints
sections one after another and counts the rows that agree. Every number shown is computed here and now, except closed
forms and the values certified by NIST.
"""

from collections.abc import Callable

from numdiff._tour.adaptive_method import adaptive
from numdiff._tour.chain_rule import chain
from numdiff._tour.checked_derivatives import checks
from numdiff._tour.difference_quotient import limit
from numdiff._tour.differentiation_rules import rules
from numdiff._tour.difficult_points import difficulties
from numdiff._tour.least_squares_fit import fit
from numdiff._tour.partial_derivatives import partials
from numdiff._tour.parts import Section
from numdiff._tour.printing import run
from numdiff._tour.taylor_polynomials import expansions

__all__ = ["SECTIONS", "run"]

SECTIONS: tuple[Callable[[], Section], ...] = (
    limit,
    rules,
    partials,
    chain,
    adaptive,
    expansions,
    difficulties,
    checks,
    fit,
)
