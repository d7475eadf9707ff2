"""What received messages set off: matched as they are stored (matching.py), done by runner.py."""
