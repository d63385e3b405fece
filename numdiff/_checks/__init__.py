"""What checks derivatives that were written by hand."""
