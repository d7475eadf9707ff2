"""What every page shares: security, roles, errors, words, assets."""
