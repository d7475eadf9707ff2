"""One generator per thing a modem can be asked to do."""
