"""The outside world, a file per system, both directions in it. No provider knows another."""
