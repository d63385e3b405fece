"""Constants that several modules of the adaptive method share; the others stand where they are used.

They are numbers in place of C names, so that the compiler sees constants.
"""
cdef enum:
    # Nodes of a block: 3 give two differences, hence a rate of convergence; 1 to choose from.
    BLOCK = 4
    # Order of the derivative. Of higher ones windows have three coefficients and more: they err by what is little
    # against f and much of the derivative, so that a small misfit is the window's own before it is noise.
    FEW_COEFFICIENTS = 4

cdef extern from *:
    # Levels of probes, deep nodes and verifying nodes are whole numbers plus this: off the ladder of the blocks, which
    # are at whole levels, because sin(2^l (pi j + d)) looks the same to every node of a ladder of ratio 2.
    const double FRACTION "0.4375"
    # The probe: h/|x| near eps^(1/4), where f' and f'' are both seen; and its twin, that has to agree with it.
    const double PROBE "(13 + 0.4375)"
    const double PROBE_TWIN "(19 + 0.4375)"
    # These decide noise or structure: 24 octaves below the probe, 10 bits above rounding; with a twin as well.
    const double DEEP "(37 + 0.4375)"
    const double DEEP_TWIN "(43 + 0.4375)"
    # Between windows and the probes, in octaves of which noise hides the deep nodes and structure shrinks already.
    const double HALF_WAY_LEVEL "(9 + 0.4375)"
    # A few units in the last place of x: no node is finer.
    const double LAST "(49 + 0.4375)"
    # No block starts coarser: h stays below the largest number by far.
    const double COARSEST "-1000.0"
    # On a bound made of few differences, and on the largest of few samples of noise.
    const double SAFETY "4.0"
    # Rounding bounds above which what a node shows is believed.
    const double VISIBLE "4.0"
    # Bounds that the rounding of a sum may amount to.
    const double POOR_ROUNDING "16.0"
    # The noise of a function that is called noisy, in units of the rounding bound: that of values rounded to 42 bits.
    const double LOUD "1e3"
