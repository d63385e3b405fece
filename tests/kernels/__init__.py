"""What the compiled kernels do with weights, with f, with memory and with threads."""
