from typing import Any, final

@final
class Recorder:
    @property
    def rows(self) -> list[tuple[Any, ...]]: ...
    @property
    def at_level_0(self) -> float: ...
