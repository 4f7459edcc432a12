"""Telegram: updates come in by its webhook or are fetched, and are durably in line before the answer."""
