"""People who sign in, their sessions, programs' tokens."""
