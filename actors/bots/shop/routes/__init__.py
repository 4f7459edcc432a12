"""The handlers of the shop, a file for each part of a customer's way; each `build()` makes a fresh router."""
