"""What touches the board: ports, power, lights, and the modem simulator. Knows nothing of messages."""
