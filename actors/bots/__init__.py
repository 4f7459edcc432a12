"""Bundled bots, a folder each and all alike; a bot knows no other bot."""
