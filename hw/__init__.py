"""What touches the board: ports, power, lights, the modem simulator. Knows nothing of messages."""
