"""The first run, the settings of the box itself, the pretend phone, long work."""
