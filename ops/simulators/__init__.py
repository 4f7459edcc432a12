"""Stand-ins for the outside world: each is a process of its own that speaks a provider's real protocol."""
