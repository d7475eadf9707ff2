"""Copies of the store, putting one back, mending, and what has been kept long enough."""
