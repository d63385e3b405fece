"""Where the adaptive method errs by more than ten times its bound: the list is kept in the open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dishonest:
    """A point where the adaptive method errs by more than ten times its bound, and why."""

    x: float
    order: int
    reason: str
    seed: int = 0


# By the name of the problem. The list may only shrink: a test fails if an example has become honest.
KNOWN_DISHONEST: dict[str, Dishonest] = {
    "variance-formula": Dishonest(
        894.943540124798,
        3,
        "the rounding of x^2 is noise, a million times eps |f|, but of so few values that it may be the same at all "
        "finer nodes by chance, and is then taken for the rounding of intermediate results",
    ),
    "peak-near-wide-peak": Dishonest(
        9.94330798373394,
        1,
        "the far tail of the narrow peak adds 2e-13 to f' and to f less than rounding; no sample falls on the peak "
        "itself, and the wide peak alone allows a bound of 2e-15",
    ),
    "minus-1-plus-1e-5-runge": Dishonest(
        -0.12341439101283425,
        4,
        "an offset hides all but five digits of f; successive windows differ by less than they err, by accident",
    ),
}
