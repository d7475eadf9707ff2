"""Connections, their settings, credit, modems, routing rules."""
