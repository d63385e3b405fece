"""The bank: functions with known derivatives, on which the library is measured."""
