"""What differentiates, as users call it: values, bounds of the error, warnings, options."""
