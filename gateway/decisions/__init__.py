"""Decisions, each on one page: facts in, verdict out. No device, database or thread."""
