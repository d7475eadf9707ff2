"""Messages: in (inbox.py), out (outbox.py), and how they are listed, told in detail and deleted."""
