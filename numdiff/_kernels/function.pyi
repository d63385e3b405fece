from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

@final
class Function:
    f: Callable[..., Any]
    vectorized: bool
    args: tuple[Any, ...]
    noise: float | NDArray[np.float64] | None
    nfev: int
    def __init__(
        self,
        f: Callable[..., Any],
        vectorized: bool = ...,
        args: tuple[Any, ...] | list[Any] = ...,
        kwargs: Mapping[str, Any] | None = ...,
        noise: ArrayLike | None = ...,
    ) -> None: ...
    @property
    def kwargs(self) -> dict[str, Any]: ...
    def __call__(self, x: Any) -> Any: ...
    def block(self, x: Any, points: int) -> Any: ...
    def __reduce__(self) -> Any: ...

def as_noise(noise: Any) -> float | NDArray[np.float64] | None: ...
