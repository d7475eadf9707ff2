"""The radio's side of what is to be sent: the queue, claims, parts, reports, transitions."""
