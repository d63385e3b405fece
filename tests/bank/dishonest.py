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
        657.7051226438801,
        3,
        "the rounding of x^2 is noise, a million times eps |f|, but of so few values that it may be the same at both "
        "probes by chance; there are no other nodes finer than the window",
    ),
    "arctan-1e-7-at-40": Dishonest(
        39.999999859016036,
        4,
        "the rounding of x alone is a fifth of a percent of the scale of f; that is taken for noise and a window far "
        "above the step gets placed, where the fourth derivative is small",
    ),
    "beta-weight": Dishonest(
        0.9999997271099192,
        4,
        "the branch point is nearer to x than the probes: what they and the window see is its power law from afar, "
        "whose fourth derivative is far smaller",
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
    "runge-uniform-0.001": Dishonest(
        0.3,
        3,
        "noise above which a third derivative is hardly seen: a window wider than the peak looks converged",
        seed=0,
    ),
    "tanh-gaussian-0.001": Dishonest(
        0.8,
        4,
        "noise above which a fourth derivative is hardly seen: a window wider than the step looks converged",
        seed=2,
    ),
}
