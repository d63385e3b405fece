"""What checks derivatives that users wrote."""
