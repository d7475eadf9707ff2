"""What is sent later: as it was typed (plan.py), and the thread that keeps to it (scheduler.py)."""
