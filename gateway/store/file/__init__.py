"""The one SQLite file: opening, transactions, migrations, settings, audit list, long work."""
