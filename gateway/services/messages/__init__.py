"""Messages as people and programs handle them: accepted (accept.py), found, exported, changed."""
