"""Windows of nodes; nothing here is seen by Python."""
