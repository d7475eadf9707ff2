"""Finding messages: the views, the index of words, and searches."""
