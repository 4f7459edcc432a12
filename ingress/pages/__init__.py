"""Pages of bundled bots, and what they share."""
