"""The adaptive method for one entry; nothing here is seen by Python."""
