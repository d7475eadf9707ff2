"""What the service does by itself: loops that can be woken, and long work that can be left."""
