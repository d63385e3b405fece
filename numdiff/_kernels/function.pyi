from collections.abc import Callable, Mapping
from typing import Any, final

@final
class Function:
    f: Callable[..., Any]
    vectorized: bool
    args: tuple[Any, ...]
    nfev: int
    def __init__(
        self,
        f: Callable[..., Any],
        vectorized: bool = ...,
        args: tuple[Any, ...] | list[Any] = ...,
        kwargs: Mapping[str, Any] | None = ...,
    ) -> None: ...
    @property
    def kwargs(self) -> dict[str, Any]: ...
    def __call__(self, x: Any) -> Any: ...
    def block(self, x: Any, points: int) -> Any: ...
    def __reduce__(self) -> Any: ...
