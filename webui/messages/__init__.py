"""The inbox: views, rows, writing, searching, what is done to messages. Start at inbox.py."""
