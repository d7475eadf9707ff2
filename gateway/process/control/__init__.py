"""How the command line asks the running service: a socket in the data folder (control.py)."""
