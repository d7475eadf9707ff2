"""The box's time: whether it is right, what follows when it is set, and its zone."""
