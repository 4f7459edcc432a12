"""How languages write money, shares and days: one form each, wherever it is shown."""
