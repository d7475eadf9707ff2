"""The command line: `main.py` is `pigeonbox`; one file for each group of commands."""
