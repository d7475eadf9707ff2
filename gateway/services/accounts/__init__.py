"""Who may use the box: people, their sessions, programs' tokens, and how guessing is held back."""
