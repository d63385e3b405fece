from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.lines import Lines

@final
class Answer:
    lines: Lines
    output_shape: tuple[int, ...]
    one_output: bool
    nfev: int
    first_error: Exception | None
    estimated: bool
    @property
    def number(self) -> tuple[float, float, int, float] | None: ...
    @property
    def value(self) -> NDArray[np.inexact[Any]]: ...
    @property
    def bound(self) -> NDArray[np.float64]: ...
    @property
    def reach(self) -> NDArray[np.float64]: ...
    @property
    def status(self) -> NDArray[np.int8]: ...
    @property
    def slope(self) -> NDArray[np.float64]: ...
