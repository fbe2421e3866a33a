"""Anything with a due date, and what hangs on it."""
