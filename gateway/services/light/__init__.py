"""The light and the button on the box."""
