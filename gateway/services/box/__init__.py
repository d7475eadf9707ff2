"""What people decide for the box as a whole, and what it needs of the machine it runs on."""
