"""The Health page, the light, and what monitors ask."""
