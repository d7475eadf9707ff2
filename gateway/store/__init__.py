"""Everything that must survive a power cut. The only package that knows the database.

A room for each capability, on the floor `file`; opening.py opens the whole. Which room may import
which is in pyproject.toml (import-linter); models have an order of their own (file/table.py).
"""
