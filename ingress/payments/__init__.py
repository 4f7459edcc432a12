"""Payment accounts: their notices, verified, durably in line before the answer."""
