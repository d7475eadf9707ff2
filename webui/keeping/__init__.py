"""Backups, room, deleted messages, the audit list."""
