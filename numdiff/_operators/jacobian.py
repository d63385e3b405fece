"""Jacobians."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from numdiff._kernels.engine import JACOBIAN, differentiate
from numdiff._options import Differentiable, Options, public
from numdiff._result import DerivativeResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["jacobian"]


@overload
def jacobian(
    f: Differentiable, x: ArrayLike, *, full_output: Literal[False] = ..., **options: Unpack[Options]
) -> NDArray[np.inexact[Any]]: ...
@overload
def jacobian(
    f: Differentiable, x: ArrayLike, *, full_output: Literal[True], **options: Unpack[Options]
) -> DerivativeResult: ...
@public(Options)
def jacobian(f: Differentiable, x: Any, *, full_output: bool = False, **options: Any) -> Any:
    """Differentiate a function of an array that returns an array.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args, **kwargs)``, from an array of x's shape to a number or an array of any shape, always the same.
        Called as for `gradient`; with `vectorized`, on arrays of shape ``x.shape + (k,)`` to arrays of shape
        ``f.shape + (k,)``.
    x : array_like
        The point, of any shape.
    **options
    full_output : bool, optional
        Whether to return a `DerivativeResult`: value, error, status, step, nfev.

    Returns
    -------
    ndarray or DerivativeResult
        Of shape ``atleast_1d(f(x)).shape + atleast_1d(x).shape``, in numerator layout and never squeezed: an E x D
        matrix for R^D -> R^E, a 1 x D row for one output, an E x 1 column for one variable. Complex where f is.

    Raises
    ------
    TypeError, ValueError
        As for `gradient`, but for the number of outputs; also if f changes the shape of its output between calls.

    See Also
    --------
    gradient : one output, in the shape of x.

    Notes
    -----
    Columns are computed in blocks, so that beside the result only a few MiB are needed.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff import jacobian
    >>> polar = lambda x: np.array([x[0] * np.cos(x[1]), x[0] * np.sin(x[1])])
    >>> abs(jacobian(polar, [2.0, 0.0]).round(9))
    array([[1., 0.],
           [0., 2.]])
    >>> jacobian(np.sum, [1.0, 2.0, 3.0], method="forward").shape
    (1, 3)
    """
    return differentiate("jacobian", f, x, JACOBIAN, 1, full_output, options)
