from collections.abc import Callable
from typing import Any, final

@final
class Function:
    f: Callable[..., Any]
    vectorized: bool
    args: tuple[Any, ...]
    nfev: int
    def __new__(
        cls, f: Callable[..., Any], vectorized: bool = ..., args: tuple[Any, ...] | list[Any] = ...
    ) -> Function: ...
    def __call__(self, x: Any) -> Any: ...
    def __reduce__(self) -> Any: ...
