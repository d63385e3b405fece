from typing import Any

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.function import Function

def adaptive(
    function: Function,
    x: NDArray[np.float64] | NDArray[np.float32],
    pointwise: bool,
    one_output: bool,
    orders: tuple[int, ...],
    step: NDArray[np.float64] | None = ...,
    lower: NDArray[np.float64] | None = ...,
    upper: NDArray[np.float64] | None = ...,
    rtol: float = ...,
    atol: float = ...,
    max_nfev: int = ...,
    f0: Any = ...,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int8],
    tuple[int, ...],
    int,
]: ...
