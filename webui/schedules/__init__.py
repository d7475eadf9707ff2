"""What is sent later: the list, and the fields of Send SMS that say when."""
