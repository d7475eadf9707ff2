"""Use cases that page, command line and API share, and the loops that run by themselves."""
