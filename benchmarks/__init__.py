"""Timings of numdiff beside its peers: `pytest benchmarks`, or `python -m benchmarks` for one table."""
