from typing import Any

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.function import Function

def fixed_step(
    function: Function,
    x: NDArray[np.float64] | NDArray[np.float32],
    pointwise: bool,
    one_output: bool,
    method: str,
    order: int,
    accuracy: int,
    step: NDArray[np.float64] | None = ...,
    scale: NDArray[np.float64] | None = ...,
    lower: NDArray[np.float64] | None = ...,
    upper: NDArray[np.float64] | None = ...,
    f0: Any = ...,
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.int8], int]: ...
