"""Pigeonbox: what a message is and what happens to it. Start at README.md in this folder."""

__version__ = "0.1.0"
