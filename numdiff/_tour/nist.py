"""A data set of NIST's Statistical Reference Datasets, with its certified fit and the model that is fitted."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class CertifiedFit:
    """A least-squares problem of the NIST Statistical Reference Datasets with its certified solution.

    Certified values are correctly rounded to `digits` significant digits.
    """

    source: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    standard_errors: tuple[float, ...]
    sum_of_squares: float
    digits: int = 11

    @property
    def freedom(self) -> int:
        """Degrees of freedom: observations that the parameters leave over."""
        return len(self.y) - len(self.parameters)

    def half_unit(self, certified: float) -> float:
        """Half a unit in the last digit of a certified value."""
        return 0.5 * 10.0 ** (math.floor(math.log10(abs(certified))) + 1 - self.digits)


# NIST's file gives 9 degrees of freedom, but its residual standard deviation, 28.262414662 =
# sqrt(8786.4049080 / 11), and its standard deviations of the parameters are those of 15 - 4 = 11.
RAT43 = CertifiedFit(
    source="NIST Statistical Reference Datasets (StRD), nonlinear regression, Rat43 (Ratkowsky3), level of "
    "difficulty: higher, https://www.itl.nist.gov/div898/strd/nls/data/ratkowsky3.shtml; data from D. A. "
    "Ratkowsky, Nonlinear Regression Modeling, Marcel Dekker 1983, pp. 62 and 88",
    x=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    y=(
        *(16.08, 33.83, 65.80, 97.20, 191.55, 326.20, 386.87, 520.53),
        *(590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41),
    ),
    starts=((100.0, 10.0, 1.0, 1.0), (700.0, 5.0, 0.75, 1.3)),
    parameters=(6.9964151270e02, 5.2771253025e00, 7.5962938329e-01, 1.2792483859e00),
    standard_errors=(1.6302297817e01, 2.0828735829e00, 1.9566123451e-01, 6.8761936385e-01),
    sum_of_squares=8.7864049080e03,
)


def growth(b: Any, x: Any) -> Any:
    """Sigmoidal growth, b1 / (1 + exp(b2 - b3 x))^(1/b4)."""
    return b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3])


def growth_jacobian(b: Any, x: Any) -> Any:
    """The Jacobian of `growth` with respect to b, by hand."""
    y = growth(b, x)
    e = np.exp(b[1] - b[2] * x)
    share = e / (1 + e) / b[3]
    return np.stack([y / b[0], -y * share, y * x * share, y * np.log1p(e) / b[3] ** 2], axis=-1)
