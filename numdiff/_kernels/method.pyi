from typing_extensions import disjoint_base

from numdiff._kernels.answer import Answer
from numdiff._kernels.problem import Problem

@disjoint_base
class Method:
    def answer(self, problem: Problem, orders: tuple[int, ...] = ...) -> Answer: ...
