"""Promises tried while things go wrong: on real processes and a real database, each with a control that must fail."""
