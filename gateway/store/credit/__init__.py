"""How credit is watched, and the answers that came."""
