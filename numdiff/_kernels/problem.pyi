from collections.abc import Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from numdiff._kernels.function import Function
from numdiff._kernels.lines import Lines

@final
class Problem:
    function: Function
    lines: Lines
    f0: Any
    one_output: bool
    noise: float | NDArray[np.float64] | None
    def __init__(
        self, function: Function, lines: Lines, f0: Any = ..., one_output: bool = ..., noise: Any = ...
    ) -> None: ...
    @property
    def outputs(self) -> tuple[int, ...]: ...
    def only(self, columns: NDArray[np.integer[Any]]) -> Problem: ...
    def along(self, vectors: Sequence[NDArray[np.float64]]) -> Problem: ...
    def on_side(self, side: int) -> Problem: ...
