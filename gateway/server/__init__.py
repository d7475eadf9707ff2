"""The web server: waitress with bounds and TLS. Begin at README.md beside this file."""
