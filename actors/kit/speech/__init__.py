"""How Russian and English write money, shares and days: one form each, wherever it is shown."""
