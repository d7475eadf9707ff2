"""The one SQLite file: its folder, transactions, migrations, settings, audit list, long work.

Also how queries are prepared, and files that are not the store but SQLite's. Imports no other room
of the store: opening.py, above them all, puts the file and what keeping does to it together.
"""
