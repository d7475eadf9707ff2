"""Backups, how long messages are kept, and room on the disk."""
