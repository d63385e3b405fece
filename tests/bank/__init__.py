"""The bank: functions with known derivatives, on which the library is measured.

`scalar` has smooth functions of one number, `hard` single points where a derivative does not exist or is out of the
ordinary, `noisy` smooth functions seen through noise or rounding, `vector` functions of arrays with their Jacobians.
Published functions name their source; `systems` are systems of residuals from the literature. `dishonest` lists where
the adaptive method is known to err by more than it says.

The body of a scalar problem is written once, over a namespace ``m`` of elementary and special functions
(`primitives`), and read in four ways: on float64 (``Problem.f``), on mpmath numbers (``Problem.mp``), on truncated
Taylor series over mpmath numbers (`series`; ``exact`` of `problem`), and on numbers that carry a bound of their
rounding error (`rounding`; ``roundoff``). All mean the same function, since the constants in a body are Python floats
and ints below 2^53, which mpmath takes over exactly. Residuals and Jacobians of the systems are bodies as well, over
``m`` and a sequence of variables.
"""
