"""Units and masks, which numpy would drop: of x, of options, of what f and its derivative return."""

import math
import re

import numpy as np
import pytest

import numdiff
from numdiff import derivative, gradient, jacobian
from numdiff._kernels.plain import require_plain


class ArrayWithUnit(np.ndarray):
    """As astropy's quantities: an array that knows its unit, which numpy.asarray drops without a word."""

    def __new__(cls, numbers, unit="m"):
        made = np.asarray(numbers, dtype=float).view(cls)
        made.unit = unit
        return made

    def __array_finalize__(self, other):
        self.unit = getattr(other, "unit", None)

    @property
    def value(self):
        return self.view(np.ndarray)


class HolderWithUnits:
    """As pint's quantities: an object that holds a number or an array, and gives it to numpy with a warning."""

    def __init__(self, numbers, units="metre"):
        self._magnitude, self._units = numbers, units

    magnitude = property(lambda self: self._magnitude)
    units = property(lambda self: self._units)

    def __array__(self, dtype=None, copy=None):
        raise UserWarning("the unit is stripped")


class Masked(np.ndarray):
    """As astropy's masked arrays, which are not numpy's."""

    def __new__(cls, numbers, mask):
        made = np.asarray(numbers, dtype=float).view(cls)
        made.mask = np.asarray(mask)
        return made

    @property
    def unmasked(self):
        return self.view(np.ndarray)


UNIT = (
    " must hold plain numbers; got {} with the unit {!r}, which would be lost: take its .{}, in the unit that is meant"
)
MASK = " must hold plain numbers; got a masked array, of which {} of {} are masked: fill in what they are"
REFUSED = {
    "number": (ArrayWithUnit(2.0), UNIT.format("ArrayWithUnit", "m", "value")),
    "array": (ArrayWithUnit([2.0, 3.0]), UNIT.format("ArrayWithUnit", "m", "value")),
    "no-dimension": (ArrayWithUnit(2.0, ""), UNIT.format("ArrayWithUnit", "dimensionless", "value")),
    "holder": (HolderWithUnits(2.0), UNIT.format("HolderWithUnits", "metre", "magnitude")),
    "holder-of-array": (HolderWithUnits(np.ones(2)), UNIT.format("HolderWithUnits", "metre", "magnitude")),
    "list": ([HolderWithUnits(1.0), 2.0], UNIT.format("HolderWithUnits", "metre", "magnitude")),
    "tuple-in-list": ([(1.0, ArrayWithUnit(1.0))], UNIT.format("ArrayWithUnit", "m", "value")),
    "masked": (np.ma.array([1.0, 2.0, 3.0], mask=[1, 0, 1]), MASK.format(2, 3)),
    "masked-number": (np.ma.masked, MASK.format(1, 1)),
    "masked-in-list": ([1.0, np.ma.masked], MASK.format(1, 1)),
    "other-mask": (Masked([1.0, 2.0], [True, False]), MASK.format(1, 2)),
}
refused_values = pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)


def refused(name, message):
    return pytest.raises(TypeError, match="^" + re.escape(name + message))


@refused_values
def test_x(value, message):
    for differentiate in (derivative, gradient, jacobian):
        for method in ("richardson", "central"):
            with refused("x", message):
                differentiate(lambda x: 1.0, value, method=method)
    for function in (numdiff.check_derivative, numdiff.check_gradient, numdiff.check_jacobian, numdiff.taylor_test):
        with refused("x", message):
            function(np.sum, np.ones_like, value)
    with refused("x", message):
        numdiff.trace(math.sin, value)
    with refused("x", message):
        numdiff.taylor(math.sin, value, 2)
    with refused("near: x", message):
        numdiff.testing.sample_near(value, 0)


@refused_values
def test_what_f_returns(value, message):
    for method in ("richardson", "central"):
        with refused("f(x)", message):
            jacobian(lambda x: value, [1.0, 2.0], method=method)
        with refused("f(x)", message):
            derivative(lambda x: value, 1.0, method=method, vectorized=True)
        with refused("f0", message):
            jacobian(lambda x: x, [1.0, 2.0], method=method, f0=value)
    with refused("f(x)", message):
        numdiff.check_jacobian(lambda x: value, lambda x: np.eye(2), [1.0, 2.0])


@refused_values
def test_options(value, message):
    for name in ("step", "scale"):
        with refused(name, message):
            gradient(np.sum, [1.0, 2.0], method="central", **{name: value})
    for bounds in ((0.0, value), (value, 5.0)):
        with refused("bounds", message):
            gradient(np.sum, [1.0, 2.0], bounds=bounds)
    with refused("noise", message):
        gradient(np.sum, [1.0, 2.0], noise=value)
    with refused("noise", message):
        numdiff.Function(np.sum, noise=value)
    with refused("direction", message):
        numdiff.taylor_test(np.sum, np.ones_like, [1.0, 2.0], value)


@pytest.mark.parametrize("name", [name for name, (value, _) in REFUSED.items() if isinstance(value, np.ndarray)])
def test_bounds_as_a_whole(name):
    value, _ = REFUSED[name]
    with pytest.raises(TypeError, match=r"^bounds must hold plain numbers"):
        gradient(np.sum, [1.0, 2.0], bounds=value)


@pytest.mark.parametrize("name", [name for name in REFUSED if "mask" not in name])
def test_units_of_a_derivative(name):
    value, message = REFUSED[name]
    with refused("jac(x)", message):
        numdiff.check_jacobian(lambda x: x, lambda x: value, [1.0, 2.0])


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.0,
        1j,
        None,
        "m",
        np.float32(1),
        np.ones(2),
        [1.0, (2.0, [3])],
        np.ma.array([1.0, 2.0]),
        np.ma.array([1.0], mask=[False]),
        Masked([1.0, 2.0], [False, False]),
        np.rec.array([(1.0, 2.0)], names=["unit", "value"]),
        type("Unit", (), {"unit": "m"})(),
        type("Value", (), {"value": 1.0})(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_carries_nothing(value):
    require_plain(value, "x")


def test_a_list_within_itself_is_left_to_numpy():
    endless = []
    endless.append(endless)
    with pytest.raises(ValueError, match=r"^x must be a number or a rectangular array of numbers"):
        derivative(math.sin, endless)
