"""What is sent later, what came of its turns, and what a new clock means for it."""
