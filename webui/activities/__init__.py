"""Activities: the list, one to edit, trying out, and what a message has set off."""
