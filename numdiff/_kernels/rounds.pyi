from typing import final

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.method import Method

@final
class Adaptive(Method):
    step: NDArray[np.float64] | None
    rtol: float
    atol: float
    max_nfev: int
    def __init__(
        self, step: NDArray[np.float64] | None = ..., rtol: float = ..., atol: float = ..., max_nfev: int = ...
    ) -> None: ...
