"""The program numdiff: its command line and its tour."""
