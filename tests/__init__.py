"""The tests of numdiff, a package by what they test, and the bank that they share with the benchmarks."""
