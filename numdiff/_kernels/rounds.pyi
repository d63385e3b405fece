from typing import final

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.answer import Answer
from numdiff._kernels.method import Method
from numdiff._kernels.problem import Problem
from numdiff._kernels.trace import Recorder

@final
class Adaptive(Method):
    step: NDArray[np.float64] | None
    rtol: float
    atol: float
    max_nfev: int
    def __init__(
        self, step: NDArray[np.float64] | None = ..., rtol: float = ..., atol: float = ..., max_nfev: int = ...
    ) -> None: ...
    def record(self, problem: Problem, order: int, recorder: Recorder) -> Answer: ...
