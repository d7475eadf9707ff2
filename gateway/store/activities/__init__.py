"""Activities, webhooks, what received messages set off, and what STOP did."""
