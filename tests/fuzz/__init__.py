"""Random calls of the public functions, and what must hold for every one of them.

``python -m tests.fuzz --calls 280000 --seed 1`` prints a table of what does not, each with a small call that shows it.
"""
