"""Signing in, users, sessions, programs' tokens."""
