from collections.abc import Iterable
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

MAX_ORDER: int
MAX_ACCURACY: int

@final
class Stencil:
    order: int
    accuracy: int
    size: int
    truncation: float
    roundoff: float
    def __init__(self, offsets: Iterable[float], order: int) -> None: ...
    @staticmethod
    def usual(method: Literal["central", "forward", "backward"], order: int, accuracy: int) -> Stencil: ...
    @property
    def offsets(self) -> NDArray[np.float64]: ...
    @property
    def weights(self) -> NDArray[np.float64]: ...
    def step(self, eps: float, margin: float = 1.0, most: float = ...) -> float: ...
    def error(self, h: float, eps: float, margin: float = 1.0) -> float: ...
