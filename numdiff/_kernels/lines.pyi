from collections.abc import Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

@final
class Lines:
    x: NDArray[np.float64] | NDArray[np.float32]
    pointwise: bool
    number: bool
    single: bool
    variables: int
    count: int
    side: int
    def __new__(
        cls,
        x: NDArray[np.float64] | NDArray[np.float32] | None = ...,
        pointwise: bool = ...,
        lower: NDArray[np.float64] | None = ...,
        upper: NDArray[np.float64] | None = ...,
    ) -> Lines: ...
    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None: ...
    def only(self, columns: NDArray[np.integer[Any]]) -> Lines: ...
    def along(self, vectors: Sequence[NDArray[np.float64]]) -> Lines: ...
    def on_side(self, side: int) -> Lines: ...
    def room(self, line: int) -> tuple[float, float]: ...
    def points(self, line: int, displacements: NDArray[np.float64]) -> NDArray[Any]: ...
