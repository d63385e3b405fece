"""Compiled kernels: stencils, the calls of a function, and the reduction of its values to derivatives."""
