from collections.abc import Callable
from typing import Any

from numdiff._kernels.answer import Answer
from numdiff._kernels.function import Function

POINTS: int
GRADIENT: int
JACOBIAN: int

def differentiate(
    name: str,
    f: Callable[..., Any] | Function,
    x: Any,
    kind: int,
    order: Any,
    full_output: bool,
    options: dict[str, Any],
) -> Any: ...
def solve(
    name: str,
    f: Callable[..., Any] | Function,
    x: Any,
    kind: int,
    orders: tuple[int, ...],
    options: dict[str, Any],
    full_output: bool,
) -> Answer: ...
