"""Samples of f and the nodes that they make; nothing here is seen by Python."""
