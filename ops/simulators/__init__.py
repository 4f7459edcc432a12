"""Fakes of outside systems: each is a process of its own that speaks a provider's real protocol."""
