"""The difference rules that fixed steps offer."""

import pytest

ACCURACIES = {"central": (2, 4, 6, 8), "forward": tuple(range(1, 9)), "backward": tuple(range(1, 9))}
STENCILS = [(method, order, p) for method in ACCURACIES for order in range(1, 7) for p in ACCURACIES[method]]

every_method = pytest.mark.parametrize("method", ACCURACIES)
every_stencil = pytest.mark.parametrize(("method", "order", "accuracy"), STENCILS)
