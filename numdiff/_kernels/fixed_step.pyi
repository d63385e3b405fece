from typing import final

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.method import Method

@final
class FixedStep(Method):
    method: str
    accuracy: int
    step: NDArray[np.float64] | None
    scale: NDArray[np.float64] | None
    def __init__(
        self,
        method: str,
        accuracy: int | None = ...,
        step: NDArray[np.float64] | None = ...,
        scale: NDArray[np.float64] | None = ...,
    ) -> None: ...
