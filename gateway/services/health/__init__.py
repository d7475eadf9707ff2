"""Watching the box's health while it runs, and telling of it."""
